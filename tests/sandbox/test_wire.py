"""Frames survive being cut anywhere, and what is no frame is refused before it is waited for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.sandbox.wire import FrameError, Frames, frame


@given(bodies=st.lists(st.binary(max_size=40), max_size=8), cuts=st.lists(st.integers(0, 400), max_size=12))
def test_frames_arrive_whole_however_the_stream_is_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(frame, bodies))
    ends = [*sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    frames = Frames()
    starts = [0, *ends]
    found = [body for start, end in zip(starts, ends, strict=False) for body in frames.feed(stream[start:end])]
    assert found == bodies
    assert not frames.torn


def test_a_frame_that_has_begun_is_torn() -> None:
    frames = Frames()
    assert list(frames.feed(frame(b"whole") + frame(b"cut")[:-1])) == [b"whole"]
    assert frames.torn


def test_a_frame_that_is_too_large_is_refused_by_its_header() -> None:
    frames = Frames(largest=10)
    assert list(frames.feed(frame(b"x" * 10))) == [b"x" * 10]
    with pytest.raises(FrameError, match="11 bytes, more than 10"):
        list(frames.feed(frame(b"x" * 11)[:4]))
