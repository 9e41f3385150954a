"""How long something takes, so that it may be compared with itself on a larger input."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

RUNS = 3
ATTEMPTS = 6


def grows_evenly(made: Callable[[int], Callable[[], object]], small: int, times: int = 4) -> bool:
    """Whether what is ``made`` for ``times`` as much takes less than twice that as long.

    CPU seconds of one run of the test, so that the machine says nothing: what looks at each pair takes ``times``
    squared. Where it does not hold it is measured again, as a busy machine makes single runs longer.
    """
    return any(_seconds(made, small * times) < 2 * times * _seconds(made, small) for _ in range(ATTEMPTS))


def _seconds(made: Callable[[int], Callable[[], object]], size: int) -> float:
    taken: list[float] = []
    for _ in range(RUNS):
        run = made(size)
        gc.collect()
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return min(taken)
