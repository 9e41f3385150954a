"""Whether an ONNX file gives the outputs that lie beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx
import torch

from explorer.capture.onnx_data import read
from explorer.capture.stored import read_stored
from explorer.options import ModelSource
from explorer.source.load import seed_everything
from explorer.source.places import Places

LOOSE = {torch.bfloat16: 2**-6, torch.float8_e4m3fn: 2**-3, torch.float8_e5m2: 2**-2}
"""Relative tolerance of types in which two units in the last place are more than a test's own."""


def unexpected(source: ModelSource, *, rtol: float, atol: float) -> str:
    """Return in what the stored graph's results differ from those in its test data; empty where they do not."""
    seed_everything(0)
    stored = read_stored(source, Places.of(source))
    if stored.refused:
        return f"not run: {stored.refused}"
    infos = onnx.load(source.path, load_external_data=False).graph.output
    for name, arguments in stored.examples.items():
        try:
            found: Any = stored.captured.run(arguments)
        except Exception as error:  # noqa: BLE001 - what a graph raises is a result
            return f"raises {type(error).__name__}: {str(error).strip().splitlines()[0]}"
        folder = Path(source.path).parent / name
        wanted = [read(folder / f"output_{position}.pb", info) for position, info in enumerate(infos)]
        if said := _apart(found, wanted, rtol, atol):
            return said
    return ""


def _apart(found: Any, wanted: Any, rtol: float, atol: float) -> str:  # noqa: ANN401 - as graphs return it
    if isinstance(wanted, torch.Tensor) and isinstance(found, torch.Tensor):
        if (found.shape, found.dtype) != (wanted.shape, wanted.dtype):
            return f"{found.dtype}{list(found.shape)} where {wanted.dtype}{list(wanted.shape)} is expected"
        near = max(rtol, LOOSE.get(wanted.dtype, 0))
        exact = torch.complex128 if wanted.is_complex() else torch.float64
        close = torch.isclose(found.to(exact), wanted.to(exact), rtol=near, atol=atol, equal_nan=True)
        return "" if bool(close.all()) else f"{int((~close).sum())} of {close.numel()} values are not as expected"
    if isinstance(wanted, list) and isinstance(found, list):
        if len(found) != len(wanted):
            return f"{len(found)} values where {len(wanted)} are expected"
        pairs = zip(found, wanted, strict=True)
        return next((said for one, other in pairs if (said := _apart(one, other, rtol, atol))), "")
    return "" if found == wanted else f"{type(found).__name__} that is not as expected"
