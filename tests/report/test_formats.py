"""The report for other programs: SARIF for code hosts, JUnit for build servers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from explorer.divergence import CAUSES
from explorer.report.junit import to_junit
from explorer.report.sarif import to_sarif
from explorer.report.schema import Report
from tests.cases import Workshop, a_model, line_of

TEXT = a_model("if x.sum() > 0:  # !\n    return x * 2\nreturn x - 5", "'a': (torch.ones(3),), 'b': (-torch.ones(3),)")
HOSTILE = "a\x1b[31m<b>\x00]{0}"


@pytest.fixture
def report(workshop: Workshop) -> Report:
    return workshop.report(TEXT, "trace", "export", "onnx_ts")


def results(report: Report) -> list[dict[str, Any]]:
    (run,) = json.loads(to_sarif(report))["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert set(rules) <= set(CAUSES)
    assert [rules[one["ruleIndex"]] for one in run["results"]] == [one["ruleId"] for one in run["results"]]
    return run["results"]


def test_what_graphs_share_is_one_result_at_its_line(report: Report) -> None:
    (branch,) = [one for one in results(report) if one["ruleId"] == "baked-branch"]
    assert branch["level"] == "error"
    assert branch["properties"]["captures"] == ["trace", "onnx_ts"]
    assert branch["locations"][0]["physicalLocation"]["region"] == {"startLine": line_of(TEXT)}
    assert branch["message"]["text"].startswith("trace, onnx_ts: On “a”")


def test_a_fingerprint_outlives_lines_that_are_put_in_above(workshop: Workshop, report: Report) -> None:
    moved = workshop.report(f"# one more\n{TEXT}", "trace", "export", "onnx_ts")
    prints = [
        [one["partialFingerprints"] for one in results(each) if one["level"] == "error"] for each in (report, moved)
    ]
    assert prints[0] == prints[1]
    assert len({str(one) for one in prints[0]}) == len(prints[0])


@pytest.mark.parametrize("name", ["explanation", "file"])
def test_what_models_write_is_text_alone(report: Report, name: str) -> None:
    told = replace(report, divergences=tuple(replace(one, **{name: HOSTILE}) for one in report.divergences))
    for one in results(told):
        text = one["message"]["text"]
        assert text.isprintable()
        assert "\\[31m" in text or name == "file"
        assert "{0}" not in text.replace("{{0}}", "")
    assert b"\x1b" not in to_junit(told)
    ET.fromstring(to_junit(told))  # noqa: S314 - our own


def test_each_graph_is_a_test_on_each_example(report: Report) -> None:
    (suite,) = ET.fromstring(to_junit(report))  # noqa: S314 - our own
    found = {
        (one.get("classname", "").rpartition(".")[2], one.get("name")): [child.tag for child in one] for one in suite
    }
    assert found == {
        ("trace", "capture"): [], ("trace", "on a"): [], ("trace", "on b"): ["failure"],
        ("export", "capture"): ["failure"],
        ("onnx_ts", "capture"): [], ("onnx_ts", "on a"): [], ("onnx_ts", "on b"): ["failure"],
    }  # fmt: skip
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("7", "3", "0")
    (failure,) = [one[0] for one in suite if (one.get("classname"), one.get("name")) == ("model.trace", "on b")]
    assert failure.get("type") == "baked-branch"
    assert f":{line_of(TEXT)} baked-branch" in (failure.text or "")
