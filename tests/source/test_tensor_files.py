"""Files of tensors: what they hold becomes the arguments of a call, and nothing in them is run."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.errors import UsageError
from explorer.source.tensor_files import MOST_ARRAYS, arguments_in

ONE, TWO = torch.arange(3), torch.ones(2, dtype=torch.bfloat16)


def array(path: Path) -> None:
    np.save(path, np.arange(3))


@pytest.mark.parametrize(
    ("name", "save", "args", "kwargs"),
    [
        pytest.param("x.npy", array, [ONE], {}, id="array"),
        pytest.param("x.npz", lambda p: np.savez(p, np.ones(1, "f4"), np.arange(3)), [torch.ones(1), ONE], {}, id="arrays"),
        pytest.param("x.npz", lambda p: np.savez(p, m=np.arange(3)), [], {"m": ONE}, id="arrays with names"),
        pytest.param("x.npz", lambda p: np.savez_compressed(p, np.arange(3), m=np.ones(1, "f4")), [ONE], {"m": torch.ones(1)},
                     id="both"),
        pytest.param("x.pt", lambda p: torch.save(TWO, p), [TWO], {}, id="tensor"),
        pytest.param("x.pt", lambda p: torch.save((ONE, 2), p), [ONE, 2], {}, id="tuple"),
        pytest.param("x.pt", lambda p: torch.save([ONE, None], p), [ONE, None], {}, id="list"),
        pytest.param("x.pt", lambda p: torch.save({"m": ONE}, p), [], {"m": ONE}, id="dict"),
        pytest.param("x.pt", lambda p: torch.save(((ONE,), {"m": TWO}), p), [ONE], {"m": TWO}, id="args and kwargs"),
        pytest.param("x.pt", lambda p: torch.save(({"a b": [ONE]},), p), [{"a b": [ONE]}], {}, id="a dict as argument"),
        pytest.param("x.pth", lambda p: torch.save(ONE, p), [ONE], {}, id="another ending"),
    ],
)  # fmt: skip
def test_what_a_file_holds_becomes_arguments(
    tmp_path: Path, name: str, save: Callable[[Path], object], args: list[Any], kwargs: dict[str, Any]
) -> None:
    save(tmp_path / name)
    found, named = arguments_in("a", tmp_path / name, shown=name)
    torch.testing.assert_close([*found, named], [*args, kwargs])


def test_twelve_arrays_without_names_keep_their_order(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", *(np.full(1, at) for at in range(12)))
    found, _ = arguments_in("a", tmp_path / "x.npz", shown="x.npz")
    assert [int(one) for one in found] == list(range(12))


class Bomb:
    """Writes a file as it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.pt", "old.pt"])
def test_nothing_in_a_file_is_run(tmp_path: Path, name: str) -> None:
    bomb, path = Bomb(tmp_path / "mark"), tmp_path / name
    match name:
        case "x.npy":
            np.save(path, np.array([bomb], dtype=object), allow_pickle=True)
        case "x.npz":
            np.savez(path, np.array([bomb], dtype=object), allow_pickle=True)
        case "old.pt":
            path.write_bytes(pickle.dumps(bomb))
        case _:
            torch.save(bomb, path)
    with pytest.raises(UsageError, match=r"'a' cannot be read: .*unpickled") as caught:
        arguments_in("a", path, shown="mine")
    assert (caught.value.file, bool(caught.value.hint), bomb.mark.exists()) == ("mine", True, False)


def endless() -> list[Any]:
    inside: list[Any] = []
    inside.append(inside)
    return inside


@pytest.mark.parametrize(
    ("name", "save", "says"),
    [
        pytest.param("x.npz", lambda p: np.savez(p, **{"a b": np.ones(1)}), "'a b' cannot be the name", id="no name"),
        pytest.param("x.npz", lambda p: np.savez(p, *([np.ones(1)] * (MOST_ARRAYS + 1))), "more than 1,000", id="many"),
        pytest.param("x.npz", lambda p: np.savez(p, np.array(["a"])), "dtype, <U1", id="texts"),
        pytest.param("x.npz", lambda p: p.write_bytes(b"PK\3\4" + b"x" * 99), "cannot be read", id="broken archive"),
        pytest.param("x.npy", lambda p: p.write_bytes(b"\x93NUMPY\1\0"), "cannot be read", id="broken array"),
        pytest.param("x.npy", lambda p: p.write_bytes(huge()), "cannot be read", id="array larger than any memory"),
        pytest.param("x.pt", lambda p: torch.save(3, p), "holds int, no tensor", id="a number"),
        pytest.param("x.pt", lambda p: torch.save([{"a": b"x"}], p), "holds bytes", id="bytes"),
        pytest.param("x.pt", lambda p: torch.save({3: ONE}, p), "'3' cannot be the name", id="a number as name"),
        pytest.param("x.pt", lambda p: torch.save(endless(), p), "cannot be read", id="a list in itself"),
        pytest.param("x.pt", lambda p: torch.jit.script(torch.nn.ReLU()).save(p), "TorchScript", id="a program"),
        pytest.param("x.pt", lambda p: p.write_bytes(b"PK\3\4" + b"x" * 99), "cannot be read", id="broken tensors"),
        pytest.param("x.pt", lambda _p: None, "No such file", id="missing"),
    ],
)
def test_what_is_no_arguments_is_refused_with_the_next_step(
    tmp_path: Path, name: str, save: Callable[[Path], object], says: str
) -> None:
    save(tmp_path / name)
    with pytest.raises(UsageError, match="'a' cannot be") as caught:
        arguments_in("a", tmp_path / name, shown=f"my {name}")
    assert says in caught.value.message
    assert str(tmp_path) not in caught.value.message
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert (caught.value.file, bool(caught.value.hint)) == (f"my {name}", True)


def huge() -> bytes:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999), }"
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    return b"\x93NUMPY\1\0" + len(header).to_bytes(2, "little") + header
