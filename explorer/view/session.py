"""What one visitor of the page sees and did: the comparison that runs, the one that is shown, the choices."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from explorer.api import check_others
from explorer.comparison import Progress
from explorer.errors import ExplorerError, SourceError
from explorer.evidence import STATIC_KINDS, Kind
from explorer.options import ModelSource, Options
from explorer.report.schema import Report
from explorer.sandbox.pool import Containment
from explorer.source.inputs import check_fits
from explorer.view.actions import Foresee
from explorer.view.addressing import address_of, toggled_of
from explorer.view.differences import rows_for
from explorer.view.earlier import with_earlier
from explorer.view.edits import Edit, edit_among
from explorer.view.examples import Known, is_same_model, learned
from explorer.view.gaze import Gaze
from explorer.view.handing_in import kept_folders, new_folder
from explorer.view.narrowing import kinds_in, narrowed
from explorer.view.notices import of_edit
from explorer.view.panes import SideName
from explorer.view.parcels import Parcels
from explorer.view.payload import Problem, problem_of
from explorer.view.permalink import Permalink
from explorer.view.reader import Reader
from explorer.view.resuming import Handed, keep, stays
from explorer.view.running import Job, Results, State, results_for
from explorer.view.saving import Saving, begun
from explorer.view.seeking import Focus
from explorer.view.showing import Shown, choose
from explorer.view.trusting import LIMITED

LOG = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Session:
    """One visitor. Nothing of it is shared with another, but reports of the same content."""

    name: str = field(default_factory=lambda: uuid4().hex)
    """Tells the pool of workers whose job it is, so that visitors take turns."""
    captures: tuple[Kind, ...] = STATIC_KINDS
    source: ModelSource | None = None
    """What was asked for last."""
    others: tuple[ModelSource, ...] = ()
    """What is run beside it."""
    kept_as: str = ""
    """The name under which both are kept, where the address does not tell all of them."""
    handed: str = ""
    """What the browser calls the upload that was asked for last."""
    resumed: tuple[ModelSource, ...] = ()
    """Those of ``others`` that a reload found again: the browser does not have them any more."""
    untrusted: frozenset[str] = frozenset()
    """Paths of what a reload found again, and must not be run."""
    known: Known = field(default_factory=Known)
    """What is known of its own examples."""
    turn: int = 0
    """Grows with every other source that is asked for, or with other examples of it."""
    link: Permalink | None = None
    """What the address asked for, until the reader asks for something else."""
    left: str | None = None
    right: str | None = None
    more: tuple[str, ...] = ()
    """Captures beside the pair."""
    difference: int | None = None
    toggled: dict[str, bool] = field(default_factory=dict[str, bool])
    sent: int = 0
    """How often data was sent to the browser."""
    parcels: Parcels = field(default_factory=Parcels)
    alone: dict[SideName, dict[str, bool]] = field(default_factory=dict[SideName, dict[str, bool]])
    """What the reader opened and closed in the panes that are for themselves."""
    foreseen: Foresee | None = None
    """What the reader may be about to open or close, until something is done."""
    done: int = 0
    """How many actions of the page were done, as it counts them: tells an answer to one from an earlier."""
    autograd: bool = False
    """Whether the autograd nodes are shown."""
    calls: bool = False
    """Whether ops are shown as Python calls."""
    large: bool = False
    """Whether the graphs have the room of the matrix and the source."""
    library: str = ""
    """The frame of a library's that is open."""
    sought: str = ""
    """What the reader looks for among the ops of the pair."""
    focus: Focus | None = None
    """The op that a search went to last."""
    gaze: Gaze = field(default_factory=Gaze)
    problem: Problem | None = None
    saving: Saving | None = None
    """The page as a file, from the moment that the reader asks for it until he has it."""
    job: Job | None = None
    seen: State = field(default_factory=lambda: State(finished=True))
    """State of the job when the page was last drawn."""
    kept: Report | None = None
    """The last report that came to its end."""
    kept_of: tuple[ModelSource | None, str] = (None, "")
    """What it is of, and the name under which that is kept."""
    before: Report | None = None
    """What was shown when the reader ran an edit of it, to tell what that did."""
    before_of: ModelSource | None = None
    """What that is of."""
    draft: str | None = None
    """An edit that was refused before it could be asked for, until a source is."""
    results: Results = field(default_factory=lambda: Results(most=12))
    folders: list[Path] = field(default_factory=list[Path])
    """Folders of texts that were handed in: the one of the source, and the one of a text not yet checked."""

    def stamp(self) -> tuple[str, int]:
        """Return what tells data that is sent now from what was sent before, and by whom."""
        self.sent += 1
        return self.name, self.sent

    def open_link(self, link: Permalink) -> None:
        """Take over what the address of the page asked for."""
        self.link = link
        self.left, self.right, self.difference, self.more = link.left, link.right, link.difference, link.more
        self.autograd, self.calls, self.large = link.autograd, link.calls, link.large
        self.captures = self.captures if link.captures is None else link.captures
        self.toggled = toggled_of(link.opened, link.shut)
        self.alone = {one.side: toggled_of(one.opened, one.shut) for one in link.alone}
        self.sought, self.library, self.gaze = link.sought, link.library, link.gaze

    def fresh_folder(self) -> Path:
        """Return a folder for a new text. What runs and what is shown stay until the text is known to be good."""
        self.folders = kept_folders(self.folders, self.source, self.others)
        self.folders.append(new_folder())
        return self.folders[-1]

    def ask(
        self,
        source: ModelSource,
        *,
        others: Sequence[ModelSource] | None = None,
        keep_choices: bool = False,
        edited: bool = False,
        kept_as: str = "",
    ) -> None:
        """Show the comparison of ``source``: at once if it is known, else as it is made.

        ``others`` are run beside it, else those that were. ``edited`` says that it is another version of what is shown.
        ``kept_as`` is the name under which all that is kept.

        Raises
        ------
        UsageError
            Two sources are called the same, or an example is larger than the memory limit; all stays as it was.
        """
        further = check_others(source, self.others if others is None else others)
        check_fits(source.inputs, self.options.memory_limit)
        self.cancel()
        # The same once more, with other graphs or to its end, is the same edit; with other files beside it is none.
        if edited or (source, further) != (self.source, self.others):
            self.before, self.before_of = (self.kept, self.kept_of[0]) if edited else (None, None)
        if not keep_choices:
            self.link = self.left = self.right = self.difference = None
            self.toggled, self.alone, self.more = {}, {}, ()
            self.sought, self.library, self.focus, self.gaze = "", "", None, Gaze()
        if self.source is None or not is_same_model(self.source, source):
            self.known = Known()
        if kept_as or (source, further) != (self.source, self.others):
            self.kept_as = kept_as or keep(source, further, self.before_of)
        self.turn += source != self.source
        self.source, self.others, self.problem, self.draft = source, further, None, None
        self.resumed = tuple(one for one in self.resumed if one in further)
        self.folders = kept_folders(self.folders, source, further)
        known = results_for(source, further, self.results).get(source, self.options, further, passing=bool(kept_as))
        self.job, self.seen = None, State(finished=True)
        if known is not None:
            self._show(known)
            self.known = learned(self.known, source, known)
            return
        if strange := [one.shown for one in (source, *further) if one.path in self.untrusted]:
            hint = "Hand it in once more, and say that you trust it."
            self.refuse(SourceError(LIMITED, file=strange[0], hint=hint))
            return
        self.job = Job(source, self.options, self.name, further)
        self.seen = self.job.state
        self.job.start()

    def resume(self, handed: Handed, kept_as: str, *, held: Containment) -> None:
        """Show what was handed in before the page was loaded anew, and is kept as ``kept_as``.

        What nothing holds is not run: whoever opens the address has not said to trust it.
        """
        strange = [one.path for one in (handed.source, *handed.others) if one.kind != "sample"]
        self.untrusted = frozenset() if held.contained else frozenset(strange)
        self.resumed = handed.others
        self.ask(handed.source, others=handed.others, keep_choices=True, kept_as=kept_as)
        if handed.before is not None:  # its results are shown if they are there, and not made for this alone
            known = results_for(handed.before, (), self.results).get(handed.before, self.options, passing=True)
            self.before, self.before_of = known, handed.before

    def pick(self, kinds: tuple[Kind, ...]) -> None:
        """Show the static graphs ``kinds``: what is known is kept, only a new one needs a run."""
        self.captures, self.link, self.difference = kinds, None, None
        if self.source is not None and not self._known().issuperset(kinds):
            self.ask(self.source, keep_choices=True)

    def _known(self) -> set[str]:
        """Kinds that are there, or on their way."""
        if self.running and self.job is not None:
            return set(self.job.options.captures)
        return kinds_in(self.kept) if self.kept is not None else set()

    def refuse(self, error: ExplorerError, *, aside: bool = False) -> None:
        """Show why a source cannot be compared; what was there before stays.

        ``aside`` says that it is a file beside the model, or that something else was asked for in its stead.
        """
        self.problem = problem_of(error, aside=aside)

    def cancel(self) -> None:
        """End the comparison that runs, if one does."""
        if self.job is not None:
            self.job.cancel()

    def _show(self, report: Report) -> None:
        self.kept, self.kept_of = report, (self.source, self.kept_as)

    @property
    def address(self) -> Permalink | None:
        """The address of what is shown, or is to come."""
        report = self.seen_report
        shown = self.shown(report) if report else None
        if report is None or shown is None or (self.is_of_another and self.running):
            return self._asked_place
        return self.place(report, shown)

    def place(self, report: Report, shown: Shown) -> Permalink:
        """Return the address of what is shown: it restores all but a file of the reader's that is not kept.

        What was refused, or cancelled before anything was known of it, is in no address while something else is shown.
        """
        asked, kept = (self.source, self.kept_as) if self.running or self.kept is None else self.kept_of
        return address_of(report, shown, self.made, captures=self.captures, sought=self.sought, asked=asked, kept=kept)

    @property
    def _asked_place(self) -> Permalink | None:
        if not self.kept_as:
            return None
        captures = None if self.captures == STATIC_KINDS else self.captures
        return replace(self.link or Permalink(), source=None, kept=self.kept_as, captures=captures)

    def stay_kept(self) -> None:
        """Say that what was handed in is shown now; where it was dropped meanwhile, keep it once more."""
        name = self.kept_as
        if name and self.source is not None and not stays(name):
            self.kept_as = keep(self.source, self.others, self.before_of)
        if self.kept_of[1] == name:
            self.kept_of = (self.kept_of[0], self.kept_as)
        elif self.kept_of[1]:
            stays(self.kept_of[1])

    @property
    def options(self) -> Options:
        """What to capture of the next source."""
        return Options(captures=("eager", *(kind for kind in STATIC_KINDS if kind in self.captures)))

    @property
    def progress(self) -> Progress | None:
        """The progress of the job that runs, or ran last."""
        return self.seen.progress

    @property
    def running(self) -> bool:
        """Whether more may come, as far as the page knows."""
        return not self.seen.finished

    @property
    def report(self) -> Report | None:
        """What is shown: what is known of the new source once there is a capture, else the one before."""
        whole = self.progress.report if self.is_partial and self.progress else self.kept
        return None if whole is None else narrowed(whole, self.captures)

    @property
    def is_partial(self) -> bool:
        """Whether a comparison that still runs is shown."""
        return self.running and self.progress is not None and bool(self.progress.report.captures)

    @property
    def is_of_another(self) -> bool:
        """Whether the page shows what was there before the source that was asked for last."""
        shown, asked = self.report, self.source
        if shown is None or asked is None:
            return False
        entry = shown.source
        return (entry.kind, entry.name, entry.text) != (asked.kind, asked.name, asked.text)

    @property
    def pending(self) -> tuple[str, ...]:
        """Static graphs of what is shown that are still to come, by kind or by the name of a file beside it."""
        if not self.is_partial or self.progress is None:
            return ()
        wanted = (*(kind for kind in STATIC_KINDS if kind in self.captures), *(one.shown for one in self.others))
        return tuple(name for name in wanted if name in self.progress.pending)

    @property
    def sample(self) -> str | None:
        """The sample on the page, or on its way there."""
        if self.running and self.source is not None:
            return self.source.name if self.source.kind == "sample" else None
        entry = self.report.source if self.report is not None else self.source
        return entry.name if entry is not None and entry.kind == "sample" else None

    def absorb(self) -> None:
        """Take in how far the job is."""
        job = self.job
        if job is None or self.seen.finished:
            return
        self.seen = job.state
        if self.progress is not None:
            self.known = learned(self.known, job.source, self.progress.report)
        if not self.seen.finished:
            return
        if self.seen.problem is not None:
            self.problem = self.seen.problem  # Else one that is there is of a source handed in meanwhile.
        if self.progress is None or self.seen.problem is not None:
            return
        report = self.progress.report
        if any(capture.status == "ok" for capture in report.captures):
            self._show(report)
        if not self.progress.cancelled:
            results = results_for(job.source, job.others, self.results)
            results.put(job.source, job.options, report, job.others)

    @property
    def text(self) -> str:
        """What an edit begins with: what was asked for last, whose name and examples it keeps, shown or failed."""
        if self.draft is not None:
            return self.draft
        return self.source.text if self.source is not None else ""

    @property
    def edit(self) -> Edit | None:
        """What the reader's edit did, once the comparison has come to its end."""
        if self.before is None or self.kept is None or self.running or self.kept is self.before or self.is_of_another:
            return None
        return edit_among(self.before, self.kept, self.captures)

    @property
    def seen_report(self) -> Report | None:
        """What the page shows: the report, beside an edit with the graphs before it."""
        report = self.report
        if report is None or self.before is None or self.edit is None:
            return report
        return with_earlier(report, narrowed(self.before, self.captures))

    @property
    def made(self) -> Reader:
        """What the reader made of the page, but for his edit."""
        return Reader(
            toggled=dict(self.toggled),
            alone={side: dict(toggled) for side, toggled in self.alone.items()},
            focus=self.focus,
            gaze=self.gaze,
            autograd=self.autograd,
            calls=self.calls,
            large=self.large,
            library=self.library,
        )

    def reader(self, report: Report, shown: Shown) -> Reader:
        """Return what the reader made of the page that shows ``report``."""
        edit = self.edit
        return replace(self.made, notice=of_edit(edit, report, shown), removed=edit.removed) if edit else self.made

    def save(self) -> None:
        """Begin to make the file of exactly what is shown."""
        report = self.seen_report
        shown = self.shown(report) if report else None
        if report is None or shown is None or self.saving is not None:
            return
        self.saving = begun(report, shown, self.reader(report, shown))

    @property
    def behind(self) -> bool:
        """Whether the job is further than what the page shows."""
        return self.job is not None and not self.seen.finished and self.job.state is not self.seen

    def shown(self, report: Report) -> Shown | None:
        """Return the pair and the difference to show of ``report``."""
        return choose(
            report, rows_for(report), left=self.left, right=self.right, difference=self.difference, more=self.more
        )
