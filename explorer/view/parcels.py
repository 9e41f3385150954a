"""What is sent to the browser of one visitor: parts by the hash of their content, each of them once.

NOTE: Streamlit sends all data of a component with every answer, and a component's script and style with it. So the data
names parts by their hashes and brings those that the browser is not known to have, which tells with each action what it
has drawn last. Where it lacks one after all, it asks for everything anew.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

import msgspec

MOST_KEPT = 20_000
"""Parts that a browser keeps, at most, or twice those of the last answer; then it begins anew."""
SMALL = 64
"""Bytes of a part that is sent as it is: its name would not be shorter by much."""

Plain: TypeAlias = Mapping[str, object]
"""What :func:`msgspec.to_builtins` makes of a record."""


class Heard(msgspec.Struct, frozen=True):
    """What an action of the page tells of what the browser has."""

    got: int = 0
    """Which answer it has drawn last; 0 where it does not say."""
    do: str = ""


HAVE, RESEND = "have", "resend"
"""What an action does that only tells what the browser has, and one that asks for all parts anew."""
MOST_SENT = 40
"""Answers that may be on their way; a browser that confirms none of the last ones has nothing, as far as is known."""


class Parcels:
    """The parts that one browser has, as far as is known, and those that are on their way to it."""

    def __init__(self) -> None:
        self._has: set[str] = set()
        self._sent: dict[int, frozenset[str]] = {}
        self._clears = False
        self._named = 0

    def hear(self, payload: object) -> bool:
        """Take in what an action tells of what the browser has; return whether that was all it asked for."""
        try:
            heard = msgspec.convert(payload, Heard)
        except msgspec.ValidationError:
            return False
        if heard.do == RESEND or len(self._has) > max(MOST_KEPT, 2 * self._named):
            self._clears = self._clears or heard.do != RESEND
            self._has, self._sent = set(), {}
        elif heard.got in self._sent:
            self._has |= self._sent[heard.got]
            self._sent = {number: parts for number, parts in self._sent.items() if number > heard.got}
        return heard.do in (HAVE, RESEND)

    def pack(self, data: Plain, number: int) -> dict[str, object]:
        """Return ``data`` as parts, without those that the browser has.

        Parameters
        ----------
        data
            What the component shows, as of :func:`explorer.view.payload.payload`.
        number
            Tells this answer from others: the browser confirms it by that.
        """
        parcel = _Parcel(self._has)
        packed = parcel.content(data)
        self._sent[number] = frozenset(parcel.named)
        self._named = len(parcel.named)
        self._sent = dict(list(self._sent.items())[-MOST_SENT:])
        clears, self._clears = self._clears, False
        return {**packed, "parts": parcel.parts, "clears": clears}


class _Parcel:
    """One answer on its way into parts."""

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self.named: set[str] = set()
        self.parts: dict[str, object] = {}

    def content(self, data: Plain) -> dict[str, object]:
        """Return what the data is made of: small values as they are, the others by the names of their parts."""
        scenes = {name: self._scene(scene) for name, scene in data.items() if name == "scene"}
        alone = {side: self._scene(scene) for side, scene in _mapping(data.get("alone")).items()}
        rest = {name: value for name, value in data.items() if name not in ("scene", "alone", "ahead")}
        if ahead := _mapping(data.get("ahead")):
            scenes["ahead"] = {**ahead, "scene": self._scene(ahead["scene"])}
        written = {name: msgspec.json.encode(value) for name, value in rest.items()}
        plain = {name: value for name, value in rest.items() if len(written[name]) <= SMALL}
        named = {name: self._put(value, written[name]) for name, value in rest.items() if name not in plain}
        return {"plain": plain, "named": named, "alone": alone, **scenes}

    def _scene(self, scene: object) -> dict[str, object]:
        """Return a scene whose boxes and wires stand at their places; what they say is named."""
        whole = _mapping(scene)
        return {
            **whole,
            "panes": [
                {**pane, "details": [self._name(one) for one in _by_box(_mapping(pane["details"]))]}
                for pane in _mappings(whole["panes"])
            ],
            "boxes": [[self._name({**box, "x": 0, "y": 0}), box["x"], box["y"]] for box in _mappings(whole["boxes"])],
            "wires": [[self._name({**wire, "path": ""}), wire["path"]] for wire in _mappings(whole["wires"])],
            "stubs": self._name(whole["stubs"]),
        }

    def _name(self, part: object) -> str:
        """Return the name of a part, which is sent where the browser has it not."""
        return self._put(part, msgspec.json.encode(part))

    def _put(self, part: object, written: bytes) -> str:
        digest = hashlib.blake2b(written, digest_size=9).digest()
        name = base64.urlsafe_b64encode(digest).decode()
        self.named.add(name)
        if name not in self._known:
            self.parts[name] = part
        return name


def _by_box(details: Plain) -> Iterable[dict[str, object]]:
    """Return the details of the ops of each box."""
    found: dict[object, dict[str, object]] = {}
    for node, detail in details.items():
        found.setdefault(_mapping(detail)["box"], {})[node] = detail
    return found.values()


def _mapping(value: object) -> Plain:
    return cast("Plain", value) if isinstance(value, Mapping) else {}


def _mappings(values: object) -> Iterable[Plain]:
    return cast("Iterable[Plain]", values)
