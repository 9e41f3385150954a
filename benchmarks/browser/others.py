"""Other viewers of the same model, where they are installed; none of them compares two graphs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import quote

from benchmarks.browser import chromium
from benchmarks.browser.figures import Taken
from benchmarks.browser.models import Made
from benchmarks.browser.serving import serving


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """A viewer with a server of its own."""

    name: str
    package: str
    command: tuple[str, ...]
    """What Python runs: ``{port}`` and ``{file}`` are filled in."""
    file: Callable[[Made], Path | None]
    query: Callable[[Path], str]
    drawn: str
    """JavaScript that holds once its graph is there."""
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])


NETRON = Viewer(
    name="Netron",
    package="netron",
    command=("-c", "import netron; netron.main()", "--host", "127.0.0.1", "--port", "{port}", "{file}"),
    file=lambda made: made.onnx,
    query=lambda _file: "",
    drawn='document.body.classList.contains("default") && document.querySelector("#canvas .graph-node")',
    cookies={"consent": "1", "_ga": "GA1.2.1"},  # it would ask for consent, and wait
)

MODEL_EXPLORER = Viewer(
    name="Model Explorer",
    package="ai-edge-model-explorer",
    command=(
        *("-m", "model_explorer", "{file}", "--no_open_in_browser", "--skip_health_check"),
        *("--host", "127.0.0.1", "--port", "{port}"),
    ),
    file=lambda made: made.exported,
    query=lambda file: f"/?data={quote(json.dumps({'models': [{'url': str(file)}]}))}",
    drawn='document.querySelector("webgl-renderer canvas")',
)

VIEWERS = {"netron": NETRON, "model-explorer": MODEL_EXPLORER}


def version(viewer: Viewer, folder: str) -> str:
    """Return its name and version; ``folder`` is where it was installed, empty for the environment of this command."""
    found = distributions(name=viewer.package, path=[folder]) if folder else distributions(name=viewer.package)
    one = next(iter(found), None)
    if one is None:
        raise SystemExit(f"{viewer.package} is not installed in {folder or 'this environment'}.")
    return f"{viewer.name} {one.version}"


def viewed(viewer: Viewer, made: Made, folder: str, *, limit: float) -> Taken:
    """Return what opening the model takes the browser."""
    file = viewer.file(made)
    assert file is not None, "the model was not exported"
    command = [word.replace("{file}", str(file)) for word in viewer.command]
    environment = {"PYTHONPATH": folder} if folder else {}
    with serving(command, environment) as url, chromium.visiting(dict(viewer.cookies)) as visit:
        return visit.open(url + viewer.query(file), viewer.drawn, limit=limit)
