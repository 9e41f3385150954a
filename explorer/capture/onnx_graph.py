"""An ONNX model to our form, its ``If`` and ``Loop`` bodies as regions.

The two exporters say where a node comes from in two ways: the newer one in ``metadata_props``, the older
one in the node's name (the module path) and, when it is verbose, in ``doc_string`` (the Python stack).
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import onnx
from onnx import (
    AttributeProto,
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    TypeProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)

from explorer.capture.building import Formal, GraphBuilder, Port
from explorer.capture.frames import module_in
from explorer.capture.fx_graph import OF_EXPORT, clean_path, stack_of
from explorer.capture.onnx_data import graph_inputs
from explorer.capture.onnx_functions import calls_of
from explorer.capture.onnx_sizes import with_sizes
from explorer.capture.scopes import unwrapped
from explorer.capture.serving import with_places_of_served
from explorer.capture.tensors import attribute_of
from explorer.capture.torchscript_values import frames_of
from explorer.graph import (
    FUNCTIONS,
    PARTS,
    Attribute,
    Graph,
    Location,
    OpId,
    RegionId,
    RegionKind,
    Role,
    Summary,
    Value,
)
from explorer.source.places import Places
from explorer.vocabulary import canonical

DTYPES: Mapping[int, str] = {
    TensorProto.FLOAT: "f32", TensorProto.DOUBLE: "f64", TensorProto.FLOAT16: "f16",
    TensorProto.BFLOAT16: "bf16", TensorProto.INT64: "i64", TensorProto.INT32: "i32",
    TensorProto.INT16: "i16", TensorProto.INT8: "i8", TensorProto.UINT64: "u64", TensorProto.UINT32: "u32",
    TensorProto.UINT16: "u16", TensorProto.UINT8: "u8", TensorProto.BOOL: "bool",
    TensorProto.COMPLEX64: "c64", TensorProto.COMPLEX128: "c128", TensorProto.STRING: "str",
    TensorProto.FLOAT8E4M3FN: "f8e4m3fn", TensorProto.FLOAT8E4M3FNUZ: "f8e4m3fnuz",
    TensorProto.FLOAT8E5M2: "f8e5m2", TensorProto.FLOAT8E5M2FNUZ: "f8e5m2fnuz",
    TensorProto.FLOAT8E8M0: "f8e8m0fnu", TensorProto.FLOAT4E2M1: "f4e2m1", TensorProto.INT4: "i4",
    TensorProto.UINT4: "u4", TensorProto.INT2: "i2", TensorProto.UINT2: "u2",
}  # fmt: skip
MADE_OF = "parallax.made_of"
"""Metadata of a fused node: the types of the nodes that it was made of."""

SMALL = 16
"""Elements up to which a constant is shown as an attribute of what uses it."""


TRACE = "pkg.torch.onnx.stack_trace"
"""Where the newer exporter keeps a node's Python stack."""


@dataclass
class OnnxWalker:
    """Walks a model's graph and the graphs inside it."""

    places: Places
    builder: GraphBuilder = field(default_factory=GraphBuilder)
    values: dict[str, Value] = field(default_factory=dict[str, Value])
    hidden: str = ""
    """A module path at the front that is the capture's own wrapper."""
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    """Paths of the model's modules, each with all those of its module: they tell what a node's name leaves open."""
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    """An input's name to what the user calls it, where the exporter has not kept it."""
    outputs: Callable[[int], Sequence[str]] = lambda _count: ()
    """What the user calls so many outputs; the names in the model where it is not known."""
    held: Mapping[str, Summary] = field(default_factory=dict[str, Summary])
    """What a value held in a run, by its name."""
    made: dict[str, OpId] = field(default_factory=dict[str, OpId])
    """The op that stands for a node, by the node's name."""

    _running: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Path and class of the modules whose nodes own the bodies that are walked, the innermost last."""

    def walk(self, model: ModelProto) -> Graph:
        """Return the graph of ``model``."""
        graph = _inferred(model).graph
        self.values = {name: replace(one, summary=self.held.get(name)) for name, one in _value_infos(graph)}
        self.values |= {name: Value(summary=one) for name, one in self.held.items() if name not in self.values}
        known: dict[str, Port] = {}
        for one in graph_inputs(model):
            name = self.inputs.get(one.name, one.name)
            known[one.name] = (self.builder.add_named("input", name, self.values.get(one.name, _value(one))), 0)
        self._nodes(graph, known, None)
        names = self.outputs(len(graph.output)) or [one.name for one in graph.output]
        results = (((known[one.name],) if one.name in known else (), _value(one)) for one in graph.output)
        self.builder.add_outputs(results, names)
        return with_places_of_served(with_sizes(self.builder.graph()))

    def _nodes(self, graph: GraphProto, known: dict[str, Port], region: RegionId | None) -> None:
        for name, value in _initializers(graph):
            role: Role = "parameter" if "." in name and not name.startswith("onnx::") else "constant"
            path = unwrapped(name, self.hidden) if role == "parameter" else name
            module = path.rpartition(".")[0] if role == "parameter" else ""
            shown = f"{path} in {region}" if region is not None else path  # two bodies may use one name
            known[name] = (self.builder.add_named(role, shown, value, module=module), 0)
        for node in graph.node:
            self._node(node, known, region)

    def _node(self, node: NodeProto, known: dict[str, Port], region: RegionId | None) -> None:
        properties = {one.key: one.value for one in node.metadata_props}
        stack = tuple(self._stack(node, properties))
        module, kind = self._scope(node, properties)
        above = self._running[-1] if self._running and not (module or kind) else (module, kind)
        path, kind = module_in(properties.get(TRACE, ""), above)
        module = clean_path(path)
        name = canonical(f"onnx::{node.op_type}")
        is_shape = name in {"size", "numel"} or _is_shape_work(node, self.values, known, self.builder)
        op = self.builder.add(
            node.op_type,
            inputs=[(i, known[n]) for i, n in enumerate(node.input) if n in known],
            outputs=tuple(self.values.get(one, Value()) for one in node.output),
            module=module,
            module_type=kind,
            stack=stack,
            region=region,
            attributes={**dict(_attributes(node)), **made_of(properties), **_functions(properties)},
            role="shape" if is_shape else None,
            name=name,
        )
        self.made.setdefault(node.name, op)
        known |= {output: (op, position) for position, output in enumerate(node.output) if output}
        self._running.append((module, kind))
        self._bodies(node, op, known, region)
        self._running.pop()

    def _bodies(self, node: NodeProto, op: OpId, known: dict[str, Port], region: RegionId | None) -> None:
        kinds: dict[str, RegionKind] = {"then_branch": "then", "else_branch": "else"}
        for attribute in node.attribute:
            if attribute.type != AttributeProto.GRAPH:
                continue
            body = attribute.g
            inner = self.builder.add_region(op, kinds.get(attribute.name, "body"), region)
            self.values |= dict(_value_infos(body))
            scope = known | dict(self._formals(node, body, known, inner))
            self._nodes(body, scope, inner)
            results = [[scope[one.name]] if one.name in scope else [] for one in body.output]
            going = results.pop(0) if node.op_type == "Loop" and results else []
            self.builder.end(inner, results, going)

    def _formals(
        self, node: NodeProto, body: GraphProto, known: Mapping[str, Port], region: RegionId
    ) -> Iterator[tuple[str, Port]]:
        """Yield the formals of a loop's body by name, each tied to what it is at first."""
        for info, (name, actual) in zip(body.input, _handed(node, body), strict=False):
            first = [known[actual]] if actual in known else []
            yield info.name, self.builder.formal(region, name, info.name, self.values.get(info.name, Value()), first)

    def _scope(self, node: NodeProto, properties: dict[str, str]) -> tuple[str, str]:
        if "pkg.torch.onnx.name_scopes" in properties:
            scopes = _list(properties["pkg.torch.onnx.name_scopes"])
            kinds = _list(properties.get("pkg.torch.onnx.class_hierarchy", "[]"))
            if len(scopes) < 2 or scopes[-2].startswith(OF_EXPORT):  # noqa: PLR2004 - the last is the node itself
                return "", ""
            path = clean_path(scopes[-2])
            kind = kinds[-2].rpartition(".")[2] if len(kinds) > 1 else ""
            return unwrapped(path, self.hidden), kind
        parts = [part for part in node.name.split("/") if part]
        path = unwrapped(module_path(parts[:-1], self.modules), self.hidden)
        calls = calls_of(properties)
        kind = calls[-1].function if calls and not path else ""
        return ".".join(filter(None, (*(one.path for one in calls), path))), kind

    def _stack(self, node: NodeProto, properties: dict[str, str]) -> Iterator[Location]:
        if TRACE in properties:
            yield from stack_of(properties[TRACE], self.places)
            return
        yield from frames_of(node.doc_string, self.places)


def module_path(parts: list[str], modules: Mapping[str, tuple[str, ...]]) -> str:
    """Return the module path in the parts of a name such as ``/encoder/encoder.0/layers/layers.2/Conv``.

    A part inside a container repeats the container's part; one called twice ends in a number, as a module's own
    name may: what is one of ``modules`` is taken. One that is shared has the name of its first path, whoever calls it.

    Examples
    --------
    >>> module_path(["encoder", "encoder.0", "fc_1", "fc_1.2_3"], {"encoder.0.fc_1": ("encoder.0.fc_1",)})
    'encoder.0.fc_1.2'
    >>> shared = ("first.norm", "last.0")
    >>> module_path(["last", "norm"], dict.fromkeys(shared, shared))
    'last.0'
    """
    path: list[str] = []
    before: list[str] = []
    for part in parts:
        kept = part.split(".")
        known = [names for names in (kept, _inside(before, kept)) if ".".join((*path, *names)) in modules]
        names = re.sub(r"_\d+$", "", part).split(".")
        path += known[0] if known else _inside(before, names)
        before = kept if known else names
        if ".".join(path) not in modules and (called := _called(path[:-1], path[-1], modules)):
            path = called.split(".")
    return ".".join(path)


def _called(above: list[str], name: str, modules: Mapping[str, tuple[str, ...]]) -> str:
    """Return the path below the module that is running of a shared one that is called ``name`` elsewhere."""
    inside = "".join(f"{one}." for one in above)
    fitting = (path for path, paths in modules.items() if path.startswith(inside) and _is_last(name, paths))
    return next(fitting, "")


def _is_last(name: str, paths: tuple[str, ...]) -> bool:
    return len(paths) > 1 and paths[0].rpartition(".")[2] == name


def made_of(properties: Mapping[str, str]) -> dict[str, Attribute]:
    """Return what a fused node was made of as an attribute."""
    return {PARTS: list(properties[MADE_OF].split(","))} if MADE_OF in properties else {}


def _functions(properties: Mapping[str, str]) -> dict[str, Attribute]:
    calls = calls_of(properties)
    return {FUNCTIONS: [one.function for one in calls]} if calls else {}


def _inside(container: list[str], names: list[str]) -> list[str]:
    inside = 0 < len(container) < len(names) and names[: len(container)] == container
    return names[len(container) :] if inside else names


def _inferred(model: ModelProto) -> ModelProto:
    try:
        return onnx.shape_inference.infer_shapes(model, data_prop=True)
    except Exception:  # noqa: BLE001 - shapes are a convenience; inference may refuse a valid model
        return model


def _value_infos(graph: GraphProto) -> Iterator[tuple[str, Value]]:
    for one in (*graph.value_info, *graph.input, *graph.output):
        yield one.name, _value(one)


def _initializers(graph: GraphProto) -> Iterator[tuple[str, Value]]:
    for tensor in graph.initializer:
        yield tensor.name, Value(dtype=DTYPES.get(tensor.data_type), shape=tuple(tensor.dims))
    for sparse in graph.sparse_initializer:
        yield sparse.values.name, Value(dtype=DTYPES.get(sparse.values.data_type), shape=tuple(sparse.dims))


def _handed(node: NodeProto, body: GraphProto) -> Iterator[tuple[Formal, str]]:
    """Yield what each input of ``node``'s body is, and what it is at the first turn."""
    if node.op_type == "Loop":
        yield "iteration", ""
        yield "going", node.input[1] if len(node.input) > 1 else ""
        for name in node.input[2:]:
            yield "carried", name
    else:  # ``Scan`` once had lengths before what it goes through; others, such as ``SequenceMap``, have neither
        inputs = list(node.input)[max(len(node.input) - len(body.input), 0) :]
        scanned = next((one.i for one in node.attribute if one.name == "num_scan_inputs"), len(inputs))
        for position, name in enumerate(inputs, start=scanned - len(inputs)):
            yield "scanned" if position >= 0 else "carried", name


def _value(info: ValueInfoProto) -> Value:
    return _typed(info.type)


def _typed(kind: TypeProto) -> Value:
    match kind.WhichOneof("value"):
        case "tensor_type" | "sparse_tensor_type" as form:
            tensor = getattr(kind, form)
            sizes = tuple(d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in tensor.shape.dim)
            return Value(dtype=DTYPES.get(tensor.elem_type), shape=sizes if tensor.HasField("shape") else None)
        case "sequence_type":
            return Value(dtype=f"seq({_typed(kind.sequence_type.elem_type)})")
        case "optional_type":
            return Value(dtype=f"optional({_typed(kind.optional_type.elem_type)})")
        case "map_type":
            return Value(dtype=f"map({DTYPES.get(kind.map_type.key_type)}, {_typed(kind.map_type.value_type)})")
        case _:
            return Value()


def _attributes(node: NodeProto) -> Iterator[tuple[str, Attribute]]:
    for one in node.attribute:
        match one.type:
            case AttributeProto.GRAPH | AttributeProto.GRAPHS:
                continue
            case AttributeProto.TENSOR:
                yield one.name, _tensor_text(one.t)
            case AttributeProto.SPARSE_TENSOR:
                sizes = ", ".join(str(size) for size in one.sparse_tensor.dims)
                yield one.name, f"sparse {DTYPES.get(one.sparse_tensor.values.data_type)}[{sizes}]"
            case AttributeProto.TYPE_PROTO:
                yield one.name, str(_typed(one.tp))
            case AttributeProto.STRING:
                yield one.name, attribute_of(one.s.decode(errors="replace"))
            case AttributeProto.STRINGS:
                yield one.name, attribute_of([text.decode(errors="replace") for text in one.strings])
            case _:
                yield one.name, attribute_of(helper.get_attribute_value(one))


def _tensor_text(tensor: TensorProto) -> Attribute:
    if math.prod(tensor.dims) > SMALL:
        return str(tuple(tensor.dims))
    return attribute_of(numpy_helper.to_array(tensor).reshape(-1).tolist())


def _is_shape_work(node: NodeProto, values: dict[str, Value], known: dict[str, Port], builder: GraphBuilder) -> bool:
    """Whether a node only computes sizes: integers of rank 0 or 1, made from sizes and constants alone."""
    if node.op_type in {"If", "Loop", "Constant"}:
        return False
    sources = [builder.ops[known[name][0]].role for name in node.input if name in known]
    small = all(len(values.get(name, Value()).shape or ()) <= 1 for name in node.output)
    return bool(sources) and small and "shape" in sources and set(sources) <= {"shape", "constant"}


def _list(text: str) -> list[str]:
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return []
    return [str(one) for one in found] if isinstance(found, list) else []
