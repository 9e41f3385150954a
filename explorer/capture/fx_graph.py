"""An fx graph (of torch.export or Dynamo) to ours, the bodies of ``cond`` and ``while_loop`` as regions."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import fx
from torch._ops import OpOverload

from explorer.capture.building import GraphBuilder, Port
from explorer.capture.frames import frames_in, module_in
from explorer.capture.fx_bodies import Body, bodies_of, called
from explorer.capture.fx_views import statistics_of_call, step_of_call
from explorer.capture.origins import has_storage
from explorer.capture.serving import with_places_of_served
from explorer.capture.summaries import summary_of
from explorer.capture.tensors import attribute_of, value_of
from explorer.graph import Attribute, Graph, Location, OpId, RegionId, Role, Summary, Value
from explorer.source.places import Places

OF_EXPORT = "_empty_nn_module_stack"
"""How the path of what export has put in by itself begins."""
OWNERS = {"cond": "if", "while_loop": "loop", "map_impl": "loop", "scan": "loop", "associative_scan": "loop"}
"""What owns bodies, by the producer's name."""
INPLACE = re.compile(r"[a-z0-9]_$")
WRITING = frozenset(
    f"i{name}" for name in ("add", "sub", "mul", "truediv", "floordiv", "pow", "mod", "and", "or", "xor")
)
"""Functions of :mod:`operator` that write to a tensor in place."""
Ports = tuple[Port | None, ...]
"""What a node gives; ``None`` where no op makes it, as with a number."""
SYMBOLIC = (torch.SymInt, torch.SymBool, torch.SymFloat, int, bool, float)


@dataclass
class FxWalker:
    """Walks a graph module. ``parameters`` maps a placeholder's name to a parameter's path."""

    places: Places
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    constants: Mapping[str, str] = field(default_factory=dict[str, str])
    """A placeholder's name to that of a tensor that is no parameter and no buffer."""
    skipped: frozenset[int] = frozenset()
    """Places of outputs that are no outputs of the model, such as mutated buffers."""
    builder: GraphBuilder = field(default_factory=GraphBuilder)
    suffix: str = ""
    """Tells the nodes of several graphs apart."""
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    """A placeholder's name to what the user calls it."""
    results: Callable[[int], Sequence[str | None]] = lambda _count: ()
    """What the user calls so many outputs; ``None`` for what is no result of the model's."""
    hidden: str = ""
    """The wrapper's name for the model: taken off the front of module paths."""
    held: Mapping[str, tuple[Summary | None, ...]] = field(default_factory=dict[str, "tuple[Summary | None, ...]"])
    """What the results of a node held in a run, by its name."""

    _running: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Path and class of the modules whose ops own the bodies that are walked, the innermost last."""

    def walk(self, module: fx.GraphModule) -> Graph:
        """Return the graph of ``module``."""
        self.add(module)
        return with_places_of_served(self.builder.graph())

    def add(self, module: fx.GraphModule) -> None:
        """Add ``module``'s graph to what was walked before."""
        self._nodes(module, {}, None, top=True)

    def _nodes(
        self,
        module: fx.GraphModule,
        known: dict[str, Ports],
        region: RegionId | None,
        *,
        top: bool,
    ) -> Ports:
        result: Ports = ()
        for node in module.graph.nodes:
            if node.op == "placeholder":
                known[node.name] = known[node.name] if node.name in known else self._placeholder(node)
            elif node.op == "get_attr":
                known[node.name] = self._attribute(module, node)
            elif node.op == "output":
                result = self._output(node, known, top=top)
            else:
                known[node.name] = self._op(module, node, known, region)
        return result

    def _placeholder(self, node: fx.Node) -> Ports:
        (value,) = self._told(node, (_value(node),))
        path = self.parameters.get(node.name) or _lifted(str(node.target))
        if path:
            op = self.builder.add_named("parameter", path, value, module=path.rpartition(".")[0])
        elif node.name in self.constants:
            op = self.builder.add_named("constant", self.constants[node.name], value)
        elif value.shape is None:  # a size that Dynamo or export passes beside the tensors
            op = self.builder.add_named("constant", self._input_called(node), value)
        else:
            op = self.builder.add_named("input", self._input_called(node), value)
        return ((op, 0),)

    def _input_called(self, node: fx.Node) -> str:
        return self.inputs.get(node.name) or f"{_input_name(node.name)}{self.suffix}"

    def _told(self, node: fx.Node, values: tuple[Value, ...]) -> tuple[Value, ...]:
        known = self.held.get(node.name, ())
        if len(known) != len(values):
            return values
        return tuple(replace(one, summary=summary) for one, summary in zip(values, known, strict=True))

    def _attribute(self, module: fx.GraphModule, node: fx.Node) -> Ports:
        held = _held(module, str(node.target))
        if not isinstance(held, torch.Tensor):
            return ()
        role: Role = "parameter" if isinstance(held, torch.nn.Parameter) else "constant"
        return ((self.builder.add_named(role, f"{node.target}{self.suffix}", value_of(held)), 0),)

    def _output(self, node: fx.Node, known: dict[str, Ports], *, top: bool) -> Ports:
        skipped = self.skipped if top else ()
        flat = [one for place, one in enumerate(_results(node.args)) if place not in skipped]
        values = [_value(one) if isinstance(one, fx.Node) else value_of(one) for one in flat]
        ports = [(next(iter(known.get(_name(one), ())), None), value) for one, value in zip(flat, values, strict=True)]
        if top:
            names = self.results(len(flat)) or (None,) * len(flat)
            own = (_name(one) or f"output[{position}]" for position, one in enumerate(flat))
            called = [name or f"{one}{self.suffix}" for name, one in zip(names, own, strict=True)]
            told = [(end, name) for end, name, one in zip(ports, called, flat, strict=True) if one is not None]
            results = (((port,) if port else (), value) for (port, value), _ in told)
            self.builder.add_outputs(results, [name for _, name in told])
        return tuple(port for port, _ in ports)

    def _op(
        self,
        module: fx.GraphModule,
        node: fx.Node,
        known: dict[str, Ports],
        region: RegionId | None,
    ) -> Ports:
        taken = _unpacked(node)
        if taken is not None:
            source = known.get(_name(node.args[0]), ())
            picked = source[taken : taken + 1]
            return picked or tuple(self.builder.output(op, taken, _value(node)) for op, _ in filter(None, source[:1]))
        target = target_name(module, node)
        if target not in OWNERS and (body := called(module, node)) is not None:
            return self._called(body, known, region)
        inputs, attributes = self._inputs(node, known)
        scope, kind = self._scope(node)
        value = node.meta.get("val", node.meta.get("example_value"))
        made = [] if value is None else _results(value)
        op = self.builder.add(
            target,
            inputs=inputs,
            outputs=self._told(node, tuple(value_of(one) for one in made) or (_value(node),)),
            module=scope,
            module_type=kind,
            stack=tuple(stack_of(node.stack_trace or "", self.places)),
            region=region,
            attributes=attributes,
            role=_role(target, value),
            name=OWNERS.get(target),
        )
        self._touch(node, op, inputs)
        if target in OWNERS:
            self._bodies(module, node, op, known, region)
        return tuple((op, position) for position, _ in enumerate(made))

    def _scope(self, node: fx.Node) -> tuple[str, str]:
        """Return path and class of the module that a node runs in; in a body, what runs it is above."""
        scope, kind = _scope(node)
        if self.hidden and scope.partition(".")[0] == self.hidden:
            scope = scope.partition(".")[2]
        above = self._running[-1] if self._running and not (scope or kind) else (scope, kind)
        scope, kind = module_in(node.stack_trace or "", above)
        return clean_path(scope), kind

    def _touch(self, node: fx.Node, op: OpId, inputs: list[tuple[int, Port]]) -> None:
        """Tell what the node writes to, and what shares memory with what it is given."""
        given = dict(reversed(inputs))
        if not isinstance(node.target, OpOverload):
            updated = statistics_of_call(node)
            for position, (name, argument) in enumerate(_arguments(node)):
                out = name == "out" or argument in updated
                if position in given and (out or (position == 0 and _writes(node))):
                    step = step_of_call(node) if node.target is operator.setitem else None
                    self.builder.write(given[position], (op, 0), step)
                elif position in given and _share_memory(node, argument):
                    if isinstance(_seen(node), tuple | list):
                        self.builder.share_all(op, given[position])
                    else:
                        self.builder.share((op, 0), given[position], step_of_call(node))
            return
        schema = node.target._schema  # noqa: SLF001 - no public name
        places = {one.name: place for place, one in enumerate(schema.arguments)}
        names = [name for name, _ in _arguments(node)]
        ports = {places[names[position]]: port for position, port in given.items()}
        fixed = not any(isinstance(one, fx.Node) for _, thing in list(_arguments(node))[1:] for one in _leaves(thing))
        self.builder.touch(op, schema, ports, fixed=fixed)

    def _inputs(self, node: fx.Node, known: dict[str, Ports]) -> tuple[list[tuple[int, Port]], dict[str, Attribute]]:
        inputs: list[tuple[int, Port]] = []
        attributes: dict[str, Attribute] = {}
        for position, (name, argument) in enumerate(_arguments(node)):
            nodes = [one for one in _leaves(argument) if isinstance(one, fx.Node)]
            for one in nodes:
                inputs += [(position, port) for port in known.get(one.name, ())[:1] if port]
            if not nodes and argument is not None:
                attributes[name] = attribute_of(argument)
        return inputs, attributes

    def _bodies(
        self,
        module: fx.GraphModule,
        node: fx.Node,
        op: OpId,
        known: dict[str, Ports],
        region: RegionId | None,
    ) -> None:
        self._running.append(self._scope(node))
        for body in bodies_of(module, node, target_name(module, node)):
            inner = self.builder.add_region(op, body.kind, region)
            bound: dict[str, Ports] = {}
            for placeholder, kind, argument in body.bound():
                ports = known.get(_name(argument), ())
                if kind is not None:
                    first = [port for port in ports if port]
                    ports = (self.builder.formal(inner, kind, placeholder.name, _value(placeholder), first),)
                bound[placeholder.name] = ports
            results = self._nodes(body.graph, bound, inner, top=False)
            given = [[port] if port else [] for port in results]
            asks = body.kind == "condition"
            self.builder.end(inner, [] if asks else given, [port for ports in given for port in ports] if asks else [])
        self._running.pop()

    def _called(self, body: Body, known: dict[str, Ports], region: RegionId | None) -> Ports:
        """Walk the body of what runs it once, in its place."""
        bound = {placeholder.name: known.get(_name(given), ()) for placeholder, _, given in body.bound()}
        return self._nodes(body.graph, bound, region, top=False)


def target_name(module: fx.GraphModule, node: fx.Node) -> str:
    """Return the producer's name of what ``node`` calls, such as ``aten.linear.default``."""
    if node.op == "call_method":
        return f"aten::{node.target}"
    if node.op == "call_module":
        return type(module.get_submodule(str(node.target))).__name__
    if isinstance(node.target, OpOverload):
        return str(node.target)
    return str(getattr(node.target, "__name__", node.target)).lstrip("_") or str(node.target)


def stack_of(text: str, places: Places) -> Iterator[Location]:
    """Yield the frames of an fx ``stack_trace``, innermost first."""
    yield from places.stack(reversed(frames_in(text)))


def _writes(node: fx.Node) -> bool:
    """Whether a call that Dynamo writes as Python's writes to its first argument."""
    name = str(node.target) if node.op == "call_method" else str(getattr(node.target, "__name__", ""))
    inplace = node.kwargs.get("inplace") is True
    return inplace or bool(INPLACE.search(name)) or node.target is operator.setitem or name in WRITING


def _share_memory(node: fx.Node, argument: Any) -> bool:
    """Whether what Dynamo saw of a result, or of those in a list, and of an argument lies in one memory."""
    results, given = ({*map(_memory_of, _leaves(_seen(one)))} - {None} for one in (node, argument))
    return bool(results & given)


def _seen(thing: Any) -> object:
    return thing.meta.get("example_value") if isinstance(thing, fx.Node) else None


def _memory_of(thing: object) -> int | None:
    if not isinstance(thing, torch.Tensor) or thing.is_nested or not has_storage(thing):
        return None
    return thing.untyped_storage()._cdata  # noqa: SLF001 - its address in C++


def _scope(node: fx.Node) -> tuple[str, str]:
    """Return path and class of the innermost module, from ``nn_module_stack``."""
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    if not stack or str(stack[-1][0]).startswith(OF_EXPORT):
        return "", ""
    path, kind = stack[-1]
    name = kind if isinstance(kind, str) else getattr(kind, "__name__", str(kind))
    return clean_path(str(path)), name.rpartition(".")[2]


def clean_path(path: str) -> str:
    """Return the module path in ``L['self'].encoder.layers[0]``, as Dynamo and export write it."""
    path = re.sub(r"^L(\['self'\]|__self___?)\.?", "", path)
    path = re.sub(r"_modules\['([^']+)'\]", r"\1", path)
    path = re.sub(r"\[['\"]?([^'\"\]]+)['\"]?\]", r".\1", path)
    return path.strip(".").split("@")[0]


def _lifted(name: str) -> str:
    """Return the path in ``L_self_modules_a_parameters_weight_``, Dynamo's name for a parameter."""
    if not re.search(r"^L_self_.*(?:parameters|buffers)_", name):
        return ""
    path = re.sub(r"_(?:modules|parameters|buffers)_", ".", name.removeprefix("L_self").rstrip("_"))
    return path.strip("._")


def _input_name(name: str) -> str:
    return re.sub(r"^(?:l_)?(.+?)_?$", r"\1", name) if name.startswith("l_") else name


def _role(target: str, value: object) -> Role | None:
    leaves = _leaves(value)
    name = target.rpartition("::")[2]
    if "assert" in target or name.startswith(("sym_constrain", "_guard", "_check")):
        return "guard"
    if leaves and all(isinstance(one, SYMBOLIC) for one in leaves) and "item" not in target:
        return "shape"
    return None


def _value(node: fx.Node) -> Value:
    value = node.meta.get("val", node.meta.get("example_value"))
    return value_of(value) if value is not None and not isinstance(value, tuple | list) else Value()


def _arguments(node: fx.Node) -> Iterator[tuple[str, Any]]:
    schema = getattr(node.target, "_schema", None)
    names = [argument.name for argument in schema.arguments] if schema else []
    for position, argument in enumerate(node.args):
        yield names[position] if position < len(names) else f"argument{position}", argument
    yield from node.kwargs.items()


def _leaves(thing: object) -> list[Any]:
    return [leaf for leaf in _results(thing) if leaf is not None]


def _results(thing: object) -> list[Any]:
    """Return the leaves of what is returned; ``None`` is one, as it keeps its place."""
    if isinstance(thing, tuple | list):
        return [leaf for one in thing for leaf in _results(one)]
    if isinstance(thing, dict):
        return [leaf for one in thing.values() for leaf in _results(one)]
    return [thing]


def _unpacked(node: fx.Node) -> int | None:
    """Return which of several outputs ``node`` takes; an element of a tensor is work, which Dynamo writes alike."""
    if node.target is not operator.getitem or not isinstance(node.args[1], int):
        return None
    source = node.args[0]
    value = source.meta.get("val", source.meta.get("example_value")) if isinstance(source, fx.Node) else None
    return None if isinstance(value, torch.Tensor) else node.args[1]


def _name(thing: object) -> str:
    return thing.name if isinstance(thing, fx.Node) else ""


def _held(module: Any, path: str) -> Any:
    for part in path.split("."):
        module = getattr(module, part, None)
    return module


class Watching(fx.Interpreter):
    """Runs a graph module node by node and keeps what the results held."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.held: dict[str, tuple[Summary | None, ...]] = {}

    def run_node(self, n: fx.Node) -> Any:
        """Run one node."""
        result = super().run_node(n)
        if n.op != "output":
            leaves = _results(result)
            self.held[n.name] = tuple(summary_of(one) if isinstance(one, torch.Tensor) else None for one in leaves)
        return result
