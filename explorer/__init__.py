"""Find where the dynamic and the static graphs of a PyTorch model diverge, and why.

>>> from explorer import compare
>>> report = compare("gated_mlp", captures=["trace"])  # doctest: +SKIP
>>> report.verdict  # doctest: +SKIP
'The trace graph is wrong on 2 of 3 examples'
"""

from explorer.api import compare
from explorer.errors import ExplorerError, NotAvailableError, NothingRunsError, SourceError, UsageError
from explorer.graph import Graph
from explorer.report.schema import Divergence, Report
from explorer.version import VERSION

__version__ = VERSION

__all__ = [
    "Divergence",
    "ExplorerError",
    "Graph",
    "NotAvailableError",
    "NothingRunsError",
    "Report",
    "SourceError",
    "UsageError",
    "__version__",
    "compare",
]
