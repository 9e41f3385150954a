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
