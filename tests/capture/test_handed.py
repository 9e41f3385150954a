"""The line of a change to what the containers among the arguments hold."""

from __future__ import annotations

import pytest

from tests.cases import Workshop, a_model, line_of

BATCH = "'a': ({'x': torch.ones(2), 'z': torch.ones(2)},)"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        pytest.param("b['x'] = b['x'] + 1\nb['y'] = b['x'] * 2  # !\nb['w'] = 1", "b['y']", id="a key"),
        pytest.param("key = 'y'\nb['x'] = b['x'] + 1\nb[key] = b['x'] * 2  # !", "b['y']", id="a key that is a variable"),
        pytest.param("b.update(y=b['x'])  # !", "b['y']", id="a method"),
        pytest.param("b.get('x')\ndel b['z']  # !", "b['z']", id="what is deleted"),
        pytest.param("if b['x'].sum() < 0:\n    b['y'] = 1\nelse:\n    b['y'] = 2  # !", "b['y']", id="on the side that ran"),
        pytest.param("b['y'] = {'in': {'k': 3}}  # !", "b['y']['in']['k']", id="what a new dict holds"),
    ],
)  # fmt: skip
def test_what_is_put_in_a_dict_of_the_call_is_a_change_with_its_line(workshop: Workshop, body: str, name: str) -> None:
    """It had none."""
    text = a_model(f"{body}\nreturn b['x'] * 2", BATCH, takes="self, b")
    found = {one.name: one.location for one in workshop.run(text).changes}
    place = found[name]
    assert place is not None
    assert (place.line, place.function) == (line_of(text), "forward")


CACHE = "class Cache:\n    def __init__(self):\n        self.t = torch.zeros(2)\n        self.n = 0\n\n"


@pytest.mark.parametrize(
    ("body", "method"),
    [
        pytest.param("c.n += 1  # !", "", id="in forward"),
        pytest.param("c.more()", "    def more(self):\n        self.n += 1  # !\n", id="in a method of the object"),
    ],
)
def test_a_number_that_an_object_of_the_call_counts_in_is_a_lost_write(
    workshop: Workshop, body: str, method: str
) -> None:
    """It was told to agree, as objects were compared by their tensors alone."""
    text = a_model(
        f"{body}\nreturn x + c.t", "'a': (torch.ones(2), Cache())", takes="self, x, c", before=CACHE + method
    )
    (change,) = workshop.run(text).changes
    assert (change.name, change.kind, change.before, change.after) == ("c.n", "argument", "0", "1")
    report = workshop.report(text, "trace")
    assert [one.outcome for one in report.matrix["trace"].values()] == ["differs"]
    (told,) = [one for one in report.divergences if one.cause == "mutation"]
    assert (told.line, told.severity) == (line_of(text), "error")


def test_an_object_without_tensors_is_looked_into_too(workshop: Workshop) -> None:
    before = "class Count:\n    def __init__(self):\n        self.n = 0"
    text = a_model("c.n += 1  # !\nreturn x", "'a': (torch.ones(2), Count())", takes="self, x, c", before=before)
    (change,) = workshop.run(text).changes
    assert change.location is not None
    assert (change.name, change.location.line) == ("c.n", line_of(text))
