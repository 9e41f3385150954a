"""Functions of NumPy's and of Python's own that torch has, too: by their name, or by what does the same."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OTHERWISE = {
    "amax": "torch.amax",
    "append": "torch.cat",
    "array": "torch.stack",
    "asarray": "torch.stack",
    "median": "torch.quantile(…, 0.5)",
    "percentile": "torch.quantile, with q / 100",
    "power": "torch.pow",
    "std": "torch.std(…, correction=0)",
    "var": "torch.var(…, correction=0)",
    "nanmedian": "torch.nanquantile(…, 0.5)",
    "nanpercentile": "torch.nanquantile, with q / 100",
}
"""Of NumPy: what torch names otherwise, or what does not compute the same by the same name."""

ALIKE = _words(
    """
    abs absolute add all allclose any arange arccos arcsin arctan arctan2 argmax argmin argsort argwhere bincount ceil
    clip concatenate conj copysign corrcoef cos cosh count_nonzero cov cross cumprod cumsum deg2rad diag diagonal diff
    divide dot dstack einsum equal exp exp2 expm1 eye flip fliplr flipud floor floor_divide fmax fmin full full_like
    gradient greater greater_equal heaviside histogram hstack hypot inner isclose isfinite isin isinf isnan kron less
    less_equal linspace log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor logspace matmul
    max maximum mean meshgrid min minimum moveaxis multiply nan_to_num nanmean nanquantile nansum negative nonzero
    not_equal ones ones_like outer prod quantile rad2deg ravel real reciprocal remainder reshape roll rot90 round
    searchsorted sign sin sinc sinh sort split sqrt square squeeze stack subtract sum swapaxes take tan tanh tensordot
    tile trace transpose trapezoid tril triu trunc unique vander vdot vstack where zeros zeros_like
    """
)
"""Of NumPy: what torch has by the same name."""

OF_MATH = _words(
    """
    acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh erf erfc exp exp2 expm1 floor fmod hypot isfinite
    isinf isnan lgamma log log10 log1p log2 pow remainder sin sinh sqrt tan tanh trunc
    """
)
"""Of the module math: what torch has by the same name."""

OF_PYTHON = {"sorted": "torch.sort", "sum": "torch.sum", "max": "torch.amax", "min": "torch.amin", "abs": "torch.abs",
             "any": "torch.any", "all": "torch.all", "round": "torch.round", "set": "torch.unique"}  # fmt: skip
"""Built-in functions of Python."""


def in_torch(module: str, name: str) -> str | None:
    """Return what torch has for a function of ``numpy``, of ``math``, or of Python's own (``""``), if anything.

    Examples
    --------
    >>> in_torch("numpy", "quantile"), in_torch("numpy", "std"), in_torch("math", "sqrt"), in_torch("numpy", "interp")
    ('torch.quantile', 'torch.std(…, correction=0)', 'torch.sqrt', None)
    """
    if not module:
        return OF_PYTHON.get(name)
    known = ALIKE if module == "numpy" else OF_MATH
    told = OTHERWISE.get(name) if module == "numpy" else None
    return told or (f"torch.{name}" if name in known else None)
