"""The functions of an ONNX model put in where they are called, each of their nodes with the calls that it came from.

NOTE: onnx's inliner binds attributes, renames values and enters bodies, but forgets the defaults of attributes and from
which call a node came. So each call is first given a function of its own, whose nodes are marked; the marks survive it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from onnx import FunctionProto, GraphProto, ModelProto, NodeProto, inliner

CALLS = "parallax.calls"
"""Metadata of a node from the body of a function: the calls that led to it, the outermost first."""

Key = tuple[str, str, str]
"""Domain, name and overload."""


class FunctionCall(NamedTuple):
    """A call of a function: where it stands in its caller, as a path, and what it calls."""

    path: str
    function: str


def inlined(model: ModelProto) -> ModelProto:
    """Return ``model`` without functions; :func:`calls_of` tells of each node which of them it came from."""
    if not model.functions:
        return model
    marked = ModelProto()
    marked.CopyFrom(model)
    del marked.functions[:]
    known = {(one.domain, one.name, one.overload): one for one in model.functions}
    parting = _Parting(known)
    parting.enter(marked.graph.node, ())
    marked.functions.extend(parting.made)
    return inliner.inline_local_functions(marked)


def calls_of(properties: Mapping[str, str]) -> tuple[FunctionCall, ...]:
    """Return the calls of functions that a node came from, the outermost first; ``properties`` are its metadata."""
    return tuple(FunctionCall(*one) for one in json.loads(properties.get(CALLS, "[]")))


def function_name(key: Key) -> str:
    """Return how a function is called: its domain, name and overload.

    Examples
    --------
    >>> function_name(("local", "Block", "")), function_name(("local", "Block", "half"))
    ('local::Block', 'local::Block:half')
    """
    domain, name, overload = key
    return f"{domain}::{name}:{overload}" if overload else f"{domain}::{name}"


@dataclass
class _Parting:
    """Gives each call a function of its own."""

    known: Mapping[Key, FunctionProto]
    made: list[FunctionProto] = field(default_factory=list[FunctionProto])
    _names: Counter[tuple[object, ...]] = field(default_factory=Counter[tuple[object, ...]])

    def enter(self, nodes: Iterable[NodeProto], calls: tuple[FunctionCall, ...], under: tuple[Key, ...] = ()) -> None:
        """Mark ``nodes``, which ``calls`` led to through the functions ``under``, and part what they call."""
        for node in nodes:
            for body in bodies_of(node):
                self.enter(body.node, calls, under)
            key = node.domain, node.op_type, node.overload
            if key in self.known and key not in under:  # one that calls itself is no model; it stays a call
                self._part(node, key, calls, under)
            elif calls:
                node.metadata_props.add(key=CALLS, value=json.dumps(calls))

    def _part(self, node: NodeProto, key: Key, calls: tuple[FunctionCall, ...], under: tuple[Key, ...]) -> None:
        own = FunctionProto()
        own.CopyFrom(self.known[key])
        own.name = node.op_type = f"{own.name}__{len(self.made)}"
        self.made.append(own)
        _bind_defaults(node, own)
        self.enter(own.node, (*calls, FunctionCall(self._path(node, calls), function_name(key))), (*under, key))
        _hand_down(node, own.node)

    def _path(self, node: NodeProto, calls: tuple[FunctionCall, ...]) -> str:
        """Return the path of a call in its caller: by the node's name, else by the function's, each path once."""
        *above, name = [part.replace(".", "_") for part in node.name.split("/") if part] or [""]
        path = ".".join((*above, name or self._plain(node)))
        self._names[calls, path] += 1
        times = self._names[calls, path]
        return f"{path}_{times}" if times > 1 else path

    def _plain(self, node: NodeProto) -> str:
        return node.op_type.rpartition("__")[0].replace(".", "_")


def _bind_defaults(call: NodeProto, function: FunctionProto) -> None:
    """Give ``call`` the attributes that it leaves to the function, which onnx's inliner forgets.

    What refers to one that has no default either is not given: a function called with it has its own default.
    """
    given = {one.name for one in call.attribute}
    call.attribute.extend(one for one in function.attribute_proto if one.name not in given)
    _forget_unbound(function.node, {one.name for one in call.attribute})


def _forget_unbound(nodes: Iterable[NodeProto], bound: set[str]) -> None:
    for node in nodes:
        kept = [one for one in node.attribute if not one.ref_attr_name or one.ref_attr_name in bound]
        del node.attribute[:]
        node.attribute.extend(kept)
        for body in bodies_of(node):
            _forget_unbound(body.node, bound)


def bodies_of(node: NodeProto) -> Iterator[GraphProto]:
    """Yield what a node such as ``If`` runs: the graphs among its attributes."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _hand_down(call: NodeProto, body: Iterable[NodeProto]) -> None:
    """Tell nodes of which nothing is known of their place what is known of the call, those in bodies too."""
    for node in body:
        for inner in bodies_of(node):
            _hand_down(call, inner.node)
        if all(one.key == CALLS for one in node.metadata_props):
            node.metadata_props.extend(one for one in call.metadata_props if one.key != CALLS)
            node.doc_string = node.doc_string or call.doc_string
