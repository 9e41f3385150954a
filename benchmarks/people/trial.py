"""People who come, compare, press around and go, all at once; and the faults that meet them."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import re
import time
from urllib.parse import quote

from websockets.exceptions import WebSocketException

from benchmarks.people.served import Served
from benchmarks.people.tally import Tally
from benchmarks.people.visitor import FaultyPageError, Visitor
from explorer.source.samples import sample_names

OWN = re.compile(r"person\d+visit\d+")
"""An example's name that tells whose it is: no page of another's may show it."""
LONGEST = 900.0
"""Seconds that a comparison may take while many wait."""
GONE = (OSError, TimeoutError, WebSocketException)
SPECS = {"gated_mlp": "f32[6,16]", "residual_block": "f32[1,3,8,8]", "item_scale": "f32[4,8]", "lost_check": "f32[3,8]"}


class Trial:
    """People at one server until the time is over."""

    def __init__(self, served: Served, tally: Tally, *, people: int, seed: int) -> None:
        self._served = served
        self._tally = tally
        self._people = people
        self._seed = seed
        self._until = time.monotonic() + tally.minutes * 60
        self._models = [name for name in sample_names() if name in SPECS]

    @property
    def _is_over(self) -> bool:
        return time.monotonic() >= self._until

    async def run(self, *, faults: bool) -> None:
        """Let everyone come, and the faults, too."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            for number in range(self._people):
                group.create_task(self._person(number))
            if faults:
                group.create_task(self._break())

    async def _watch(self) -> None:
        while not self._is_over:
            self._tally.memory.append(self._served.memory())
            self._tally.own.append(self._served.own_memory())
            await asyncio.sleep(2)

    async def _person(self, number: int) -> None:
        chance = random.Random(self._seed * 1000 + number)  # noqa: S311 - no secret
        await asyncio.sleep(chance.uniform(0, 20))
        for visit in itertools.count():
            if self._is_over:
                return
            model = chance.choice(self._models)
            own = f"person{number}visit{visit}"
            query = {"source": model}
            if chance.random() < 0.5:  # noqa: PLR2004 - half of them bring an example of their own
                query["examples"] = quote(f"{own}={SPECS[model]} seed {chance.randrange(9)}")
            await self._visit(query, own, chance)

    async def _visit(self, query: dict[str, str], own: str, chance: random.Random) -> None:
        """Come, wait for the comparison, press around, go; come again where the server went."""
        tally, began, was_whole = self._tally, time.monotonic(), False
        tally.counts["visits"] += 1
        while not self._is_over or was_whole:
            try:
                async with Visitor(self._served.url, query) as visitor:
                    arrived = time.monotonic()
                    await visitor.until(lambda one: bool(one.page), 120)
                    if was_whole:
                        await self._again(visitor, query, own)
                        return
                    tally.first.append(time.monotonic() - arrived)
                    await visitor.until(lambda one: one.is_whole or self._is_over, LONGEST)
                    if not visitor.is_whole:
                        return
                    self._check(visitor, query, own)
                    tally.counts["comparisons"] += 1
                    if "examples" in query:
                        tally.compared.append(time.monotonic() - began)
                    was_whole = "killed" not in json.dumps(visitor.page)
                    await self._press_around(visitor, query, own, chance)
                    return
            except FaultyPageError as error:
                tally.faulty.append(str(error))
                return
            except GONE:
                tally.counts["connections lost"] += 1
                await asyncio.sleep(1)

    async def _press_around(self, visitor: Visitor, query: dict[str, str], own: str, chance: random.Random) -> None:
        for _ in range(chance.randrange(2, 7)):
            await asyncio.sleep(chance.uniform(0.5, 3))
            rows = visitor.page["rows"]
            if rows:
                self._tally.pressed.append(await visitor.press(do="difference", index=chance.randrange(len(rows))))
            self._check(visitor, query, own)

    async def _again(self, visitor: Visitor, query: dict[str, str], own: str) -> None:
        """After the connection was lost, what was finished is there at once, or it was lost."""
        self._tally.counts["came again"] += 1
        found = visitor.is_whole
        if not found:
            await visitor.until(lambda one: one.is_whole, LONGEST)
        self._tally.counts["found again" if found else "compared anew"] += 1
        self._check(visitor, query, own)

    def _check(self, visitor: Visitor, query: dict[str, str], own: str) -> None:
        """Note what must never be: another model, another's example, the own one missing."""
        seen = set(OWN.findall(json.dumps([visitor.page["matrix"], visitor.page["listing"], visitor.page["rows"]])))
        wanted = {own} if "examples" in query else set[str]()
        if visitor.page["name"] != query["source"] or seen != wanted:
            self._tally.faulty.append(f"{own} asked for {query} and saw {visitor.page['name']} with {sorted(seen)}")

    async def _break(self) -> None:
        """Kill workers every few seconds, what they are forked from now and then, and the server itself."""
        chance = random.Random(self._seed)  # noqa: S311 - no secret
        while not self._is_over:
            await asyncio.sleep(chance.uniform(2, 12))
            what = chance.choices(["a worker", "the fork server", "the server"], [9, 2, 1])[0]
            if what == "a worker" and self._served.kill_a_worker():
                self._tally.counts["workers killed"] += 1
            elif what == "the fork server" and self._served.kill_the_fork_server():
                self._tally.counts["fork servers killed"] += 1
            elif what == "the server":
                self._served.kill()
                self._tally.counts["servers killed"] += 1
                self._tally.started.append(await self._served.start())


async def trial(served: Served, *, minutes: float, people: int, faults: bool, seed: int) -> Tally:
    """Run one part of the trial on ``served``, which is started for it and killed after it."""
    tally = Tally(minutes=minutes)
    tally.started.append(await served.start())
    try:
        await Trial(served, tally, people=people, seed=seed).run(faults=faults)
    finally:
        left = served.processes()
        served.kill()
    await asyncio.sleep(5)
    tally.counts["processes left"] = served.count(left)
    return tally
