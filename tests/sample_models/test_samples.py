"""Each sample keeps to the convention of a model file, and its lesson is true."""

from __future__ import annotations

import ast
import copy
import importlib
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

import sample_models

FOLDER = Path(sample_models.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("[!_]*.py"))

EAGER_RAISES = {"lost_check": {"gap"}}

# What a trace made on the first example does on the others; scripts agree on all of them.
TRACED = {
    "early_exit_transformer": {"harder": "differs", "puzzling": "differs"},
    "gated_mlp": {"long": "differs", "wide": "differs"},
    "item_scale": {"quiet": "differs", "loud": "differs"},
    "length_scaled_attention": {"other_sentence": "agrees", "paragraph": "differs"},
    "lost_check": {"zeros": "agrees", "gap": "returns"},
    "optional_mask": {"with_mask": "raises"},
    "residual_block": {"bright": "agrees", "blank": "agrees"},
    "scripts_but_does_not_export": {"small": "differs", "large": "differs"},
    "variable_length_lstm": {"rising": "differs", "single_words": "differs"},
    "warm_up": {"second": "differs", "third": "differs"},
    "word_by_word": {"four_others": "agrees", "seven_words": "differs", "two_words": "raises"},
    "writes_to_its_input": {"faint": "agrees", "clean": "agrees"},
}

pytestmark = pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
each_sample = pytest.mark.parametrize("name", NAMES)


def test_every_kind_of_lesson_is_there() -> None:
    assert set(NAMES) == set(TRACED)


@each_sample
def test_it_teaches_one_lesson_in_one_sentence(name: str) -> None:
    lesson = ast.get_docstring(_tree(name)) or ""

    assert re.fullmatch(r"[A-Z][^\n]*[^.\s]\.", lesson)
    assert not re.search(r"[.!?]\s", lesson)
    assert "`" not in lesson, "it is shown as plain text"


@each_sample
def test_it_is_a_plain_file_that_fits_on_a_screen_or_two(name: str) -> None:
    imported = {
        module
        for node in ast.walk(_tree(name))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }

    assert imported <= {"math", "torch"}
    assert 25 <= len(_text(name).splitlines()) <= 65


@each_sample
def test_its_model_is_in_eval_mode_and_always_the_same(name: str) -> None:
    sample = _load(name)
    model = sample.build_model()
    torch.rand(3)  # what others drew must not matter
    again = sample.build_model()

    assert not any(module.training for module in model.modules())
    torch.testing.assert_close(model.state_dict(), again.state_dict(), rtol=0, atol=0)


@each_sample
def test_its_examples_are_few_small_and_always_the_same(name: str) -> None:
    sample = _load(name)
    examples = sample.example_inputs()
    torch.rand(3)
    again = sample.example_inputs()

    assert 2 <= len(examples) <= 4
    assert list(examples) == list(again)
    for example, arguments in examples.items():
        assert re.fullmatch(r"[a-z][a-z_]+", example)
        assert sum(argument.numel() for argument in arguments) <= 2000
        torch.testing.assert_close(arguments, again[example], rtol=0, atol=0, equal_nan=True)


@each_sample
def test_it_runs_eagerly(name: str) -> None:
    sample = _load(name)
    raised = {example for example, result in _results(sample, sample.build_model).items() if result is None}

    assert raised == EAGER_RAISES.get(name, set())
    assert next(iter(sample.example_inputs())) not in raised


@each_sample
def test_its_trace_goes_wrong_where_the_lesson_says(name: str) -> None:
    sample = _load(name)
    first, *others = sample.example_inputs()
    outcomes = _outcomes(sample, lambda: _traced(sample))

    assert outcomes[first] == "agrees"
    assert {example: outcomes[example] for example in others} == TRACED[name]


@each_sample
def test_its_script_keeps_what_eager_does(name: str) -> None:
    sample = _load(name)

    assert set(_outcomes(sample, lambda: torch.jit.script(sample.build_model())).values()) == {"agrees"}


def test_the_control_exports_and_agrees() -> None:
    sample = _load("residual_block")
    arguments = next(iter(sample.example_inputs().values()))
    exported = torch.export.export(sample.build_model(), arguments)

    assert set(_outcomes(sample, exported.module).values()) == {"agrees"}


def test_what_scripts_but_does_not_export_is_refused_by_export() -> None:
    sample = _load("scripts_but_does_not_export")
    arguments = next(iter(sample.example_inputs().values()))

    with pytest.raises(Exception, match="data-dependent"):
        torch.export.export(sample.build_model(), arguments)


def _tree(name: str) -> ast.Module:
    return ast.parse(_text(name))


def _text(name: str) -> str:
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"sample_models.{name}")


def _traced(sample: ModuleType) -> Callable[..., Any]:
    arguments = next(iter(sample.example_inputs().values()))
    return torch.jit.trace(sample.build_model(), arguments, check_trace=False)


def _results(sample: ModuleType, build: Callable[[], Callable[..., Any]]) -> dict[str, Any]:
    """Output and arguments after the call of each example; ``None`` where it raises."""
    results: dict[str, Any] = {}
    model = build()
    for example, arguments in sample.example_inputs().items():
        if not getattr(sample, "SEQUENCE", False):
            model = build()
        own = copy.deepcopy(arguments)
        try:
            with torch.no_grad():
                results[example] = model(*own), own
        except Exception:  # noqa: BLE001 - whatever it is, the outcome is that it raises
            results[example] = None
    return results


def _outcomes(sample: ModuleType, capture: Callable[[], Callable[..., Any]]) -> dict[str, str]:
    eager = _results(sample, sample.build_model)
    return {example: _outcome(eager[example], captured) for example, captured in _results(sample, capture).items()}


def _outcome(eager: Any, captured: Any) -> str:
    if eager is None or captured is None:
        return "agrees" if eager is captured else "returns" if eager is None else "raises"
    try:
        torch.testing.assert_close(captured, eager)
    except AssertionError:
        return "differs"
    return "agrees"
