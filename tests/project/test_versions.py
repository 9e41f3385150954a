"""Version, pins and ranges say the same everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import explorer

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _pins(name: str) -> dict[str, Requirement]:
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {requirement.name: requirement for requirement in found}


def test_the_changelog_begins_with_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", changelog, flags=re.MULTILINE)

    assert versions[0] == PROJECT["version"] == explorer.__version__


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(file: str) -> None:
    assert all(re.fullmatch(r"==[\w.]+", str(pin.specifier)) for pin in _pins(file).values())


def test_the_pins_are_the_dependencies_and_within_their_ranges() -> None:
    ranges = {requirement.name: requirement for requirement in map(Requirement, PROJECT["dependencies"])}
    pins = _pins("requirements.txt")

    assert set(pins) - set(ranges) == {"setuptools"}, "it builds the project"
    for name, allowed in ranges.items():
        (pin,) = pins[name].specifier
        assert allowed.specifier.contains(pin.version), name


def test_the_development_requirements_include_those_of_the_app() -> None:
    assert "-r requirements.txt" in (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
