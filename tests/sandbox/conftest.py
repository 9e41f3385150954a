from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from explorer.messages import Message
from explorer.sandbox.pool import Limits, Pool
from tests.sandbox.scripted_jobs import PERFORM, scripted


@pytest.fixture
def make_pool() -> Iterator[Callable[..., Pool]]:
    """Make pools that are closed after the test."""
    pools: list[Pool] = []

    def make(*, workers: int = 2, perform: str = PERFORM, preload: Sequence[str] = (), largest: int = 64 << 20) -> Pool:
        pool = Pool(workers=workers, perform=perform, preload=preload, largest=largest)
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One pool for many tests: none of them may harm it."""
    pool = Pool(perform=PERFORM, preload=())
    yield pool
    pool.close()


@pytest.fixture
def run(pool: Pool) -> Callable[..., Message]:
    """Run a script and return its last message."""

    def run(text: str, *, seconds: float = 20, megabytes: int = 500, trust: bool = False) -> Message:
        limits = Limits(seconds=seconds, megabytes=megabytes, trust=trust)
        return list(pool.submit(scripted(text), limits).messages())[-1]

    return run
