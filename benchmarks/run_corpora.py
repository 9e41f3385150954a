"""Run every capture on every model of the corpora and write what came of it as a table.

::

    python -m benchmarks.run_corpora -o docs/corpora.md
    python -m benchmarks.run_corpora --corpus export-db --sample 5 --seed 1
    TORCHLENS=../torchlens python -m benchmarks.run_corpora --corpus torchlens --names tests/data/op_names.txt
"""

from __future__ import annotations

import argparse
import random
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.corpora import FILES, Corpus, CorpusModel, StoredModel, corpus_of
from benchmarks.judging import judged
from benchmarks.names import write_names
from benchmarks.records import ModelRecord, keep, kept
from benchmarks.table import page
from benchmarks.warm import WarmProcess
from explorer.api import check_captures
from explorer.errors import ExplorerError
from explorer.evidence import KINDS
from explorer.options import Options
from explorer.sandbox.pool import PRELOAD, Pool


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; the exit status is 1 where a capture died or an invariant is broken."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = _parser().parse_args(given)
    try:
        options = Options(
            trust=True,  # the models import what makes them, from here
            captures=check_captures(asked.captures.split(",")) if asked.captures else KINDS,
            time_limit=asked.time_limit,
        )
    except ExplorerError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    corpora = [corpus_of(name) for name in asked.corpus or FILES]
    chosen = sampled(corpora, asked.sample, asked.seed)
    records = list(_run(chosen, options, jobs=asked.jobs, path=asked.records))
    command = f"python -m benchmarks.run_corpora {shlex.join(given)}".strip()
    text = page(chosen, records, command=command, captures=options.captures)
    if asked.names:
        write_names(asked.names, records)
    if asked.output:
        asked.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return int(any(_faulty(one) for one in records))


def _faulty(record: ModelRecord) -> bool:
    """Whether something is wrong that is no result: a stored graph that raises on its own inputs is one."""
    refused = bool(record.refused) and record.unexpected is None
    return refused or bool(record.broken) or any(one.fate == "died" for one in record.captures)


def sampled(
    corpora: Sequence[Corpus], count: int | None, seed: int
) -> list[tuple[Corpus, tuple[CorpusModel | StoredModel, ...]]]:
    """Return the models to run of each corpus: all, or ``count`` of them drawn with ``seed``."""
    chosen: list[tuple[Corpus, tuple[CorpusModel | StoredModel, ...]]] = []
    for corpus in corpora:
        models = corpus.models
        if count is not None and count < len(models):
            drawn = random.Random(seed).sample(range(len(models)), count)  # noqa: S311 - a sample, no secret
            models = tuple(models[position] for position in sorted(drawn))
        chosen.append((corpus, models))
    return chosen


def _run(
    chosen: Sequence[tuple[Corpus, tuple[CorpusModel | StoredModel, ...]]],
    options: Options,
    *,
    jobs: int,
    path: Path | None,
) -> Iterator[ModelRecord]:
    """Yield the record of each model; those that ``path`` has already are not run again."""
    known = {(one.corpus, one.model): one for one in kept(path)}
    with tempfile.TemporaryDirectory() as folder:
        for corpus, models in chosen:
            pool = (
                WarmProcess(options.time_limit)
                if corpus.small
                else Pool(workers=jobs, preload=(*PRELOAD, *corpus.preload))
            )
            for model in models:
                record = known.get((corpus.name, model.name))
                if record is None:
                    record = judged(corpus.name, model, options, folder=Path(folder, corpus.name), pool=pool)
                    keep(path, record)
                    print(_line(record), file=sys.stderr, flush=True)
                yield record
            pool.close()


def _line(record: ModelRecord) -> str:
    """Return one line of progress."""
    ok = sum(one.fate == "ok" for one in record.captures)
    said = record.refused or f"{ok} of {len(record.captures)} captures"
    return f"{record.corpus}  {record.model}  {said}  {record.seconds:.1f} s  {'; '.join(record.broken)}".rstrip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run_corpora", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--corpus", action="append", choices=FILES, help="only this one; may be given several times")
    parser.add_argument("--sample", type=int, metavar="N", help="at most N models of each corpus, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="for --sample")
    parser.add_argument("--captures", metavar="KIND[,KIND]...", help="only these kinds; eager is always made")
    parser.add_argument("--jobs", type=int, default=1, help="workers at a time")
    parser.add_argument("--time-limit", type=float, default=120.0, metavar="SECONDS", help="for each step")
    parser.add_argument("--records", type=Path, metavar="FILE", help="keep results here and go on from them")
    parser.add_argument("--names", type=Path, metavar="FILE", help="add the producers' names of ops that were met")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the table; standard output by default")
    return parser


if __name__ == "__main__":
    sys.exit(main())
