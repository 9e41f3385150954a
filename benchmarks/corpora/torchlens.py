"""The models of TorchLens' tests, read from a checkout where there is one; nothing of them is kept here."""

from __future__ import annotations

import ast
import builtins
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.corpora.corpus import Corpus, CorpusModel, LeftOut

PLACE = "TORCHLENS"
"""Environment variable with the path of a checkout of github.com/johnmarktaylor91/torchlens."""

ASKS = "validate_forward_pass"
"""What a test calls with the model and its inputs."""

MODELS = "example_models"

TEXT = '''"""The test {name} of TorchLens."""

{imports}

GRAD = True


{definitions}


def _call({parameters}):
{body}


def build_model():
    """Return the model of the test."""
    return _call({given})[0]


def example_inputs():
    """Return the inputs of the test, and those that it draws with another seed."""
    def drawn(seed):
        torch.manual_seed(seed)
        _, given, *named = _call({given})
        args = tuple(given) if isinstance(given, (list, tuple)) else (given,)
        return args, dict(named[0]) if named else {{}}

    return {{"documented": drawn(0), "other": drawn(1)}}
'''


def corpus() -> Corpus:
    """Return the model of every test that validates one; none where there is no checkout."""
    place = os.environ.get(PLACE, "")
    about = (
        "The models of TorchLens' `tests/test_toy_models.py`, in the mode and with the inputs of the test, read from a "
        f"checkout at `${PLACE}`."
    )
    if not place or not Path(place, "tests", f"{MODELS}.py").is_file():
        missing = LeftOut(name="all", reason=f"there is no checkout of TorchLens at ${PLACE}")
        return Corpus(name="torchlens", about=about, version="torchlens -", models=(), left_out=(missing,))
    made = list(_all(place))
    return Corpus(
        name="torchlens",
        about=about,
        version=f"torchlens {_version(Path(place))}",
        models=tuple(one for one in made if isinstance(one, CorpusModel)),
        left_out=tuple(one for one in made if isinstance(one, LeftOut)),
    )


def _all(place: str) -> Iterator[CorpusModel | LeftOut]:
    tests = Path(place, "tests")
    fixtures = dict(_fixtures(ast.parse((tests / "conftest.py").read_text(encoding="utf-8"))))
    source = ast.parse((tests / f"{MODELS}.py").read_text(encoding="utf-8"))
    for node in ast.parse((tests / "test_toy_models.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and (body := _until_asked(node)):
            name = node.name.removeprefix("test_")
            parameters = [one.arg for one in node.args.args]
            if set(parameters) <= fixtures.keys() and _free(body) <= {*parameters, MODELS, "torch"}:
                yield _model(name, body, {one: fixtures[one] for one in parameters}, source)
            else:
                yield LeftOut(name=name, reason="its test needs more than the model and its inputs")


def _until_asked(test: ast.FunctionDef) -> list[ast.stmt]:
    """Return the statements of ``test`` up to its first call of what it asks for, which becomes what they return."""
    for position, statement in enumerate(test.body):
        for one in ast.walk(statement):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == ASKS:
                return [*test.body[:position], ast.Return(ast.Tuple(one.args, ast.Load()))]
    return []


def _free(body: list[ast.stmt]) -> set[str]:
    """Return the names that ``body`` takes from elsewhere."""
    names = [one for statement in body for one in ast.walk(statement) if isinstance(one, ast.Name)]
    written = {one.id for one in names if isinstance(one.ctx, ast.Store)}
    return {one.id for one in names} - written - set(dir(builtins))


def _fixtures(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each fixture that takes nothing and only returns something, as an expression."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list and not node.args.args:
            last = node.body[-1]
            if isinstance(last, ast.Return) and last.value is not None:
                yield node.name, ast.unparse(last.value)


def _model(name: str, body: list[ast.stmt], fixtures: Mapping[str, str], source: ast.Module) -> CorpusModel:
    text = "\n".join(ast.unparse(ast.fix_missing_locations(one)) for one in body).replace(f"{MODELS}.", "")
    return CorpusModel(
        name=name,
        text=TEXT.format(
            name=name,
            imports="\n".join(ast.unparse(one) for one in source.body if isinstance(one, ast.Import | ast.ImportFrom)),
            definitions="\n\n\n".join(ast.unparse(one) for one in _needed(source, text)),
            parameters=", ".join(fixtures),
            given=", ".join(fixtures.values()),
            body="\n".join(f"    {line}" for line in text.splitlines()),
        ),
    )


def _needed(source: ast.Module, text: str) -> Iterator[ast.stmt]:
    """Yield the definitions of ``source`` that ``text`` needs, those that they need included, in their order."""
    named = {name: node for node in source.body for name in _names(node)}
    waiting, found = [ast.parse(text)], set[str]()
    while waiting:
        used = {one.id for one in ast.walk(waiting.pop()) if isinstance(one, ast.Name)} & named.keys() - found
        found |= used
        waiting += [ast.Module([named[name]], []) for name in used]
    yield from (node for node in source.body if found & set(_names(node)))


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _version(place: Path) -> str:
    file = place / "pyproject.toml"
    match = re.search(r'^version = "([^"]*)"', file.read_text(encoding="utf-8") if file.is_file() else "", re.MULTILINE)
    return match[1] if match else "-"
