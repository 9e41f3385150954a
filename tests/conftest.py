from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.cases import Workshop

# What one test keeps is nothing to another; those of the cache name a folder of their own.
os.environ["PARALLAX_CACHE"] = "off"

# How long an input takes to make says more of the machine than of the test.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """One workshop for all tests: a model that several of them ask for is captured once."""
    return Workshop(folder=tmp_path_factory.mktemp("models"))
