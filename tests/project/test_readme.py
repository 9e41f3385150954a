"""What the README and the other documents name is there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import torch

import explorer
import run

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _commands() -> list[str]:
    blocks = re.findall(r"```(?:bash|sh|console)\n(.*?)```", README, flags=re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_linked_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    local = [link for link in links if "://" not in link]

    assert [link for link in local if not (document.parent / link).exists()] == []


def test_every_path_that_the_readme_names_exists() -> None:
    named = re.findall(r"`([\w./-]+/|[\w-]+(?:/[\w.-]+)+|[\w-]+\.(?:py|toml|txt|md))`", README)
    users_own = {"model.py"}

    assert named
    assert [path for path in named if path not in users_own and not (ROOT / path).exists()] == []


def test_the_two_commands_are_those_of_run_py() -> None:
    commands = [command for command in _commands() if command.startswith("python3 run.py")]

    assert {shlex.split(command)[2] for command in commands} == {"app", "test"}
    for command in commands:
        run._parser().parse_known_args(shlex.split(command)[2:])


def test_the_command_line_is_the_installed_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    programs = {shlex.split(command)[0] for command in _commands()}

    assert programs <= {"git", "cd", "python3", "python", "export", *project["scripts"]}


def test_library_use_compiles_and_imports_public_names() -> None:
    block, _ = _python()
    compile(block, "README.md", "exec")
    imported = re.findall(r"^from explorer import (.+)$", block, flags=re.MULTILINE)

    assert imported
    assert {name.strip() for line in imported for name in line.split(",")} <= set(explorer.__all__)


def test_the_model_file_that_is_shown_can_be_filled_in() -> None:
    """Its ``build_model`` is left open; its examples are those that it says."""
    _, block = _python()
    given: dict[str, Any] = {"torch": torch}
    exec(compile(block, "README.md", "exec"), given)  # noqa: S102 - the README's own
    assert given["build_model"]() is None
    examples = given["example_inputs"]()
    assert list(examples) == ["short", "long"]
    assert all(isinstance(one, tuple) for one in examples.values())


def _python() -> tuple[str, str]:
    use, model_file = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    return use, model_file
