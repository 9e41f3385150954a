"""Python's collector is as it was once a pause is over."""

from __future__ import annotations

import gc

import pytest

from explorer.diff.collecting import paused_collection


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_as_it_was_after_an_error_too(was_on: bool) -> None:
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises(KeyError, match="False"), paused_collection():
            raise KeyError(gc.isenabled())
        assert gc.isenabled() == was_on
    finally:
        (gc.enable if before else gc.disable)()
