"""TorchScript's form to ours: module calls are followed, so that every op has its path and stack.

NOTE: ``inlined_graph`` has lost the paths of scripted modules, so the calls are followed here: a method
call into the submodule that its ``GetAttr`` chain names, a function call into its compiled function.
Lists, tuples and their unpacking are no ops of ours: what they hold is tied to what uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.jit._state import _python_cu

from explorer.capture.building import GraphBuilder, Port
from explorer.capture.ends import Ends
from explorer.capture.guards import guards_marked
from explorer.capture.inlined import DEEPEST, function_graph, method_graph
from explorer.capture.scopes import unwrapped
from explorer.capture.seen import SILENT, Watched
from explorer.capture.tensors import attribute_of
from explorer.capture.torchscript_values import (
    Constant,
    Meaning,
    Module,
    arguments,
    frames_of,
    holds_tensor,
    is_scalar,
    plain_name,
    returned,
    set_in,
    tensor_value,
    value_of,
)
from explorer.graph import Attribute, Graph, Location, OpId, RegionId, RegionKind, Value
from explorer.source.places import Places
from explorer.vocabulary import canonical, role_of

BODIES: dict[str, tuple[RegionKind, ...]] = {"prim::If": ("then", "else"), "prim::Loop": ("body",)}
TAKES_OUT = frozenset({"aten::pop", "aten::popitem", "aten::clear", "aten::remove", "aten::Delete"})
"""What writes to a list or a dict and puts nothing in."""
HOLDERS = frozenset({"prim::ListConstruct", "prim::TupleConstruct", "prim::ListUnpack", "prim::TupleUnpack"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the walk is: in which module and region, and the call sites that led there."""

    path: str = ""
    kind: str = ""
    region: RegionId | None = None
    callers: tuple[Location, ...] = ()
    function: str = "forward"
    beside: Iterator[Any] = field(default_factory=lambda: iter(()))
    """What follows in the graph that was watched: calls make no difference to it."""


@dataclass
class Walker:
    """Walks one module's graph and all that it calls."""

    places: Places
    hidden: str = ""
    """A module path at the front that is the capture's own wrapper."""
    names: tuple[str, ...] = ()
    """The inputs' names as the user wrote them, where the capture's wrapper has lost them."""
    ends: Ends = field(default_factory=Ends)
    """The names of what the model returns; where they are not known, the graph's own tuples and dicts tell."""
    unit: Any = _python_cu
    """Where the functions are that are called: for what was compiled here, the one of this process."""
    module_of: Callable[[Any], tuple[str, str] | None] | None = None
    """Path and class of a node's module, where it is known otherwise than by following the calls."""
    watched: Watched | None = None
    """What tensors were like in a run of this graph without its calls."""
    builder: GraphBuilder = field(default_factory=GraphBuilder)
    meanings: dict[tuple[int, str], Meaning] = field(default_factory=dict[tuple[int, str], Meaning])
    depth: int = 0
    _written: frozenset[tuple[str, str]] = frozenset()
    """Attributes that the graph sets, each with its module's type: what they hold now is no constant."""
    _calls: int = 0
    _choices: int = 0
    _strayed: bool = False
    """Whether the watched graph was found to be another one: then nothing more is taken from it."""

    def walk(self, module: Any, graph: Any = None) -> Graph:
        """Return the graph of ``module``, a ScriptModule or a traced one; ``graph`` where it is not its own."""
        graph, whole = (module.graph, module.inlined_graph) if graph is None else (graph, graph)
        self._written = set_in(whole)
        inputs = list(graph.inputs())
        call = self._open()
        self._mean(call, inputs[0], Module(module, ""))
        ran = self.watched.graph if self.watched else graph
        shown = self._shown(inputs, list(ran.inputs()))
        for position, value in enumerate(inputs[1:]):
            name = self.names[position] if position < len(self.names) else plain_name(value)
            op = self.builder.add_named("input", name, shown[position + 1])
            self._mean(call, value, ((op, 0),))
        beside = iter(list(ran.nodes()) if self.watched else [])
        self._block(call, graph, Frame(kind=_type_name(module), beside=beside))
        told = returned(graph)
        given = [value for _, value in told]
        results = zip(given, self._shown(given, [twin for _, twin in returned(ran)]), strict=True)
        names = self.ends.results(len(given)) or [f"output{path}" for path, _ in told]
        self.builder.add_outputs(((self._ports(call, one), value) for one, value in results), names)
        return guards_marked(self.builder.graph())

    def _twin(self, node: Any, frame: Frame) -> Any:
        """Return what stands for ``node`` in the watched graph."""
        twin = next((one for one in frame.beside if one.kind() not in SILENT), None)
        self._strayed |= twin is not None and twin.kind() != node.kind()
        return None if self._strayed else twin

    def _shown(self, values: list[Any], twins: list[Any]) -> tuple[Value, ...]:
        """Return what is told of ``values``: what was seen of their twins, else what their types tell."""
        if self.watched is None or self._strayed or len(values) != len(twins):
            return tuple(value_of(value) for value in values)
        known = self.watched.values
        return tuple(known.get(twin.debugName()) or value_of(value) for value, twin in zip(values, twins, strict=True))

    def _open(self) -> int:
        self._calls += 1
        return self._calls

    def _mean(self, call: int, value: Any, meaning: Meaning) -> None:
        self.meanings[call, value.debugName()] = meaning

    def _meaning(self, call: int, value: Any) -> Meaning:
        return self.meanings.get((call, value.debugName()), ())

    def _ports(self, call: int, value: Any) -> tuple[Port, ...]:
        meaning = self._meaning(call, value)
        return meaning if isinstance(meaning, tuple) else ()

    def _block(self, call: int, block: Any, frame: Frame) -> None:
        for node in block.nodes():
            self._node(call, node, frame)

    def _node(self, call: int, node: Any, frame: Frame) -> None:
        kind = node.kind()
        if kind == "prim::Constant":
            self._constant(call, node)
        elif kind == "prim::GetAttr":
            self._attribute(call, node)
        elif kind == "prim::SetAttr":
            self._op(call, node, frame)
            self._set(call, node)
        elif kind == "prim::TupleIndex" and (element := self._element(call, node)):
            self._twin(node, frame)
            self._mean(call, node.output(), element)
        elif kind in {"prim::CallMethod", "prim::CallFunction"}:
            self._call(call, node, frame)
        elif kind in HOLDERS:
            self._hold(call, node, frame)
        elif node.hasAttribute("Subgraph"):
            self._twin(node, frame)
            inside = replace(frame, beside=iter(()))
            self._enter(call, node, node.g("Subgraph"), list(node.inputs()), inside)
        elif not self._settled(call, node, frame):
            self._op(call, node, frame)

    def _constant(self, call: int, node: Any) -> None:
        output = node.output()
        value = output.toIValue() if output.type().kind() != "FunctionType" else output.type().annotation_str
        if isinstance(value, torch.Tensor) and value.numel() > 1:
            op = self.builder.add_named("constant", f"c{call}.{output.debugName()}", value_of(output))
            self._mean(call, output, ((op, 0),))
        else:
            self._mean(call, output, Constant(value.item() if is_scalar(value) else value))

    def _attribute(self, call: int, node: Any) -> None:
        owner = self._meaning(call, node.input())
        if not isinstance(owner, Module):
            return
        name = node.s("name")
        path = f"{owner.path}.{name}" if owner.path else name
        held = getattr(owner.module, name, None)
        if isinstance(held, torch.nn.Module) or "ScriptModule" in type(held).__name__:
            self._mean(call, node.output(), Module(held, path))
        elif isinstance(held, torch.Tensor) or (str(node.input().type()), name) in self._written:
            shown = unwrapped(path, self.hidden)
            value = tensor_value(held) if isinstance(held, torch.Tensor) else value_of(node.output())
            op = self.builder.add_named("parameter", shown, value, module=shown.rpartition(".")[0])
            self._mean(call, node.output(), ((op, 0),))
        else:
            self._mean(call, node.output(), Constant(held))

    def _set(self, call: int, node: Any) -> None:
        """Let who reads the attribute from here on read what it is set to."""
        owner, ports = self._meaning(call, node.inputsAt(0)), self._ports(call, node.inputsAt(1))
        if isinstance(owner, Module) and ports:
            path = f"{owner.path}.{node.s('name')}" if owner.path else node.s("name")
            shown = unwrapped(path, self.hidden)
            value = value_of(node.inputsAt(1))
            op = self.builder.add_named("parameter", shown, value, module=shown.rpartition(".")[0])
            self.builder.memory.assign((op, 0), tuple(one for port in ports for one in self.builder.sources(port)))

    def _element(self, call: int, node: Any) -> tuple[Port, ...]:
        """Return the element of a tuple that is taken, where it is known what each element is."""
        held, index = self._ports(call, node.inputsAt(0)), self._meaning(call, node.inputsAt(1))
        size = len(node.inputsAt(0).type().elements())
        if len(held) != size or not isinstance(index, Constant) or not isinstance(index.value, int):
            return ()
        return (held[index.value],) if size > 1 and -size <= index.value < size else ()

    def _hold(self, call: int, node: Any, frame: Frame) -> None:
        twin = self._twin(node, frame)
        held = [self._meaning(call, value) for value in node.inputs()]
        ports = tuple(port for meaning in held if isinstance(meaning, tuple) for port in meaning)
        outputs = list(node.outputs())
        if len(ports) == 1 and len(outputs) > 1 and self.builder.ops[ports[0][0]].op in {"if", "loop"}:
            self._op(call, node, frame, twin)  # what owns bodies has one output for each that they give
            return
        if node.kind().endswith("Unpack") and len(ports) == len(outputs):
            for value, port in zip(outputs, ports, strict=True):
                self._mean(call, value, (port,))
            return
        if ports or not all(isinstance(meaning, Constant) for meaning in held):
            if len(outputs) > 1:
                self._unpack(ports, self._shown(outputs, _outputs(twin) if len(ports) == 1 else []))
            for position, value in enumerate(outputs):
                unpacked = tuple((op, position) for op, _ in ports) if len(outputs) > 1 else ports
                self._mean(call, value, unpacked)
            return
        values = [meaning.value for meaning in held if isinstance(meaning, Constant)]
        self._mean(call, outputs[0], Constant(values))

    def _unpack(self, ports: tuple[Port, ...], outputs: tuple[Value, ...]) -> None:
        """Give the ops behind a list or tuple one output for each element."""
        for op, _ in ports:
            known = self.builder.ops[op]
            if len(known.outputs) < len(outputs):
                self.builder.ops[op] = replace(known, outputs=outputs)

    def _call(self, call: int, node: Any, frame: Frame) -> None:
        """Follow a call: its nodes get the callee's module path and this call site on their stack."""
        values = list(node.inputs())
        callers = (*_stack(node, self.places, frame), *frame.callers)
        if node.kind() == "prim::CallMethod":
            owner = self._meaning(call, values[0])
            if not isinstance(owner, Module):
                self._op(call, node, frame)
                return
            graph = method_graph(owner.module, node.s("name"))
            inner = Frame(path=owner.path, kind=_type_name(owner.module), region=frame.region, callers=callers,
                          function=node.s("name"), beside=frame.beside)  # fmt: skip
            given = values
        else:
            name = values[0].type().annotation_str
            graph = function_graph(values[0], self.unit)
            inner = Frame(path=frame.path, kind=frame.kind, region=frame.region, callers=callers,
                          function=name.rpartition(".")[2], beside=frame.beside)  # fmt: skip
            given = values[1:]
        if graph is None or self.depth > DEEPEST:
            self._op(call, node, frame)
            return
        self._enter(call, node, graph, given, inner)

    def _enter(self, call: int, node: Any, graph: Any, given: list[Any], inner: Frame) -> None:
        fresh = self._open()
        self.depth += 1
        for formal, actual in zip(graph.inputs(), given, strict=False):
            self._mean(fresh, formal, self._meaning(call, actual))
        self._block(fresh, graph, inner)
        for outer, result in zip(node.outputs(), graph.outputs(), strict=False):
            self._mean(call, outer, self._meaning(fresh, result))
        for formal, actual in zip(graph.inputs(), given, strict=False):
            if actual.type().kind() in {"ListType", "DictType"}:  # what the callee has put in is in it
                self._mean(call, actual, self._meaning(fresh, formal))
        self.depth -= 1

    def _op(self, call: int, node: Any, frame: Frame, twin: Any = None) -> None:
        inputs: list[tuple[int, Port]] = []
        attributes: dict[str, Attribute] = {}
        for position, (name, value) in enumerate(arguments(node)):
            meaning = self._meaning(call, value)
            if isinstance(meaning, Constant):
                if meaning.value is not None:
                    attributes[name] = attribute_of(meaning.value)
            elif isinstance(meaning, tuple):
                inputs += [(position, port) for port in meaning]
        twin = twin or self._twin(node, frame)
        outputs = list(node.outputs())
        target = node.kind()
        plain = bool(outputs) and not any(holds_tensor(value) for value in outputs)
        name = canonical(target)
        measured = bool(inputs) and all(self.builder.ops[port[0]].role == "shape" for _, port in inputs)
        is_shape = plain and name not in {"if", "loop"} and (name != "item" or measured)
        path, kind = (self.module_of and self.module_of(node)) or (frame.path, frame.kind)
        op = self.builder.add(
            target,
            inputs=inputs,
            outputs=self._shown(outputs, _outputs(twin)),
            module=unwrapped(path, self.hidden),
            module_type=kind,
            stack=(*_stack(node, self.places, frame), *frame.callers),
            region=frame.region,
            attributes=attributes,
            role="shape" if is_shape and role_of(name) == "compute" else None,
        )
        for position, value in enumerate(outputs):
            self._mean(call, value, ((op, position),))
        self._touch(call, node, op)
        self._bodies(call, node, op, frame, twin)

    def _touch(self, call: int, node: Any, op: OpId) -> None:
        """Tell what the node writes to; a list is no op of ours: what was put in is a part of it from here on."""
        schema = node.schema()
        if "(a!" not in schema and "(a)" not in schema and "(a ->" not in schema:
            return
        values = list(node.inputs())
        given = [self._ports(call, value) for value in values]
        if values[0].type().kind() in {"ListType", "DictType"}:
            if "!" in schema and node.kind() not in TAKES_OUT:
                put_in = ((op, 0),) if node.outputsSize() else given[-1]
                self._mean(call, values[0], (*given[0], *put_in))
            return
        self.builder.touch(op, schema, {place: ports[0] for place, ports in enumerate(given) if len(ports) == 1})

    def _settled(self, call: int, node: Any, frame: Frame) -> bool:
        """Walk only the side that runs of an ``If`` on a constant, such as ``self.training``."""
        condition = self._meaning(call, node.input()) if node.kind() == "prim::If" else None
        if not isinstance(condition, Constant):
            return False
        side = 0 if condition.value else 1
        taken = list(node.blocks())[side]
        self._block(call, taken, replace(frame, beside=_blocks(self._twin(node, frame))[side]))
        for outer, inner in zip(node.outputs(), taken.outputs(), strict=True):
            self._mean(call, outer, self._meaning(call, inner))
        return True

    def _bodies(self, call: int, node: Any, op: OpId, frame: Frame, twin: Any) -> None:
        """Walk the bodies of an ``If`` or ``Loop``."""
        known = [] if twin is None else list(twin.blocks())
        given: list[list[Meaning]] = []
        for number, (block, kind) in enumerate(zip(node.blocks(), BODIES.get(node.kind(), ()), strict=False)):
            region = self.builder.add_region(op, kind, frame.region)
            other = known[number] if known else None
            if kind == "body":
                self._formals(call, node, block, region, other)
            beside = iter(list(other.nodes()) if other is not None else [])
            self._block(call, block, replace(frame, region=region, beside=beside))
            results = list(block.outputs())[1 if kind == "body" else 0 :]  # a loop's first is whether it goes on
            self.builder.end(region, (self._ports(call, value) for value in results))
            given.append([self._meaning(call, value) for value in results])
        if node.kind() == "prim::If":
            for position, sides in enumerate(zip(*given, strict=True)):
                self._choose(call, node, op, position, sides)

    def _formals(self, call: int, node: Any, block: Any, region: RegionId, twin: Any) -> None:
        """Add what a loop's body is handed: the number of the turn, and what the turn before gave, by its elements."""
        formals = list(block.inputs())
        shown = self._shown(formals, list(twin.inputs()) if twin is not None else [])
        first = [(), *(self._ports(call, value) for value in list(node.inputs())[2:])]
        for position, (formal, value, ports) in enumerate(zip(formals, shown, first, strict=True)):
            name = "carried" if position else "iteration"
            plain = plain_name(formal)
            if len(ports) > 1 and formal.type().kind() == "TupleType":
                elements = enumerate(ports)
                held = tuple(self.builder.formal(region, name, f"{plain}[{i}]", Value(), [one]) for i, one in elements)
            else:
                held = (self.builder.formal(region, name, plain, value, ports),)
            self._mean(call, formal, held)

    def _choose(self, call: int, node: Any, op: OpId, position: int, sides: tuple[Meaning, ...]) -> None:
        """Let each element of a tuple that both sides of an ``If`` give be one of theirs."""
        elements = [side for side in sides if isinstance(side, tuple)]
        if len(elements) != len(sides) or len({len(side) for side in elements}) != 1 or len(elements[0]) <= 1:
            return
        chosen: list[Port] = []
        for ports in zip(*elements, strict=True):
            self._choices += 1
            chosen.append((op, -self._choices))  # no output of its own: only what it may be is
            self.builder.choose(chosen[-1], (one for port in ports for one in self.builder.sources(port)))
        self._mean(call, list(node.outputs())[position], tuple(chosen))


def _outputs(twin: Any) -> list[Any]:
    return [] if twin is None else list(twin.outputs())


def _blocks(twin: Any) -> tuple[Iterator[Any], ...]:
    """Return what stands in each block of a node, nothing where it has no twin."""
    return (iter(()), iter(())) if twin is None else tuple(iter(list(block.nodes())) for block in twin.blocks())


def _type_name(module: Any) -> str:
    return str(getattr(module, "original_name", type(module).__name__))


def _stack(node: Any, places: Places, frame: Frame) -> tuple[Location, ...]:
    return frames_of(node.sourceRange(), places, frame.function)
