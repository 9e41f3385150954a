"""The records of a run as the page ``docs/corpora.md``: every number in it is counted here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.corpora import Corpus, CorpusModel, StoredModel
from benchmarks.records import CaptureRecord, Fate, ModelRecord
from explorer.evidence import Kind

FATES: tuple[Fate, ...] = ("ok", "with line", "without line", "died")

HEAD = """# Models of others

What every capture makes of models that nobody here wrote. This page is written by a command; nothing in it is by hand:

```
{command}
```

Versions: {versions}. {failed} What an earlier run left in the file of `--records`
is not run again, so that one page may be made of several runs.

- **replay**: the recorded eager ops, run again alone on the same inputs, give bit-equal results; of the models that
  give the same twice in a row.
- **at a line**, **no line**: refused with a reason, with or without a line of the model file. Where the model is a
  library's, no line of the file may be at fault.
- **died**: ended without a reason. The goal is 0.
- **seconds**: of the captures themselves, without running them on the examples, on a machine with other work.
- **agrees**: of the captures that are ok, those that agree with eager on every example; where the source is a stored
  graph, with that.
- **as expected**: of stored graphs that bring expected outputs, those whose run gives them, within the tolerance that
  their maker gives.
"""

VARIES = re.compile(r"`[^`]*`|<[^>]*>|'[^']*'|\"[^\"]*\"|\b\d[\d.]*\b|\[[^\]]*\]")
"""What tells two failures apart that have one reason: names, numbers and shapes."""

MOST_NAMES = 6

Chosen = Sequence[tuple[Corpus, Sequence[CorpusModel | StoredModel]]]


def page(chosen: Chosen, records: Sequence[ModelRecord], *, command: str, captures: Sequence[Kind]) -> str:
    """Return the whole page."""
    parts = [HEAD.format(command=command, versions=_versions(chosen, records), failed=_summary(records))]
    for corpus, models in chosen:
        own = [one for one in records if one.corpus == corpus.name]
        parts.append("\n".join(_corpus(corpus, models, own, captures)))
    parts.append("\n".join(_failures(records)))
    parts.append("\n".join(_unknown(records)))
    return "\n".join(parts)


def _summary(records: Sequence[ModelRecord]) -> str:
    died = sum(one.fate == "died" for record in records for one in record.captures)
    broken = sum(len(record.broken) for record in records)
    return (
        f"{len(records)} models in {sum(one.seconds for one in records):,.0f} s; captures that died without a reason: "
        f"{died}; invariants of a report that do not hold: {broken}."
    )


def _versions(chosen: Chosen, records: Sequence[ModelRecord]) -> str:
    found: dict[str, str] = {}
    for record in records:
        found |= record.environment
    for corpus, _ in chosen:
        name, _, version = corpus.version.partition(" ")
        found[name] = version
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _corpus(
    corpus: Corpus,
    models: Sequence[CorpusModel | StoredModel],
    records: Sequence[ModelRecord],
    captures: Sequence[Kind],
) -> Iterator[str]:
    eager = [one for one in records if not one.refused]
    steady = [one for one in eager if one.deterministic]
    exact = [one for one in steady if _replays(one)]
    of_all = f" of {len(corpus.models)}" if len(models) < len(corpus.models) else ""
    yield f"## {corpus.name}\n\n{corpus.about}\n"
    judged = [one for one in records if one.unexpected is not None]
    if not models:
        yield from _notes(corpus, records)
        return
    if judged:
        expected = sum(one.unexpected == "" for one in judged)
        yield f"{len(models)}{of_all} models, of which {len(eager)} have a report; {expected} run as expected.\n"
    else:
        yield (
            f"{len(models)}{of_all} models, of which {len(eager)} run eagerly. {len(steady)} of these give the same "
            f"twice; of those, {len(exact)} replay bit-equal.\n"
        )
    yield "| capture | ok | agrees | at a line | no line | died | seconds |"
    yield "| --- | --: | --: | --: | --: | --: | --: |"
    for kind in captures:
        made = [one for record in records for one in record.captures if one.kind == kind]
        if made or not judged:
            yield _row(kind, made, stored=bool(judged) and kind == "onnx")
    yield ""
    yield from _notes(corpus, records)


def _replays(record: ModelRecord) -> bool:
    return all(one.replay for one in record.captures if one.kind == "eager" and one.fate == "ok")


def _row(kind: Kind, captures: Sequence[CaptureRecord], *, stored: bool) -> str:
    fates = Counter(one.fate for one in captures)
    agreeing = sum(one.fate == "ok" and set(one.outcomes) == {"agrees"} for one in captures)
    cells = [fates["ok"], "" if kind == "eager" or stored else agreeing, *(fates[fate] for fate in FATES[1:])]
    return f"| {kind} | {' | '.join(str(one) for one in cells)} | {sum(one.seconds for one in captures):,.1f} |"


def _notes(corpus: Corpus, records: Sequence[ModelRecord]) -> Iterator[str]:
    """Yield what does not fit the table: what is left out, refused, not deterministic, not replayed or broken."""
    lists = {
        "Left out": [f"{one.name} ({one.reason})" for one in corpus.left_out],
        "Not as expected": [f"{count} {why} ({models})" for why, models, count in _unexpected(records)],
        "No report": [f"{one.model} ({one.refused})" for one in records if one.refused],
        "Not deterministic": [one.model for one in records if not one.deterministic],
        "Not replayed": [f"{one.model} ({_why(one)})" for one in records if not one.refused and not _replays(one)],
        "Broken invariants": [f"{one.model}: {what}" for one in records for what in one.broken],
    }
    for title, items in lists.items():
        if items:
            yield f"**{title}**: {_plain('; '.join(items))}.\n"


def _unexpected(records: Sequence[ModelRecord]) -> Iterator[tuple[str, str, int]]:
    """Yield why stored graphs do not run as expected, the most frequent first, with the models and their number."""
    reasons: dict[str, list[str]] = {}
    for record in records:
        if record.unexpected:
            reasons.setdefault(record.unexpected.rstrip("."), []).append(record.model)
    for why, models in sorted(reasons.items(), key=lambda item: -len(item[1])):
        yield why, _names(models), len(models)


def _why(record: ModelRecord) -> str:
    return next((one.replay_reason for one in record.captures if one.replay is False), "not tried")


def _failures(records: Sequence[ModelRecord]) -> Iterator[str]:
    """Yield the failures of static captures, those of one reason together, the most frequent first."""
    groups: dict[tuple[str, str], list[tuple[str, CaptureRecord]]] = {}
    for record in records:
        for one in record.captures:
            if one.fate != "ok":
                groups.setdefault((one.kind, VARIES.sub("…", one.reason)), []).append((record.model, one))
    yield "## Failures by reason\n\n| capture | reason | count | models |\n| --- | --- | --: | --- |"
    for (kind, _), members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"| {kind} | {_cell(members[0][1].reason)} | {len(members)} | {_cell(_names(m for m, _ in members))} |"
    yield ""


def _names(models: Iterable[str]) -> str:
    names = list(dict.fromkeys(models))
    return ", ".join(names[:MOST_NAMES]) + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def _unknown(records: Sequence[ModelRecord]) -> Iterator[str]:
    """Yield the ops that no table of canonical names has, by how often they were met."""
    found: dict[Kind, Counter[str]] = {}
    for record in records:
        for one in record.captures:
            found.setdefault(one.kind, Counter()).update(one.unknown)
    different = {name for names in found.values() for name in names}
    yield "## Ops that pass through under their own name\n"
    yield f"{len(different)} names that `explorer/vocabulary` does not know, by capture and how often they stand.\n"
    yield "| capture | names | ops |\n| --- | --: | --- |"
    for kind, names in found.items():
        if names:
            said = ", ".join(f"`{name}` {count}" for name, count in names.most_common())
            yield f"| {kind} | {len(names)} | {_cell(said)} |"


def _plain(text: str) -> str:
    """Return words of others so that Markdown shows them as they are."""
    return re.sub(r"([*_<>|])", r"\\\1", " ".join(text.split()))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
