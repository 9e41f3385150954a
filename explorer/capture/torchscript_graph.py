"""TorchScript's form to ours: module calls are followed, so that every op has its path and stack.

NOTE: ``inlined_graph`` has lost the paths of scripted modules, so the calls are followed here: a method
call into the submodule that its ``GetAttr`` chain names, a function call into its compiled function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
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
from explorer.capture.torchscript_attributes import Attributes
from explorer.capture.torchscript_bodies import BODIES, Bodies
from explorer.capture.torchscript_contents import Constant, Module, Parts, Unset
from explorer.capture.torchscript_meanings import READS_ONE, Meanings, parted
from explorer.capture.torchscript_places import first_told, stack_of
from explorer.capture.torchscript_results import Returned, returned
from explorer.capture.torchscript_values import (
    arguments,
    holds_tensor,
    is_container,
    is_scalar,
    leaves_of,
    plain_name,
    set_in,
    tensor_value,
    typed,
    value_of,
    writes_to_container,
)
from explorer.graph import Attribute, Graph, Location, OpId, RegionId, Value
from explorer.source.places import Places
from explorer.vocabulary import canonical, role_of

HOLDERS = frozenset({"prim::ListConstruct", "prim::TupleConstruct", "prim::ListUnpack", "prim::TupleUnpack"})
NONE = "NoneType"

ARITHMETIC = frozenset({"add", "sub", "rsub", "mul", "div", "floor_divide", "remainder", "pow", "neg", "sqrt", "floor",
                        "ceil", "round", "to"})  # fmt: skip
"""What only computes a size where it is given sizes alone: a trace has tensors for these."""


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
    before: str = ""
    """The place of what was compiled before: what sets an attribute has none of its own."""
    around: str = ""
    """A place in the function that is walked."""


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
    meanings: Meanings = field(init=False)
    attributes: Attributes = field(init=False)
    depth: int = 0
    _written: frozenset[tuple[str, str]] = frozenset()
    """Attributes that the graph sets, each with its module's type: what they hold now is no constant."""
    _hand_on: set[OpId] = field(default_factory=set[OpId])
    """Ops without work of their own that give what no arithmetic on sizes made."""
    _calls: int = 0
    _strayed: bool = False
    """Whether the watched graph was found to be another one: then nothing more is taken from it."""

    def __post_init__(self) -> None:
        self.meanings = Meanings(self.builder)
        self.attributes = Attributes(self.builder)

    def walk(self, module: Any, graph: Any = None) -> Graph:
        """Return the graph of ``module``, a ScriptModule or a traced one; ``graph`` where it is not its own."""
        graph, whole = (module.graph, module.inlined_graph) if graph is None else (graph, graph)
        self._written = set_in(whole)
        inputs = list(graph.inputs())
        call = self._open()
        self.meanings.mean(call, inputs[0], Module(module, ""))
        ran = self.watched.graph if self.watched else graph
        shown = self._shown(inputs, list(ran.inputs()))
        for position, value in enumerate(inputs[1:]):
            name = self.names[position] if position < len(self.names) else plain_name(value)
            op = self.builder.add_named("input", name, shown[position + 1])
            self.meanings.mean(call, value, ((op, 0),))
        beside = iter(list(ran.nodes()) if self.watched else [])
        self._block(call, graph, Frame(kind=_type_name(module), beside=beside))
        told = list(self._returned(call, graph))
        names = self.ends.results(len(told)) or [f"output{path}" for path, _, _ in told]
        some = [position for position, (_, _, value) in enumerate(told) if value.dtype != NONE]
        self.builder.add_outputs((told[one][1:] for one in some), [names[one] for one in some])
        self.builder.edges = list(dict.fromkeys(self.builder.edges))  # what two names may be counts once
        return guards_marked(self.builder.graph())

    def _returned(self, call: int, graph: Any) -> Iterator[Returned]:
        """Yield all that a graph returns."""
        values = list(graph.outputs())
        for position, value in enumerate(values):
            path = f"[{position}]" if len(values) > 1 else ""
            yield from returned(self.meanings, self.meanings.of(call, value), value.type(), path)

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

    def _ports(self, call: int, value: Any) -> tuple[Port, ...]:
        return self.meanings.ports(self.meanings.of(call, value))

    def _block(self, call: int, block: Any, frame: Frame) -> None:
        nodes = list(block.nodes())
        if self._written:
            frame = replace(frame, around=frame.around or first_told(nodes))
        for node in nodes:
            self._node(call, node, frame)
            if self._written and node.kind() != "prim::Constant":  # these are all put at the front
                frame = replace(frame, before=str(node.sourceRange()) or frame.before)

    def _node(self, call: int, node: Any, frame: Frame) -> None:
        kind = node.kind()
        if kind == "prim::Constant":
            self._constant(call, node)
        elif kind == "prim::GetAttr":
            self._attribute(call, node, frame.region)
        elif kind == "prim::SetAttr":
            self._set(call, node, self._op(call, node, frame))
        elif kind == "prim::TupleIndex" and (element := self.meanings.element(call, *node.inputs())) is not None:
            self._twin(node, frame)
            self.meanings.mean(call, node.output(), element)
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
            self._made(call, node)

    def _made(self, call: int, node: Any) -> None:
        """Say what is known of a value beyond the op that gives it."""
        if node.kind() == "prim::Uninitialized":
            self.meanings.mean(call, node.output(), Unset())
        elif node.kind() == "prim::DictConstruct":
            given = [self.meanings.of(call, value) for value in node.inputs()]
            self.meanings.mean(call, node.output(), self.meanings.hold_dict(zip(given[::2], given[1::2], strict=True)))

    def _constant(self, call: int, node: Any) -> None:
        output = node.output()
        value = output.toIValue() if output.type().kind() != "FunctionType" else output.type().annotation_str
        if isinstance(value, torch.Tensor) and value.numel() > 1:
            op = self.builder.add_named("constant", f"c{call}.{output.debugName()}", value_of(output))
            self.meanings.mean(call, output, ((op, 0),))
        else:
            self.meanings.mean(call, output, Constant(value.item() if is_scalar(value) else value))

    def _attribute(self, call: int, node: Any, region: RegionId | None) -> None:
        owner = self.meanings.of(call, node.input())
        if not isinstance(owner, Module):
            return
        name = node.s("name")
        path = f"{owner.path}.{name}" if owner.path else name
        held = getattr(owner.module, name, None)
        if isinstance(held, torch.nn.Module) or "ScriptModule" in type(held).__name__:
            self.meanings.mean(call, node.output(), Module(held, path))
        elif isinstance(held, torch.Tensor) or (str(node.input().type()), name) in self._written:
            shown = unwrapped(path, self.hidden)
            value = tensor_value(held) if isinstance(held, torch.Tensor) else value_of(node.output())
            op = self.builder.add_named("parameter", shown, value, module=shown.rpartition(".")[0])
            self.meanings.mean(call, node.output(), self.attributes.read((op, 0), region))
        else:
            self.meanings.mean(call, node.output(), Constant(held))

    def _set(self, call: int, node: Any, by: OpId) -> None:
        """Let who reads the attribute from here on read what it is set to: of a number, what ``by`` has set."""
        owner, meaning = self.meanings.of(call, node.inputsAt(0)), self.meanings.of(call, node.inputsAt(1))
        ports = self.meanings.ports(meaning)
        if isinstance(owner, Module) and (ports or isinstance(meaning, Constant)):
            path = f"{owner.path}.{node.s('name')}" if owner.path else node.s("name")
            shown = unwrapped(path, self.hidden)
            value = value_of(node.inputsAt(1))
            op = self.builder.add_named("parameter", shown, value, module=shown.rpartition(".")[0])
            self.attributes.set((op, 0), meaning if isinstance(meaning, Constant) else ports, by, value)

    def _hold(self, call: int, node: Any, frame: Frame) -> None:
        twin = self._twin(node, frame)
        outputs = list(node.outputs())
        held = [self.meanings.of(call, value) for value in node.inputs()]
        if node.kind() == "prim::TupleConstruct":
            self.meanings.mean(call, outputs[0], Parts(tuple(held)))
        elif node.kind() == "prim::ListConstruct":
            self.meanings.mean(call, outputs[0], self.meanings.hold(held))
        elif (elements := self.meanings.elements(held[0])) is not None and len(elements) == len(outputs):
            for value, element in zip(outputs, elements, strict=True):
                self.meanings.mean(call, value, element)
        else:
            self._take_apart(call, node, frame, twin)

    def _take_apart(self, call: int, node: Any, frame: Frame, twin: Any) -> None:
        """Let each element of what is not known by its elements be an output of the ops that gave it."""
        ports = self._ports(call, node.input())
        outputs = list(node.outputs())
        if len(ports) == 1 and len(outputs) > 1 and self.builder.ops[ports[0][0]].op in {"if", "loop", "carried"}:
            self._op(call, node, frame, twin)  # what owns bodies has one output for each that they give
            return
        if len(outputs) > 1:
            self._unpack(ports, self._shown(outputs, _outputs(twin) if len(ports) == 1 else []))
        for position, value in enumerate(outputs):
            self.meanings.mean(call, value, tuple((op, position) for op, _ in ports) if len(outputs) > 1 else ports)

    def _unpack(self, ports: tuple[Port, ...], outputs: tuple[Value, ...]) -> None:
        """Give the ops behind a list or tuple one output for each element."""
        for op, _ in ports:
            known = self.builder.ops[op]
            if len(known.outputs) < len(outputs):
                self.builder.ops[op] = replace(known, outputs=outputs)

    def _call(self, call: int, node: Any, frame: Frame) -> None:
        """Follow a call: its nodes get the callee's module path and this call site on their stack."""
        values = list(node.inputs())
        callers = (*stack_of(node, self.places, frame.function), *frame.callers)
        if node.kind() == "prim::CallMethod":
            owner = self.meanings.of(call, values[0])
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
            self.meanings.mean(fresh, formal, self.meanings.of(call, actual))
        self._block(fresh, graph, inner)
        for outer, result in zip(node.outputs(), graph.outputs(), strict=False):
            self.meanings.mean(call, outer, self.meanings.of(fresh, result))
        for formal, actual in zip(graph.inputs(), given, strict=False):
            if is_container(actual):  # one that an op gave may be known as a list since
                self.meanings.mean(call, actual, self.meanings.of(fresh, formal))
        self.depth -= 1

    def _op(self, call: int, node: Any, frame: Frame, twin: Any = None) -> OpId:
        inputs: list[tuple[int, Port]] = []
        attributes: dict[str, Attribute] = {"name": node.s("name")} if node.kind() == "prim::SetAttr" else {}
        for position, (name, _) in enumerate(arguments(node)):
            meaning = self.meanings.taken(call, node, position)
            constant = self.meanings.constant(meaning)
            if constant is None:
                inputs += [(position, port) for port in self.meanings.ports(meaning)]
            elif constant.value is not None:
                attributes[name] = attribute_of(constant.value)
        twin = twin or self._twin(node, frame)
        outputs = list(node.outputs())
        target = node.kind()
        plain = bool(outputs) and not any(holds_tensor(value) for value in outputs)
        name = canonical(target)
        measured = bool(inputs) and all(
            self.builder.op_of(port).role == "shape" and port[0] not in self._hand_on for _, port in inputs
        )
        is_shape = plain and name not in {"if", "loop"} and (name != "item" or measured)
        is_shape = is_shape or (measured and name in ARITHMETIC)
        path, kind = (self.module_of and self.module_of(node)) or (frame.path, frame.kind)
        op = self.builder.add(
            target,
            inputs=inputs,
            outputs=self._given(node, outputs, twin),
            module=unwrapped(path, self.hidden),
            module_type=kind,
            stack=(*stack_of(node, self.places, frame.function, frame.before, frame.around), *frame.callers),
            region=frame.region,
            attributes=attributes,
            role="shape" if is_shape and role_of(name) == "compute" else None,
        )
        if not measured and (target in READS_ONE or name == "identity"):
            self._hand_on.add(op)
        ports = ((op, position) for position in count())
        for value in outputs:
            self.meanings.mean(call, value, parted(value.type(), ports) if target in BODIES else (next(ports),))
        self._touch(call, node, op)
        self._bodies(call, node, op, frame, twin)
        return op

    def _given(self, node: Any, outputs: list[Any], twin: Any) -> tuple[Value, ...]:
        """Return what a node gives: what owns bodies gives each element of a tuple for itself."""
        shown = self._shown(outputs, _outputs(twin))
        if node.kind() not in BODIES:
            return shown
        leaves = ((leaves_of(value.type()), one) for value, one in zip(outputs, shown, strict=True))
        return tuple(one for kinds, value in leaves for one in ([value] if len(kinds) == 1 else map(typed, kinds)))

    def _touch(self, call: int, node: Any, op: OpId) -> None:
        """Tell what the node writes to and shares memory with."""
        schema = node.schema()
        if all(one not in schema for one in ("(a!", "(a)", "(a ->", "running_mean")):
            return
        values = list(node.inputs())
        self.meanings.read(call, node, op)
        if writes_to_container(node):
            self.meanings.change(call, node, op)
        elif "(Tensor(a!)[]" in schema:
            for port in self._ports(call, values[0]):
                self.builder.write(port, (op, 0))
        elif not is_container(values[0]):
            given = [self._ports(call, value) for value in values]
            ports = {place: ports[0] for place, ports in enumerate(given) if len(ports) == 1}
            fixed = all(self.meanings.constant(self.meanings.of(call, value)) is not None for value in values[1:])
            self.builder.touch(op, schema, ports, fixed=fixed)

    def _settled(self, call: int, node: Any, frame: Frame) -> bool:
        """Walk only the side that runs of an ``If`` on a constant, such as ``self.training``."""
        condition = self.meanings.constant(self.meanings.of(call, node.input())) if node.kind() == "prim::If" else None
        if condition is None:
            return False
        side = 0 if condition.value else 1
        taken = list(node.blocks())[side]
        self._block(call, taken, replace(frame, beside=_blocks(self._twin(node, frame))[side]))
        for outer, inner in zip(node.outputs(), taken.outputs(), strict=True):
            self.meanings.mean(call, outer, self.meanings.of(call, inner))
        return True

    def _bodies(self, call: int, node: Any, op: OpId, frame: Frame, twin: Any) -> None:
        """Walk the bodies of an ``If`` or ``Loop``."""

        def walk(block: Any, region: RegionId, beside: Any) -> None:
            nodes = [] if beside is None else list(beside.nodes())
            before = str(node.sourceRange()) or frame.before
            self._block(call, block, replace(frame, region=region, beside=iter(nodes), before=before))

        Bodies(self.builder, self.meanings, self._shown, walk, call).enter(node, op, frame.region, twin)


def _outputs(twin: Any) -> list[Any]:
    return [] if twin is None else list(twin.outputs())


def _blocks(twin: Any) -> tuple[Iterator[Any], ...]:
    """Return what stands in each block of a node, nothing where it has no twin."""
    return (iter(()), iter(())) if twin is None else tuple(iter(list(block.nodes())) for block in twin.blocks())


def _type_name(module: Any) -> str:
    return str(getattr(module, "original_name", type(module).__name__))
