"""Copies of arguments and of results: what they share among themselves, and that they share nothing with the first."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

from explorer.source.load import Arguments
from explorer.source.memory import copied

SENTINEL = object()


class Counter:
    def __init__(self) -> None:
        self.step = 0
        self.seen: list[int] = []


@dataclass
class Locked:
    n: int = 0
    lock: Any = field(default_factory=threading.Lock)


def test_an_array_of_numpys_is_another() -> None:
    """Each run added to the same array, and the second met what the first had left."""
    array = np.zeros(2)
    made = copied((array, {"k": array}))
    made[0][0] = 5
    assert array.tolist() == [0, 0]
    assert made[1]["k"] is made[0]


def test_an_object_without_tensors_is_another() -> None:
    counter = Counter()
    made = Arguments(args=(counter,), kwargs={"again": counter}).fresh()
    made.args[0].step += 1
    made.args[0].seen.append(1)
    assert (counter.step, counter.seen) == (0, [])
    assert made.kwargs["again"] is made.args[0]


def test_views_of_one_memory_share_it_in_the_copy() -> None:
    x = torch.arange(6.0)
    whole, part, bits = copied((x, x[1:3], x.view(torch.int32)[4:]))
    whole.add_(1)
    assert part.tolist() == [2, 3]
    assert bits.view(torch.float32).tolist() == [5, 6]
    assert x.tolist() == [0, 1, 2, 3, 4, 5]
    assert part._version == whole._version  # autograd, too, knows of the write


def test_parts_of_one_memory_that_do_not_meet_are_copied_alone() -> None:
    """What lies between them may be a whole data set."""
    data = torch.zeros(1000, 4)
    first, last = copied((data[0], data[-1]))
    assert first.untyped_storage().nbytes() == last.untyped_storage().nbytes() == 16


@pytest.mark.parametrize(
    "tensor",
    [
        pytest.param(torch.zeros(1).expand(3), id="expanded"),
        pytest.param(torch.arange(12.0).view(3, 4)[:, ::2], id="with gaps"),
        pytest.param(torch.arange(6.0).view(2, 3).t(), id="transposed"),
        pytest.param(torch.arange(8.0).unfold(0, 4, 2), id="overlapping itself"),
        pytest.param(torch.ones(6, dtype=torch.complex128)[1:][::2], id="complex"),
        pytest.param(torch.tensor([True, False, True])[::2], id="bool"),
        pytest.param(torch.arange(6.0, dtype=torch.bfloat16)[1::2], id="two bytes, from an odd place"),
    ],
)
def test_strides_are_kept(tensor: torch.Tensor) -> None:
    """An expanded tensor became one of its own: a write into it raised in PyTorch, and not here."""
    made = copied(tensor)
    assert made.stride() == tensor.stride()
    assert torch.equal(made, tensor)
    assert made.untyped_storage().data_ptr() != tensor.untyped_storage().data_ptr()


def test_an_expanded_tensor_takes_no_more_memory_than_it_had() -> None:
    assert copied(torch.zeros(1).expand(1000, 1000)).untyped_storage().nbytes() < 100


@pytest.mark.parametrize(
    "tensor",
    [
        pytest.param(torch.eye(2).to_sparse(), id="sparse"),
        pytest.param(torch.eye(2).to_sparse_csr(), id="sparse by row"),
        pytest.param(torch.quantize_per_tensor(torch.ones(2), 0.5, 0, torch.quint8), id="quantised"),
        pytest.param(torch.tensor([1 + 2j]).conj(), id="conjugate"),
        pytest.param(torch.zeros(0, 3), id="empty"),
        pytest.param(torch.zeros(2, device="meta"), id="meta"),
    ],
)
def test_tensors_of_other_makings_are_copied(tensor: torch.Tensor) -> None:
    made = copied((tensor, tensor))
    assert made[0] is made[1]
    assert made[0] is not tensor
    assert (made[0].layout, made[0].shape, made[0].dtype) == (tensor.layout, tensor.shape, tensor.dtype)


def test_gradients_are_asked_for_as_before_and_lead_nowhere() -> None:
    weight = torch.ones(3, requires_grad=True)
    leaf, made, view = copied((weight, weight * 2, weight[::2]))
    assert leaf.requires_grad
    assert (made.requires_grad, made.is_leaf) == (True, True)
    assert (view.requires_grad, view.is_leaf) == (True, True)


def test_what_cannot_be_copied_stays_and_the_rest_is_copied() -> None:
    locked, x, array = Locked(), torch.zeros(2), np.zeros(2)
    made = copied({"locked": locked, "x": [x, x[:1]], "array": array})
    assert made["locked"] is locked
    made["x"][0].add_(1)
    made["array"] += 1
    assert made["x"][1].tolist() == [1]
    assert (x.tolist(), array.tolist()) == ([0, 0], [0, 0])


def test_what_stands_for_itself_is_the_same_thing() -> None:
    module = nn.Linear(1, 1)
    made = copied((SENTINEL, None, module, torch.float32, nn.ReLU, "a"))
    assert made == (SENTINEL, None, module, torch.float32, nn.ReLU, "a")


def test_a_packed_sequence_is_one_in_the_copy() -> None:
    packed = pack_sequence([torch.ones(3), torch.ones(2)])
    made = copied(packed)
    assert type(made) is type(packed)
    made.data.zero_()
    assert packed.data.tolist() == [1, 1, 1, 1, 1]


def test_a_generator_draws_the_same_in_each_copy() -> None:
    generator = torch.Generator().manual_seed(3)
    first, second = (torch.rand(2, generator=copied(generator)) for _ in range(2))
    assert torch.equal(first, second)


def test_the_want_of_memory_is_not_taken_for_an_object_that_cannot_be_copied() -> None:
    class Large:
        def __deepcopy__(self, _memo: object) -> Large:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.")

    with pytest.raises(MemoryError):
        copied([Large()])
