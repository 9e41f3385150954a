"""Objects that pytree does not open: what they hold, and copies of them that hold something else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from torch import nn

from explorer.source.held import held, is_of_library, named_leaves, parts, tensors_held, with_tensors
from explorer.source.load import Arguments


@dataclass
class Layer:
    keys: torch.Tensor
    seen: int = 0


@dataclass
class Cache:
    layers: list[Layer]
    extra: dict[str, torch.Tensor] = field(default_factory=dict[str, torch.Tensor])
    owner: nn.Module | None = None


def cache(value: float = 1.0) -> Cache:
    return Cache([Layer(torch.full((2,), value)), Layer(torch.full((3,), value))], {"mask": torch.ones(1)})


def test_the_tensors_inside_are_named_by_the_way_to_them() -> None:
    names = [name for name, _ in named_leaves({"a": 1, "cache": cache()})]
    assert names == ["['a']", "['cache'].layers[0].keys", "['cache'].layers[1].keys", "['cache'].extra['mask']"]


def test_an_object_that_holds_itself_ends() -> None:
    one = cache()
    one.extra["self"] = one  # type: ignore[assignment]
    assert len(tensors_held(one)) == 3


def test_all_that_an_object_holds_is_named_beside_the_tensors() -> None:
    names = [name for name, _ in parts(Cache([Layer(torch.ones(1), 7)], {}))]
    assert names == ["", ".layers", ".layers[0]", ".layers[0].keys", ".layers[0].seen", ".extra", ".owner"]


def test_a_number_held_twice_is_told_twice() -> None:
    assert [part for _, part in parts(Cache([], {"a": 3, "b": 3})) if part == 3] == [3, 3]  # type: ignore[dict-item]


def test_a_tensor_held_twice_is_told_once() -> None:
    one = torch.ones(2)
    assert len([*held(Cache([Layer(one), Layer(one)]))]) == 1


def test_a_modules_parameters_are_not_arguments() -> None:
    assert tensors_held(Cache([], owner=nn.Linear(2, 2))) == []


def test_a_copy_takes_other_tensors_and_leaves_the_first_as_it_was() -> None:
    one = cache()
    copied = with_tensors(one, [tensor + 1 for tensor in tensors_held(one)])
    assert [float(tensor[0]) for tensor in tensors_held(copied)] == [2.0, 2.0, 2.0]
    assert [float(tensor[0]) for tensor in tensors_held(one)] == [1.0, 1.0, 1.0]


def test_fresh_arguments_share_no_memory_with_the_first() -> None:
    one = Arguments(args=(cache(),), kwargs={})
    tensors_held(one.fresh().args)[0].zero_()
    assert float(tensors_held(one.args)[0][0]) == 1.0


def test_only_an_installed_packages_class_is_a_librarys(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_of_library(cache())
    installed = Path("/usr/lib/python3/site-packages/caches/cache.py")
    monkeypatch.setitem(globals(), "__file__", str(installed))
    assert is_of_library(cache())
