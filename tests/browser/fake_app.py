"""The page over the handcrafted report: for tests of the page alone, without a worker."""

from __future__ import annotations

from explorer import comparison
from explorer.view.page import show
from tests.view.fakes import fake_stream

comparison.stream = fake_stream
show()
