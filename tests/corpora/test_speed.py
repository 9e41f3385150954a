"""The page of what the browser pays: goals, medians and what was cut off are told as they are."""

from __future__ import annotations

import pytest

from benchmarks.browser.__main__ import _command
from benchmarks.browser.figures import Figures, Model, Opening, Panning, Sent, Taken
from benchmarks.browser.page import missed, page


def figures(
    *,
    page: float = 1.7,
    rested: tuple[float, ...] = (40, 60, 90),
    touched: tuple[float, ...] = (50, 80, 95),
    frames: float = 55,
) -> Figures:
    return Figures(
        models=[Model(asked=144, nodes={"trace": 131, "onnx": 157})],
        empty=[Taken(cpu=0.9, wall=1), Taken(cpu=1.1, wall=1), Taken(cpu=1.0, wall=1)],
        page={144: [Taken(cpu=page, wall=2)]},
        beside={
            "Netron 9": {144: [Taken(cpu=3.4, wall=4), Taken(cpu=3.4, wall=4)]},
            "Slow 1": {144: [Taken(cpu=80.0, wall=120, failed="cut off after 120 s")]},
        },
        opening={144: Opening(wall=(110, 130), rested=rested, touched=touched, served=(20, 30, 40), cpu=33.3)},
        sent={144: {"opening a box": Sent(plain=170_400, packed=36_000)}},
        graphs={144: 518_000},
        panning=[Panning(boxes=1_004, scale=0.08, frames=frames)],
    )


def written(given: Figures) -> str:
    return page(given, command="python -m benchmarks.browser", surroundings="2 cores", rounds=3)


@pytest.mark.parametrize(
    "row",
    [
        "| **Parallax, above Streamlit** | **0.70** |",
        "| ops of the trace graph | 131 |",
        "| goal | < 1 |",
        "| Netron 9 | 3.40 (4.0) |",
        "| Netron 9 over Parallax, whole page | ×2.0 |",
        "| Slow 1 | cut off after 120 s (80 CPU s so far) |",
        "| Slow 1 over Parallax, whole page | > ×47.1 |",
        "| until it is drawn, the pointer rested on it before; goal < 100 | 60 (40) |",
        "| until it is drawn, a finger pressed it; goal < 100 | 80 (50) |",
        "| until it is drawn, nothing preceded the click | 120 (110) |",
        "| opening a box | 170, packed 36 |",
        "| both graphs of the pair | 518 |",
        "| 1,004 | 0.08 | 55 | 30 |",
    ],
)
def test_each_figure_has_its_row(row: str) -> None:
    assert row in written(figures()).splitlines()


def test_a_page_that_was_cut_off_has_no_figure_above_streamlit() -> None:
    given = figures()
    given.page[144].append(Taken(cpu=5, wall=120, failed="cut off after 120 s"))
    assert "| **Parallax, above Streamlit** |  |" in written(given)


@pytest.mark.parametrize(
    ("given", "count"),
    [
        pytest.param(figures(), 0, id="all met"),
        pytest.param(figures(page=2.5), 1, id="first view"),
        pytest.param(figures(rested=(90, 120, 150)), 1, id="opening"),
        pytest.param(figures(touched=(90, 120, 150)), 1, id="opening by touch"),
        pytest.param(figures(frames=12), 1, id="panning"),
    ],
)
def test_a_missed_goal_is_told(given: Figures, count: int) -> None:
    assert len(missed(given)) == count


def test_the_command_is_shown_without_folders_of_the_machine() -> None:
    given = ["--work", "kept/w", "--beside", "netron=kept/n", "-o", "docs/speed.md"]
    assert _command(given) == "python -m benchmarks.browser --beside netron -o docs/speed.md"
