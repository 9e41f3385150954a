"""The sidebar: where the model comes from, what is captured of it, and how far that is."""

from __future__ import annotations

import time
from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.errors import ExplorerError, UsageError
from explorer.evidence import STATIC_KINDS
from explorer.report.json import to_json
from explorer.report.schema import Report
from explorer.sandbox.pool import shared_pool
from explorer.source.find import find_source
from explorer.source.samples import sample_lesson, sample_names
from explorer.view import beside_form, components, example_form, state
from explorer.view.examples import as_before
from explorer.view.handing_in import from_text, from_upload, written_examples
from explorer.view.permalink import Permalink
from explorer.view.reference import name_of
from explorer.view.resuming import found
from explorer.view.running import UNEXPECTED
from explorer.view.session import Session
from explorer.view.trusting import CONTAINED, LIMITED, TRUST, badge, check_trusted

POLL_SECONDS = 0.4
LONG_SECONDS = 8
"""From here on the reader is told when it stops by itself."""
TEXT_HEIGHT = 420
GONE = "What the address asks for was handed in, and is not kept, or not any more."
LARGEST_UPLOAD = 5
"""Megabytes of a model."""
BEGINNING = """\
import torch


class Model(torch.nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x * 2
        return x + 3


def build_model():
    return Model()


def example_inputs():
    return {"above": (torch.ones(4),), "below": (-torch.ones(4),)}
"""
WIDE = '<style>[data-testid="stSidebar"] { min-width: min(500px, 45vw) !important; }</style>'


def sidebar(session: Session) -> None:
    """Draw the sidebar."""
    with st.container(key="name"):
        st.markdown("Parallax")
    mode = st.segmented_control(
        "Where the model comes from",
        state.MODES,
        default="Samples",
        key=state.MODE,
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )
    match mode:
        case "Upload":
            _upload(session)
        case "Write":
            _write(session)
        case _:
            _samples(session)
    beside_form.show(session)
    example_form.show(session)
    st.pills(
        "Static graphs",
        STATIC_KINDS,
        selection_mode="multi",
        # A default, which the browser knows from the start: what is set besides it knows a moment later, and may have
        # sent none by then.
        default=session.captures,
        key=state.KINDS,
        on_change=_pick_kinds,
        args=(session,),
    )
    with st.container(key="foot"):
        _status(session)


def _samples(session: Session) -> None:
    # The box says what is on the page: the widget forgets its choice while another mode is open. The browser has to
    # know it from the start: what is set besides reaches it a moment later, and it may have sent its own by then.
    names, now = sample_names(), state.value(state.SAMPLE)
    if now is not None and now != session.sample:
        state.put(state.SAMPLE, session.sample)
    st.selectbox(
        "Model",
        names,
        index=names.index(session.sample) if session.sample in names else None,
        placeholder="Pick a sample",
        key=state.SAMPLE,
        on_change=_pick_sample,
        args=(session,),
        filter_mode=None,
    )
    with st.container(key="lesson"):
        st.caption(sample_lesson(session.sample) if session.sample else "The page shows a model of your own.")


def _upload(session: Session) -> None:
    # Of all types: of one that it does not take it shows a red file, and why only to a pointer that rests on its sign.
    handed = st.file_uploader(
        "Model file, or a stored graph",
        max_upload_size=LARGEST_UPLOAD,
        key=state.UPLOAD,
        on_change=_pick_upload,
        args=(session,),
    )
    if handed is not None and handed.file_id != session.handed:  # a run that was cut short has not called back
        _pick_upload(session)
        st.rerun()
    contained = shared_pool().containment().contained
    if not contained:
        st.checkbox(TRUST, key=state.trust_of(_handed()), on_change=_pick_upload, args=(session,))
    with st.container(key="lesson"):
        st.caption(
            "A `.py` file defines `build_model()` and `example_inputs()`; `.pt`, `.pt2` and `.onnx` hold a graph. "
            + (CONTAINED if contained else LIMITED)
        )


def _write(session: Session) -> None:
    st.html(WIDE)
    if state.value(state.TEXT) is None:
        state.put(state.TEXT, session.text)
        state.put(state.ANEW, state.value(state.ANEW) if session.draft is not None else None)
    with st.form("write", border=False):
        st.text_area("Change a line and run", key=state.TEXT, height=TEXT_HEIGHT)
        if not shared_pool().containment().contained:
            st.checkbox(TRUST, key=state.trust_of(None), help=LIMITED)
        st.form_submit_button("Run", type="primary", on_click=_run_text, args=(session,), width="stretch")
        if state.value(state.REPLACED) is None:  # of the form, which else keeps to itself what was typed
            st.form_submit_button("Write a new model", on_click=_begin_anew, args=(session,), width="stretch")
        else:
            st.form_submit_button("Take the text before back", on_click=_take_back, width="stretch")


def _begin_anew(session: Session) -> None:
    session.problem = None  # it is of the text that was there
    state.put(state.REPLACED, state.value(state.TEXT))
    state.put(state.TEXT, BEGINNING)
    state.put(state.ANEW, True)


def _take_back() -> None:
    state.put(state.TEXT, state.value(state.REPLACED))
    state.put(state.ANEW, None)
    state.put(state.REPLACED, None)


def _pick_sample(session: Session) -> None:
    name = state.value(state.SAMPLE)
    if isinstance(name, str):
        _ask_sample(session, name)


def _ask_sample(session: Session, name: str) -> None:
    try:
        session.ask(find_source(name))
    except ExplorerError as error:
        session.refuse(error)


def begin(session: Session) -> None:
    """Compare what the page opens on, with the choices of its address: what was handed in, else a sample."""
    link = session.link or Permalink()
    if link.kept and _resume_kept(session, link.kept):
        return
    if link.kept and not link.source:  # what it says is of something else
        _ask_sample(session, sample_names()[0])
        session.refuse(UsageError(GONE, hint="Hand it in once more."), aside=True)
        return
    name = link.source or sample_names()[0]
    try:
        source = find_source(name, inputs=written_examples("\n".join(link.examples)))
        session.ask(replace(source, arranged=link.arranged), keep_choices=True)
    except ExplorerError as error:
        _ask_sample(session, name)
        session.refuse(error)


def _resume_kept(session: Session, name: str) -> bool:
    """Show what was handed in before a reload; return whether it is there."""
    handed = found(name, session.fresh_folder())
    if handed is None:
        return False
    session.resume(handed, name, held=shared_pool().containment())
    if handed.source.alone and state.value(state.MODE) is None:  # where it came from, and is gone on with
        state.put(state.MODE, "Upload" if handed.source.digest else "Write")
    return True


def _pick_upload(session: Session) -> None:
    handed = _handed()
    if handed is None:  # the reader took the file away: what is shown stays
        return
    session.handed = handed.file_id
    try:
        check_trusted(shared_pool().containment(), trusted=_trusts(handed), shown=handed.name)
        session.ask(from_upload(handed.name, handed.getvalue(), session.fresh_folder()))
    except ExplorerError as error:
        session.refuse(error)


def _handed() -> UploadedFile | None:
    handed = state.value(state.UPLOAD)
    return handed if isinstance(handed, UploadedFile) else None


def _trusts(handed: UploadedFile | None) -> bool:
    return state.value(state.trust_of(handed)) is True


def _run_text(session: Session) -> None:
    text = str(state.value(state.TEXT) or "")
    session.draft = text
    before = None if state.value(state.ANEW) else session.source
    name = before.name if before else "model"
    try:
        check_trusted(shared_pool().containment(), trusted=_trusts(None), shown=name)
        session.ask(as_before(from_text(name, text, session.fresh_folder()), before), edited=before is not None)
        state.put(state.ANEW, None)
        state.put(state.REPLACED, None)
    except ExplorerError as error:
        session.refuse(error)


def _pick_kinds(session: Session) -> None:
    picked = state.chosen(state.KINDS)
    session.pick(tuple(kind for kind in STATIC_KINDS if str(kind) in picked))


def told(session: Session) -> tuple[object, ...]:
    """Return what the sidebar is drawn from: where it is another, the sidebar is to be drawn anew."""
    return (_is_busy(session), *state.of_sidebar())


def _is_busy(session: Session) -> bool:
    return session.running or session.saving is not None


def _status(session: Session) -> None:
    busy = _is_busy(session)
    st.fragment(_show_status, run_every=POLL_SECONDS if busy else None)(session, busy=busy)


def _show_status(session: Session, *, busy: bool) -> None:
    if state.value(state.SAVE):  # now that all is done that came with it: the file is of what is shown then
        state.put(state.SAVE, None)
        session.save()
    if session.behind or busy is not _is_busy(session):
        st.rerun()

    def cancel() -> None:
        session.cancel()

    def take() -> None:
        session.saving = None

    mount = components.status()
    data = _progress(session) if session.running else _foot(session)
    mount(
        key=state.STATUS,
        data={**data, **_saved(session), "stamp": session.stamp()},
        on_cancel_change=cancel,
        on_saved_change=take,
    )
    if not session.running:
        _resume(session)
        _download(session)


def _saved(session: Session) -> dict[str, object]:
    """Return how far the page as a file is, or the whole of it, until the browser says that it has it."""
    saving = session.saving
    if saving is None:
        return {}
    if saving.content is not None:
        return {"save": {"key": saving.key, "name": saving.name, "text": saving.content.decode()}}
    if saving.failed:
        session.problem, session.saving = UNEXPECTED, None
    doing, part = saving.state
    return {"saving": {"name": saving.name, "doing": doing, "part": part}}


def _resume(session: Session) -> None:
    """Offer to go on with what was cancelled."""
    progress = session.progress
    if session.source is not None and progress is not None and progress.cancelled:
        name = session.source.name
        st.button(f"Compare {name} again", on_click=session.ask, args=(session.source,), width="stretch")


def _download(session: Session) -> None:
    """Offer the report, as ``compare --format json --graphs`` writes it, and what the page shows as one of its own."""
    report = session.report
    if report is None:
        return
    st.download_button(
        "Report (JSON)",
        data=lambda: to_json(report, graphs=True),
        file_name=f"{report.source.name}.json",
        mime="application/json",
        on_click="ignore",
        width="stretch",
    )
    st.button("Page (HTML)", on_click=_save, disabled=session.saving is not None, width="stretch")


def _save() -> None:
    state.put(state.SAVE, True)


def _progress(session: Session) -> dict[str, object]:
    job, progress = session.job, session.progress
    kinds = job.options.captures if job else session.options.captures
    kinds = (*kinds, *(one.shown for one in session.others))
    pending = list(progress.pending) if progress else list(kinds)
    seconds = time.monotonic() - job.began if job else 0.0
    return {
        "running": True,
        "doing": progress.doing
        if progress
        else f"starting the worker for {session.source.name if session.source else 'the model'}",
        "done": [kind for kind in kinds if kind not in pending],
        "pending": pending,
        "seconds": f"{seconds:.0f} s",
        "limit": f"each stops at {job.options.time_limit:g} s" if job and seconds >= LONG_SECONDS else "",
        "cancelling": job is not None and job.cancelling,
    }


def _counted(report: Report) -> str:
    """Return how much was captured, as the progress counts it: eager is one, whatever it ran on."""
    kinds = {name_of(capture) for capture in report.captures if capture.status != "skipped"}
    return f"{len(kinds)} {'capture' if len(kinds) == 1 else 'captures'}"


def _foot(session: Session) -> dict[str, object]:
    report = session.report
    if report is None:
        return {"running": False, "lines": []}
    seconds = sum(capture.seconds for capture in report.captures)
    versions = [f"{name} {version}" for name, version in report.environment.items() if name != "platform"]
    lines = [f"{_counted(report)} in {seconds:.1f} s · separate worker process", " · ".join(versions)]
    return {"running": False, "lines": lines, "held": badge(shared_pool().known_containment())}
