"""Run a recorded eager graph again: a recording is proved by giving the same bits on the same inputs.

What is replayed are the dispatched ops alone, in order, on the tensors that were there before the first of
them. Nothing of the model's Python runs, so a graph that replays holds all that the result depends on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from explorer.capture.origins import Origins, has_storage
from explorer.capture.summaries import summary_of
from explorer.capture.tensors import leaves_of, name_of, value_of, with_each
from explorer.evidence import Replay
from explorer.graph import OpId, Port, Summary, Value
from explorer.source.encoding import words_of

UNFILLED = frozenset(
    {
        torch.ops.aten.empty.memory_format,
        torch.ops.aten.empty_strided.default,
        torch.ops.aten.empty_like.default,
        torch.ops.aten.new_empty.default,
        torch.ops.aten.new_empty_strided.default,
    }
)
"""Ops that leave open what their result holds."""


LARGE = 65_536
"""Numbers from which on a parameter's are not summed up."""


@dataclass(slots=True)
class Slot:
    """Stands for a tensor among a call's arguments: the port at which it first appeared."""

    port: Port
    storage: bool = False
    """Whether its memory is the argument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One dispatched call, its tensors replaced by :class:`Slot`."""

    op: OpId
    func: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    takes: tuple[Port, ...]
    """The ports of its slots."""
    grad: bool
    """Whether gradients were enabled: kernels such as those of ``nn.LSTM`` compute otherwise without."""


def replay(
    calls: Sequence[Call],
    origins: Origins,
    results: Iterable[torch.Tensor],
    generator: torch.Tensor,
    recorded: Mapping[OpId, Sequence[Value]],
    *,
    after: torch.Tensor | None = None,
    held: dict[Port, Summary] | None = None,
    noted: Sequence[str] = (),
) -> Replay:
    """Run ``calls`` again and compare what they give with ``results``, with what they wrote to and what is recorded.

    Parameters
    ----------
    results
        The tensors that the recorded run returned.
    generator
        State of torch's random generator before the recorded run.
    recorded
        What the graph says of each op's outputs: dtype and shape are to be those of the values that come out again.
    after
        State of the generator after the recorded run, where it is known.
    held
        Takes what each value held when it was made.
    noted
        What was seen beside the ops that may be why a result is another, in sentences; the first is told.
    """
    returned = list(results)
    values = _sources(origins)
    started = {port: tensor.detach() for port, tensor in values.items() if _is_written(origins, port)}
    _sum_up({port: one for port, one in values.items() if not _is_large_parameter(port, one)}, held)
    kept = {*values, *(port for tensor in returned if (port := origins.home(tensor)) is not None)}
    last = {port: position for position, call in enumerate(calls) for port in call.takes}
    state, grad = torch.get_rng_state(), torch.is_grad_enabled()
    torch.set_rng_state(generator)
    try:
        for position, call in enumerate(calls):
            made = _run(call, values)
            if isinstance(made, Replay):
                return replace(made, reason=" ".join((made.reason, *noted[:1])))
            for (op, output), tensor in made.items():
                if not _is_alike(said := recorded[op][output], tensor):
                    reason = f"{call.func} is recorded with {said}, and gives another."
                    return Replay(exact=False, reason=" ".join((reason, *noted[:1])))
            _sum_up(made, held)
            values |= {port: value for port, value in made.items() if port in kept or port in last}
            for port in call.takes:
                if last[port] == position and port not in kept:
                    values.pop(port, None)
        moved = after is not None and not torch.equal(torch.get_rng_state(), after)
    finally:
        torch.set_rng_state(state)
        torch.set_grad_enabled(grad)
    found = _compared(origins, returned, values, started)
    causes = () if found.exact else tuple(_causes(calls, noted, moved=moved)) or tuple(_unfilled_memory(calls, origins))
    return replace(found, reason=" ".join((found.reason, *causes)))


def _causes(calls: Sequence[Call], noted: Sequence[str], *, moved: bool) -> Iterator[str]:
    """Yield what may be why a result is another."""
    leaves = (leaf for call in calls for leaf in leaves_of((call.args, call.kwargs)))
    if any(isinstance(leaf, torch.Generator) for leaf in leaves):
        yield "It depends on the state of a generator of the model's own."
    if moved:
        yield "Torch's random generator was seeded, or drawn from, by what no op shows."
    yield from noted[:1]


def _unfilled_memory(calls: Sequence[Call], origins: Origins) -> Iterator[str]:
    """Yield what may be why a result is another where nothing else is known of: most models make such memory."""
    if origins.bare or any(call.func in UNFILLED for call in calls):
        yield "It may read memory that no op shows the filling of."


def _is_large_parameter(port: Port, tensor: torch.Tensor) -> bool:
    """Whether a tensor is told by its name in every graph, and looking at all of it takes as long as the model runs."""
    return port[0].startswith("parameter:") and tensor.numel() > LARGE


def _sum_up(values: Mapping[Port, torch.Tensor], held: dict[Port, Summary] | None) -> None:
    if held is not None:
        found = ((port, summary_of(tensor)) for port, tensor in values.items())
        held |= {port: summary for port, summary in found if summary is not None}


def _sources(origins: Origins) -> dict[Port, torch.Tensor]:
    """Return each source as it was before the run: itself, or where it was written to, a copy from before."""
    fresh = {storage: copy.clone() for storage, copy in origins.unwritten.items()}
    found: dict[Port, torch.Tensor] = {}
    for port, tensor in origins.sources.items():
        if port in origins.bare:
            fresh[origins.memory(tensor)] = _unfilled(tensor)
        memory = fresh.get(origins.memory(tensor))
        found[port] = tensor.detach() if memory is None else on_memory(memory, tensor)
    return found


def _unfilled(tensor: torch.Tensor) -> torch.UntypedStorage:
    """Return memory as large as that of ``tensor`` which holds no numbers."""
    return torch.full((tensor.untyped_storage().nbytes(),), 0xFF, dtype=torch.uint8).untyped_storage()


def on_memory(memory: torch.UntypedStorage, like: torch.Tensor) -> torch.Tensor:
    """Return the view of ``memory`` that ``like`` is of its own."""
    view = torch.empty(0, dtype=like.dtype)
    return view.set_(memory, like.storage_offset(), like.shape, like.stride())  # pyright: ignore[reportArgumentType]


def _run(call: Call, values: dict[Port, torch.Tensor]) -> dict[Port, torch.Tensor] | Replay:
    """Make one call and return its results, or why it cannot be made."""

    def filled(slot: Slot) -> torch.Tensor | torch.UntypedStorage:
        return values[slot.port].untyped_storage() if slot.storage else values[slot.port]

    try:
        args = [filled(one) if type(one) is Slot else with_each(Slot, filled, one) for one in call.args]
        kwargs = with_each(Slot, filled, call.kwargs)
        torch._C._set_grad_enabled(call.grad)  # noqa: SLF001 - the public one is a context, for each of all ops
        result = call.func(*args, **kwargs)
        if call.func in UNFILLED:
            _spoil(result)
    except Exception as error:  # noqa: BLE001 - whatever an op raises, it does not replay
        first = (words_of(error).strip().splitlines() or [type(error).__name__])[0]
        return Replay(exact=False, reason=f"{call.func} cannot be called again: {first[:200]}")
    leaves = enumerate(leaves_of(result))
    return {(call.op, position): leaf for position, leaf in leaves if isinstance(leaf, torch.Tensor)}


def _is_alike(said: Value, tensor: torch.Tensor) -> bool:
    """Whether a tensor is of the dtype, the shape and the device that are recorded."""
    if tensor.is_cpu and not tensor.is_nested:  # as nearly all are: what else there is of a value takes its time
        return said.device is None and said.dtype == name_of(tensor.dtype) and said.shape == tuple(tensor.shape)
    value = value_of(tensor)
    return (value.dtype, value.shape, value.device) == (said.dtype, said.shape, said.device)


def _spoil(made: torch.Tensor) -> None:
    """Fill memory that has no content, so that a result which depends on it is another one."""
    if made.layout == torch.strided and not made.is_quantized:
        made.fill_(float("nan") if made.is_floating_point() or made.is_complex() else 1)


def _is_written(origins: Origins, port: Port) -> bool:
    return origins.memory(origins.sources[port]) in origins.unwritten


def _compared(
    origins: Origins,
    results: Sequence[torch.Tensor],
    values: Mapping[Port, torch.Tensor],
    started: Mapping[Port, torch.Tensor],
) -> Replay:
    """Compare the results, and what was written to: ``started`` are the sources on the memory that they had first."""
    for position, tensor in enumerate(results):
        port = origins.home(tensor)
        if port is None:
            if has_storage(tensor) and tensor.numel():
                return Replay(exact=False, reason=f"Output {position} was made by what no op shows.")
            continue
        if not same_bits(tensor, values[port]):
            return Replay(exact=False, reason=f"Output {position} is not the same when the ops run again.")
    for port, tensor in started.items():
        if not same_bits(origins.sources[port], tensor):
            return Replay(exact=False, reason=f"What is written into {port[0]} is not the same when the ops run again.")
    return Replay(exact=True)


def same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors have the same dtype, shape and bytes."""
    if one.dtype != other.dtype or one.layout != other.layout or value_of(one).shape != value_of(other).shape:
        return False
    if one.is_meta or other.is_meta:  # neither has bytes
        return one.is_meta and other.is_meta
    if one.is_nested:
        parts = zip(one.unbind(), other.unbind(), strict=False)
        return other.is_nested and one.size(0) == other.size(0) and all(same_bits(*pair) for pair in parts)
    if one.is_quantized:
        return torch.equal(one.int_repr(), other.int_repr()) and same_bits(one.dequantize(), other.dequantize())
    if one.layout != torch.strided:
        return same_bits(one.to_dense(), other.to_dense())
    return torch.equal(_bytes(one), _bytes(other))


def _bytes(tensor: torch.Tensor) -> torch.Tensor:
    plain = tensor.detach().resolve_conj().resolve_neg().contiguous()
    if not plain.numel():
        return plain.reshape(-1)
    # One element counts as contiguous whatever its stride, which a view of another dtype does not take.
    return plain.as_strided((plain.numel(),), (1,)).view(torch.uint8)
