"""Write the pages of all causes, or of those that are named, from runs of the explorer.

::

    python -m docs.causes [CAUSE]...
"""

from __future__ import annotations

import argparse

from docs.causes.making.index import index
from docs.causes.making.lessons import FOLDER, LESSONS, Lesson
from docs.causes.making.page import page
from docs.causes.making.picture import picture
from docs.causes.making.running import taught
from explorer.divergence import CAUSES


def main() -> None:
    """Run each model, write its page and its picture, then the index; all of it or nothing of a cause."""
    parser = argparse.ArgumentParser(prog="python -m docs.causes", description="Write the pages of the causes.")
    parser.add_argument("causes", nargs="*", metavar="CAUSE", help="only these (all, unless named)")
    asked: list[str] = parser.parse_args().causes
    for name in set(asked) - set(CAUSES):
        parser.error(f"there is no cause {name!r}")
    for lesson in LESSONS:
        if not asked or lesson.cause in asked:
            write(lesson)
    (FOLDER / "README.md").write_text(index(), encoding="utf-8")


def write(lesson: Lesson) -> None:
    """Write the page and the picture of one cause."""
    print(lesson.cause, flush=True)
    found = taught(lesson)
    text, drawn = page(found), picture(found)
    (FOLDER / f"{lesson.cause}.md").write_text(text, encoding="utf-8")
    (FOLDER / f"{lesson.cause}.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
