"""The report as data: the contract's keys, order and ids, and JSON and back."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from explorer.divergence import CAUSES
from explorer.evidence import Kind
from explorer.report.json import from_json, to_json
from explorer.report.schema import Report
from tests.cases import Workshop, a_model, line_of

HOSTILE = a_model(
    "y = self.parts(x)\nif y.sum() > 0:\n    raise ValueError('\\x1b[31m</script> \\u202e ' + str(y.shape))\nreturn {'k\\n': y, 2: None}",
    "'</script>': (-torch.ones(2),), 'b \\x1b[2J': (torch.ones(2),)",
    init="self.parts = nn.ModuleDict({'<b>': nn.Identity(), 'a b': nn.ReLU()})['<b>']",
)
KINDS: dict[str, tuple[Kind, ...]] = {
    "gated_mlp": ("trace", "script", "export", "onnx_ts", "jit"),
    "residual_block": ("trace", "script", "export", "jit"),
    HOSTILE: ("trace", "script", "onnx_ts"),
}
each_report = pytest.mark.parametrize("text", [pytest.param(text, id=text[:14].strip()) for text in KINDS])

TEXT, NUMBER, OPTIONAL = str, (int, float), type(None)
CONTRACT: dict[str, dict[str, Any]] = {
    "": {"schema": int, "tool": dict, "environment": dict, "source": dict, "inputs": list, "captures": list,
         "matrix": dict, "divergences": list},
    "tool": {"name": TEXT, "version": TEXT},
    "environment": {"python": TEXT, "torch": TEXT, "onnx": TEXT, "onnxruntime": TEXT},
    "source": {"name": TEXT, "kind": TEXT, "file": TEXT},
    "inputs[]": {"name": TEXT, "arguments": list},
    "captures[]": {"id": TEXT, "kind": TEXT, "input": (str, OPTIONAL), "status": TEXT, "reason": (str, OPTIONAL),
                   "file": (str, OPTIONAL), "line": (int, OPTIONAL), "nodes": int, "edges": int, "seconds": NUMBER,
                   "warnings": list},
    "captures[].forms[]": {"id": TEXT, "name": TEXT, "what": TEXT, "after": TEXT, "nodes": int, "edges": int,
                           "seconds": NUMBER, "changed": bool, "reason": (str, OPTIONAL)},
    "captures[].warnings[]": {"message": TEXT, "file": (str, OPTIONAL), "line": (int, OPTIONAL)},
    "matrix{}{}": {"outcome": TEXT, "max_abs_error": (float, OPTIONAL), "max_rel_error": (float, OPTIONAL),
                   "message": (str, OPTIONAL)},
    "divergences[]": {"id": TEXT, "severity": TEXT, "cause": TEXT, "capture": TEXT, "inputs": list,
                      "file": (str, OPTIONAL), "line": (int, OPTIONAL), "function": (str, OPTIONAL), "module": TEXT,
                      "explanation": TEXT, "evidence": dict, "left": list, "right": list},
    "graphs{}": {"nodes": list, "edges": list},
    "graphs{}.nodes[]": {"id": TEXT, "op": TEXT, "target": TEXT, "module": TEXT, "file": (str, OPTIONAL),
                         "line": (int, OPTIONAL), "column": (int, OPTIONAL), "region": (str, OPTIONAL), "outputs": list,
                         "attributes": dict},
    "graphs{}.nodes[].outputs[]": {"dtype": (str, OPTIONAL), "shape": (list, OPTIONAL)},
    "graphs{}.edges[]": {"source": TEXT, "target": TEXT, "source_output": int, "target_input": int},
    "alignments[]": {"left": TEXT, "right": TEXT, "groups": list},
    "alignments[].groups[]": {"left": list, "right": list, "kind": TEXT},
}  # fmt: skip
VALUES = {
    ("captures[]", "status"): {"ok", "failed", "skipped"},
    ("matrix{}{}", "outcome"): {"agrees", "differs", "raises", "returns", "not-run"},
    ("divergences[]", "severity"): {"error", "warning", "note"},
    ("divergences[]", "cause"): set(CAUSES),
    ("alignments[].groups[]", "kind"): {"same", "changed", "fused", "decomposed", "moved", "only-left", "only-right"},
}


@pytest.mark.parametrize("place", CONTRACT)
@each_report
def test_the_keys_of_the_contract_are_there_with_their_types(workshop: Workshop, text: str, place: str) -> None:
    for record in _at(json.loads(to_json(_report(workshop, text), graphs=True)), place):
        for key, kind in CONTRACT[place].items():
            assert key in record
            assert isinstance(record[key], kind), (key, record[key])
            assert not (kind is int and isinstance(record[key], bool))
            if allowed := VALUES.get((place, key)):
                assert record[key] in allowed


@pytest.mark.parametrize("place", CONTRACT)
def test_each_place_of_the_contract_is_reached(workshop: Workshop, place: str) -> None:
    assert list(_at(json.loads(to_json(_report(workshop, "gated_mlp"), graphs=True)), place))


@each_report
@pytest.mark.parametrize("graphs", [True, False])
def test_a_report_survives_json_and_back_byte_for_byte(workshop: Workshop, text: str, graphs: bool) -> None:
    report = _report(workshop, text)
    written = to_json(report, graphs=graphs)
    assert to_json(from_json(written), graphs=graphs) == written


def test_a_report_is_equal_to_what_was_read_back(workshop: Workshop) -> None:
    report = _report(workshop, "residual_block")
    assert from_json(to_json(report, graphs=True)) == report


@each_report
def test_graphs_are_there_only_where_they_are_asked_for(workshop: Workshop, text: str) -> None:
    plain = json.loads(to_json(_report(workshop, text)))
    assert not {"graphs", "alignments"} & set(plain)
    full = json.loads(to_json(_report(workshop, text), graphs=True))
    assert {key: full[key] for key in plain} == plain


@each_report
def test_divergences_are_sorted_and_have_ids_of_their_own(workshop: Workshop, text: str) -> None:
    found = _report(workshop, text).divergences
    assert found or text == "residual_block"
    severities = ("error", "warning", "note")
    order = [(severities.index(one.severity), one.cause == "capture-failure", one.line or 0) for one in found]
    assert order == sorted(order)
    assert len({one.id for one in found}) == len(found)


@each_report
def test_every_static_graph_is_aligned_with_eager_of_its_own_example(workshop: Workshop, text: str) -> None:
    report = _report(workshop, text)
    assert report.alignments is not None
    first = f"eager:{report.inputs[0].name}"
    there = {(one.left, one.right) for one in report.alignments}
    assert {(first, one.id) for one in report.captures if one.kind != "eager" and one.status == "ok"} <= there


@each_report
def test_every_node_of_both_graphs_is_in_exactly_one_group(workshop: Workshop, text: str) -> None:
    report = _report(workshop, text)
    assert report.alignments
    assert report.graphs is not None
    for one in report.alignments:
        for side, name in (("left", one.left), ("right", one.right)):
            found = Counter(node for group in one.groups for node in getattr(group, side))
            assert found == Counter(node.id for node in report.graphs[name].nodes), (one.left, one.right, side)


@each_report
def test_a_capture_counts_its_nodes_and_edges(workshop: Workshop, text: str) -> None:
    report = _report(workshop, text)
    assert report.graphs is not None
    for one in report.captures:
        graph = report.graphs.get(one.id)
        assert (one.nodes, one.edges) == ((len(graph.nodes), len(graph.edges)) if graph else (0, 0))


@each_report
def test_a_form_has_its_own_graph_where_it_changes_something(workshop: Workshop, text: str) -> None:
    report = _report(workshop, text)
    graphs, aligned = report.graphs or {}, {(one.left, one.right) for one in report.alignments or ()}
    for capture in report.captures:
        for one in capture.forms:
            graph = graphs.get(one.id)
            assert one.id == f"{capture.id}:{one.name}"
            assert one.changed is (graph is not None)
            assert (one.nodes, one.edges) == ((len(graph.nodes), len(graph.edges)) if graph else (0, 0))
            assert one.after in graphs
            assert ((one.after, one.id) in aligned) is one.changed


def test_forms_add_to_a_capture_and_to_nothing_else(workshop: Workshop) -> None:
    report = _report(workshop, "residual_block")
    kinds = {one.kind: [form.id for form in one.forms if form.changed] for one in report.captures}
    assert {"jit:freeze", "jit:fold_conv_bn"} <= set(kinds["jit"])
    assert kinds["export"] == ["export:decomposed"]
    assert not [kind for kind, forms in kinds.items() if forms and kind not in {"jit", "export"}]
    assert set(report.matrix) == {*KINDS["residual_block"]}
    assert not [one for one in report.captures if one.kind != "eager" and ":" in one.id]


def test_a_form_whose_start_is_not_in_the_report_is_aligned_with_its_capture(workshop: Workshop) -> None:
    report = workshop.report("residual_block", "jit")
    first = next(form for one in report.captures for form in one.forms)
    assert first.after == "script"
    assert [one.left for one in report.alignments or () if one.right == first.id] == ["jit"]
    assert first.id in (report.graphs or {})


@each_report
def test_the_report_is_the_same_each_time_it_is_built(workshop: Workshop, text: str) -> None:
    assert to_json(_report(workshop, text), graphs=True) == to_json(_report(workshop, text), graphs=True)


def test_the_report_names_the_file_as_the_user_gave_it(workshop: Workshop) -> None:
    text = to_json(_report(workshop, HOSTILE), graphs=True).decode()
    assert '"file": "model.py"' in text
    assert str(workshop.folder) not in text


def test_a_failed_capture_has_reason_and_line(workshop: Workshop) -> None:
    (failed,) = [one for one in _report(workshop, "gated_mlp").captures if one.status == "failed"]
    assert failed.id == "export"
    assert failed.reason
    assert (failed.file, failed.line) == ("sample_models/gated_mlp.py", 33)
    assert (failed.nodes, failed.edges) == (0, 0)


def test_what_is_no_report_is_refused() -> None:
    import msgspec

    with pytest.raises(msgspec.ValidationError):
        from_json(b'{"schema": 2}')


def _report(workshop: Workshop, text: str) -> Report:
    return workshop.report(text, *KINDS[text])


def _at(data: Any, place: str) -> list[dict[str, Any]]:
    """Return the records at a place such as ``captures[].warnings[]``; ``{}`` steps over the names of a mapping."""
    found = [data]
    for part in place.split("."):
        name = part.replace("[]", "").replace("{}", "")
        if name:
            found = [one[name] for one in found]
        for _ in range(part.count("{}")):
            found = [value for one in found for value in one.values()]
        if part.endswith("[]"):
            found = [value for one in found for value in one]
    return found


def test_the_autograd_graph_of_eager_is_in_the_report_and_holds_together(workshop: Workshop) -> None:
    text = a_model("return self.fc(x).relu().sum()", "'a': (torch.ones(2, 3),)", init="self.fc = nn.Linear(3, 2)")
    graph = (workshop.report(text).graphs or {})["eager:a"]
    nodes = {node.id: node for node in graph.autograd}
    assert {one for node in nodes.values() for one in node.inputs} <= nodes.keys()
    assert {node.op for node in nodes.values() if node.name == "AccumulateGrad"} == {
        "parameter:fc.weight",
        "parameter:fc.bias",
    }
    assert {node.op for node in nodes.values() if node.op} <= {node.id for node in graph.nodes}


def test_a_node_tells_its_stack_and_the_strides_of_what_is_not_contiguous(workshop: Workshop) -> None:
    text = a_model("return self.fc(x.t())  # !", "'a': (torch.ones(2, 3),)", init="self.fc = nn.Linear(2, 2)")
    graph = (workshop.report(text).graphs or {})["eager:a"]
    (turned,) = [node for node in graph.nodes if node.op == "transpose" and node.module == ""]
    assert turned.outputs[0].strides == (1, 3)
    (matmul,) = [node for node in graph.nodes if node.op == "addmm"]
    assert matmul.outputs[0].strides is None
    assert matmul.stack is not None
    frames = graph.stacks[matmul.stack]
    assert frames[0].file == "torch/nn/modules/linear.py"
    assert not frames[0].user
    assert [(one.line, one.function) for one in frames if one.user] == [(line_of(text), "forward")]
    assert len(graph.stacks) == len(set(graph.stacks))


def test_what_a_loop_is_handed_is_no_operator_that_is_unknown(workshop: Workshop) -> None:
    """The name of a variable was counted as that of an operator."""
    text = a_model("for i in range(int(x[0])):\n    x = x + i\nreturn x", "'a': (torch.ones(2),)")
    report = workshop.report(text, "script")
    (script,) = [one for one in report.captures if one.kind == "script"]
    assert any(one.role == "formal" for one in report.graphs["script"].nodes)
    assert script.unknown == {}
