"""Frames are the user's, a library's or the machinery's, and no name holds a path of this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from explorer.source.places import LONGEST_MESSAGE, OWN_FOLDER, Places

PLACES = Places(path="/home/me/work/net.py", shown="work/net.py")
TORCH = "/opt/venv/lib/python3.11/site-packages/torch"


@pytest.mark.parametrize(
    ("file", "name", "user"),
    [
        pytest.param("/home/me/work/net.py", "work/net.py", True, id="model file"),
        pytest.param("/home/me/work/layers.py", "work/layers.py", True, id="beside it"),
        pytest.param("/home/me/work/parts/attention.py", "work/parts/attention.py", True, id="in a folder beside it"),
        pytest.param(f"{TORCH}/nn/functional.py", "torch/nn/functional.py", False, id="installed package"),
        pytest.param("/usr/lib/python3.11/random.py", "random.py", False, id="standard library"),
        pytest.param("/home/me/work/.venv/lib/python3.11/site-packages/timm/a.py", "timm/a.py", False,
                     id="package in an environment beside it"),
    ],
)  # fmt: skip
def test_a_file_is_named_as_the_user_knows_it(file: str, name: str, user: bool) -> None:
    place = PLACES.location(file, 3, "forward")
    assert place is not None
    assert (place.file, place.line, place.function, place.user) == (name, 3, "forward", user)


@pytest.mark.parametrize(
    "file",
    [
        f"{TORCH}/nn/modules/module.py",
        f"{TORCH}/_ops.py",
        f"{TORCH}/_dynamo/eval_frame.py",
        f"{TORCH}/utils/_contextlib.py",
        f"{TORCH}/jit/_trace.py",
        f"{OWN_FOLDER}/capture/eager.py",
        "<frozen importlib._bootstrap>",
        "<string>",
    ],
)
def test_machinery_is_on_no_stack(file: str) -> None:
    assert PLACES.location(file, 3, "call") is None


def test_a_stack_keeps_its_order_without_the_machinery() -> None:
    frames = [(f"{TORCH}/nn/functional.py", 9, "gelu"), (f"{TORCH}/nn/modules/module.py", 1, "_call"),
              ("/home/me/work/net.py", 5, "forward")]  # fmt: skip
    assert [(place.file, place.line) for place in PLACES.stack(frames)] == [
        ("torch/nn/functional.py", 9),
        ("work/net.py", 5),
    ]


@pytest.mark.parametrize("method", ["__torch_function__", "__torch_dispatch__"])
def test_what_hands_ops_on_is_not_where_they_are_asked_for(method: str) -> None:
    """Each op under a mode of the user's had the line of its ``return func(...)``, and lay beside none of a trace."""
    frames = [("/home/me/work/net.py", 3, method), ("/home/me/work/net.py", 9, "forward")]
    assert [(place.line, place.user) for place in PLACES.stack(frames)] == [(3, False), (9, True)]


def test_the_explorers_own_folder_is_never_the_users() -> None:
    """A model file that lies beside the package must not make the package its user's code."""
    places = Places(path=f"{OWN_FOLDER}/../net.py".replace("/explorer/..", ""), shown="net.py")
    assert not places.is_user(f"{OWN_FOLDER}/capture/eager.py")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('File "/home/me/work/net.py", line 7, in forward', [("work/net.py", 7, "forward")], id="traceback"),
        pytest.param("/home/me/work/net.py:8:14", [("work/net.py", 8, "")], id="compiler"),
        pytest.param("/home/me/work/net.py(9): forward", [("work/net.py", 9, "")], id="tracer"),
        pytest.param('\x1b[31mFile "/home/me/work/net.py", line 7\x1b[0m', [("work/net.py", 7, "")], id="colours"),
        pytest.param(f'File "{TORCH}/nn/functional.py", line 7, in gelu', [], id="library"),
        pytest.param("nothing here", [], id="no place"),
    ],
)  # fmt: skip
def test_places_are_found_in_a_producers_message(text: str, found: list[tuple[str, int, str]]) -> None:
    assert [(one.file, one.line, one.function) for one in PLACES.all_in_text(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("/home/me/my models/my net.py:8:14", [("my models/my net.py", 8, "")], id="compiler"),
        pytest.param("at /home/me/my models/my net.py(9): f", [("my models/my net.py", 9, "")], id="tracer"),
        pytest.param("/home/me/my models/a b/c.py:3 and /home/me/my models/my net.py:4",
                     [("my models/a b/c.py", 3, ""), ("my models/my net.py", 4, "")], id="two"),
    ],
)  # fmt: skip
def test_places_are_found_in_a_folder_with_spaces(text: str, found: list[tuple[str, int, str]]) -> None:
    places = Places(path="/home/me/my models/my net.py", shown="my models/my net.py")
    assert [(one.file, one.line, one.function) for one in places.all_in_text(text)] == found


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        pytest.param("at /home/me/work/net.py:3", "at work/net.py:3", id="model file"),
        pytest.param("at /home/me/work/parts/a.py:3", "at work/parts/a.py:3", id="file beside it"),
        pytest.param("/usr/lib/python3.11/random.py", "random.py", id="standard library"),
        pytest.param(f"at {TORCH}/nn/functional.py", "at torch/nn/functional.py", id="library"),
        pytest.param(f"({TORCH}/a.py)", "(torch/a.py)", id="in brackets"),
        pytest.param("\x1b[1;31mred\x1b[0m", "red", id="terminal colours"),
        pytest.param("  spaced  ", "spaced", id="spaces"),
        pytest.param("lone \ud800", "lone ?", id="what no JSON can hold"),
        pytest.param("see https://x.org/a and 1/2", "see https://x.org/a and 1/2", id="what is no path stays"),
        pytest.param("<function f at 0x7f31e0d81e40> fails", "<function f> fails", id="address of this run"),
    ],
)
def test_a_message_is_cleaned_of_this_machine(text: str, clean: str) -> None:
    assert PLACES.clean(text) == clean


def test_a_message_is_cut_to_what_is_read() -> None:
    assert len(PLACES.clean("x" * 100_000)) == LONGEST_MESSAGE + 2


def _fail_deep() -> None:
    message = "deep"
    raise ValueError(message)


def _fail_from() -> None:
    try:
        _fail_deep()
    except ValueError as error:
        message = "outer"
        raise RuntimeError(message) from error


@pytest.mark.parametrize(
    ("fail", "function"),
    [
        pytest.param(_fail_deep, "_fail_deep", id="plain"),
        pytest.param(_fail_from, "_fail_deep", id="its cause comes first"),
    ],
)
def test_an_error_is_placed_at_the_users_innermost_line(fail: Callable[[], None], function: str) -> None:
    places = Places(path=__file__, shown="here.py")
    with pytest.raises((ValueError, RuntimeError)) as caught:
        fail()
    place = places.of_error(caught.value)
    assert place is not None
    assert (place.file, place.function) == ("here.py", function)
    failure = places.failure(caught.value, "It fails.", hint="Mend it.")
    assert (failure.line, failure.error, failure.hint) == (place.line, type(caught.value).__name__, "Mend it.")


def test_an_error_of_no_user_line_is_placed_by_its_text_or_not_at_all() -> None:
    assert PLACES.of_error(ValueError("nothing")) is None
    place = PLACES.of_error(ValueError('File "/home/me/work/net.py", line 7, in forward'))
    assert place is not None
    assert place.line == 7


def test_the_caller_is_the_innermost_frame_that_is_no_machinery() -> None:
    place = Places(path=__file__, shown="here.py").caller(sys._getframe())
    assert place is not None
    assert (place.file, place.function) == ("here.py", "test_the_caller_is_the_innermost_frame_that_is_no_machinery")


def _fail_in_library(file: str) -> None:
    inside: dict[str, Callable[[], None]] = {}
    exec(compile("def forward():\n    raise ValueError('no')\n", file, "exec"), inside)  # noqa: S102 - a file that need not be there
    inside["forward"]()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        pytest.param("/usr/lib/python3/site-packages/models/modeling.py", ("models/modeling.py", 2), id="a model's"),
        pytest.param("/usr/lib/python3/site-packages/torch/nn/modules/rnn.py", ("torch/nn/modules/rnn.py", 2), id="torch's own layers"),
        pytest.param("/usr/lib/python3/site-packages/torch/export/_trace.py", None, id="a producer's of graphs"),
        pytest.param("/usr/lib/python3.11/json/decoder.py", None, id="Python's own"),
    ],
)  # fmt: skip
def test_an_error_of_no_user_line_is_placed_in_the_library_that_holds_the_model(
    file: str, told: tuple[str, int] | None
) -> None:
    with pytest.raises(ValueError, match="no") as caught:
        _fail_in_library(file)
    error = caught.value.with_traceback(caught.value.__traceback__.tb_next)  # type: ignore[union-attr]
    place = Places(path="/home/me/net.py", shown="net.py").of_error(error)
    assert (place and (place.file, place.line)) == told
