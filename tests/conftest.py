from __future__ import annotations

import pytest

from tests.cases import Workshop


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """One workshop for all tests: a model that several of them ask for is captured once."""
    return Workshop(folder=tmp_path_factory.mktemp("models"))
