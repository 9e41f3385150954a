"""A visitor of the page as its server sees one: a websocket that speaks Streamlit's protocol, without a browser.

The visitor reads what the page's component is given, presses in it, and polls as the browser does.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

STAGE, STATUS = "parallax_stage", "parallax_status"
TRIGGER = "$$STREAMLIT_INTERNAL_KEY_{}__events"
"""The widget by which a component tells what was pressed in it."""
LARGEST = 1 << 28


class FaultyPageError(Exception):
    """The page showed a traceback, which it must never do."""


@dataclass
class Visitor:
    """One visit, from connecting to leaving. All times are seconds."""

    url: str
    query: dict[str, str]
    page: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the component was given last, its parts put together."""
    status: dict[str, Any] = field(default_factory=dict[str, Any])
    _parts: dict[str, Any] = field(default_factory=dict[str, Any])
    _stage: str = ""
    _polls: dict[str, float] = field(default_factory=dict[str, float])
    _count: int = 0
    _got: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _socket: ClientConnection | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    async def __aenter__(self) -> Self:
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await connect(address, subprotocols=["streamlit"], max_size=LARGEST)  # pyright: ignore[reportArgumentType]
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._poll())]
        await self._run()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()

    async def until(self, holds: Callable[[Visitor], bool], seconds: float) -> float:
        """Wait until ``holds(self)``; return how long that took.

        Raises
        ------
        TimeoutError
            It did not come to that.
        FaultyPageError
            The page is not what it may be.
        """
        began = time.monotonic()
        while not holds(self):
            if self._tasks[0].done():
                self._tasks[0].result()
                raise ConnectionError("the server closed the connection")
            self._changed.clear()
            left = began + seconds - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, 1.0))
            except TimeoutError:
                continue
        return time.monotonic() - began

    async def press(self, **action: object) -> float:
        """Do something in the component; return how long its answer took."""
        self._count += 1
        count, began = self._count, time.monotonic()
        await self._act({**action, "count": count})
        await self.until(lambda one: one.page.get("done", -1) >= count, 120)
        return time.monotonic() - began

    async def _act(self, action: dict[str, object]) -> None:
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = TRIGGER.format(self._stage)
        state.json_trigger_value = json.dumps([{"event": "action", "value": {**action, "got": self._got}}])
        message.rerun_script.query_string = urlencode(self.query)
        await self._send(message)

    @property
    def is_whole(self) -> bool:
        """Whether a comparison that has come to its end is shown."""
        cells = [cell for row in self.page.get("matrix", {}).get("rows", ()) for cell in row["cells"]]
        running = bool(self.status.get("running", True))
        return bool(cells) and not running and all(cell["outcome"] != "pending" for cell in cells)

    async def _run(self, fragment: str = "") -> None:
        message = BackMsg()
        message.rerun_script.query_string = urlencode(self.query)
        if fragment:
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
        await self._send(message)

    async def _send(self, message: BackMsg) -> None:
        if self._socket is not None:
            await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        if self._socket is None:
            return
        async for data in self._socket:
            if not isinstance(data, bytes):
                continue
            message = ForwardMsg()
            message.ParseFromString(data)
            self._hear(message)
            self._changed.set()

    def _hear(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self._polls.clear()
        elif kind == "auto_rerun":
            self._polls[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise FaultyPageError(f"a traceback: {element.exception.type} {element.exception.message}")
            if element.WhichOneof("type") == "bidi_component":
                self._draw(element.bidi_component)

    def _draw(self, component: BidiComponent) -> None:
        data = json.loads(component.json or component.mixed.json or "{}")
        if component.component_name == STATUS:
            self.status = data
        elif component.component_name == STAGE:
            self._stage = component.id
            if data["clears"]:
                self._parts.clear()
            self._parts.update(data["parts"])
            self._got = data["stamp"][1]
            if data["named"]["script"] in data["parts"]:  # a browser then tells that it has all of it
                self._tasks.append(asyncio.create_task(self._act({"do": "have"})))
            self.page = {**data["plain"], **{name: self._parts[key] for name, key in data["named"].items()}}

    async def _poll(self) -> None:
        """Run again what asks to be run every so often."""
        while True:
            await asyncio.sleep(min(self._polls.values(), default=0.4))
            for fragment in list(self._polls):
                await self._run(fragment)
