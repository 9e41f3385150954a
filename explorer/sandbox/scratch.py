"""A job's folder: how much is in it, and its end, whatever the job has put there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def remove(folder: Path) -> None:
    """Remove a folder and all in it, however deep its folders are nested; what cannot be removed stays.

    NOTE: Each folder in it is first moved beside it. :func:`shutil.rmtree` calls itself for each, and a path of some
    thousand names is longer than the system takes.
    """
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=folder.parent, prefix="gone-") as aside:
        folder.rename(Path(aside, "0"))
        waiting, moved = ["0"], 1
        while waiting:
            path = Path(aside, waiting.pop())
            with contextlib.suppress(OSError):
                path.chmod(0o700)
                for entry in list(os.scandir(path)):
                    if entry.is_dir(follow_symlinks=False):
                        Path(entry.path).rename(Path(aside, str(moved)))
                        waiting.append(str(moved))
                        moved += 1
                    else:
                        Path(entry.path).unlink()
                path.rmdir()
