"""The loop of labelling and training: a model learns from the checked pictures of a dataset, and draws the others anew."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.judgement import HELPED, NOTHING
from ocrweb.config.loader import build, merge
from ocrweb.config.model_names import DEFAULT
from ocrweb.config.presets import preset
from ocrweb.config.training import TrainingConfig
from ocrweb.data.labelling.drawn import labelled_boxes
from ocrweb.data.labelling.files import read_files
from ocrweb.data.labelling.learnt import Learnt, read_learnt, write_learnt
from ocrweb.data.sample import LabelledBox
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import FINISHED, RunStatus
from ocrweb.runtime.catalogue import resolve_name
from ocrweb.runtime.detector import default_decode
from ocrweb.services.labels.checked_copy import checked_places
from ocrweb.services.labels.entries import LabelledSet
from ocrweb.services.labels.held import records_held
from ocrweb.services.labels.proposing import Renewed, labelling_model, propose_anew
from ocrweb.services.labels.settings import decode_given
from ocrweb.services.models.listing import check_model
from ocrweb.services.training import jobs as training
from ocrweb.services.training.checked_alone import checked_to_train_on, start_on_checked
from ocrweb.services.training.runs import run_info
from ocrweb.services.work.jobs import Job, Jobs, Snapshot

LEAST = 10  # checked pictures of the training part; fewer teach a model nothing that others show
MINUTES = 15.0  # of training: somebody goes on labelling beside it
TILTED, MANY_TILTED = 5.0, 0.1  # degrees; share of the boxes from which pictures count as street pictures

AT_WORK = frozenset({"preparing", "queued", "learning", "proposing"})
LearningState = Literal["none", "preparing", "queued", "learning", "learnt", "proposing", "done", "nothing", "ended"]


@dataclass(frozen=True, slots=True)
class LearningJob(Snapshot):
    """run: that was started. renewed: what was drawn anew; done, total: pictures of it."""

    proposes: bool = False
    done: int = 0
    total: int = 0
    run: str = field(default="", kw_only=True)
    renewed: Renewed | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Learning:
    """How far the loop is.

    state: none, nothing was asked for; preparing, the pictures are copied and checked; queued; learning; learnt, the model got
    better and may propose; proposing; done; nothing, the model got no better and every box stays; ended, the run did not finish.
    run: its name. pictures: that it learns from. done, total: steps of the run, which ends by the clock before, or pictures
    that are drawn anew. seconds: that the run takes still, None while unknown. renewed: pictures that have other boxes now.
    """

    state: LearningState
    run: str = ""
    pictures: int = 0
    done: int = 0
    total: int = 0
    seconds: float | None = None
    renewed: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


_jobs = Jobs[LearningJob]("learning", stopped="dataset.cancelled")
_latest: dict[str, str] = {}
_lock = threading.Lock()


def learning(labelled: LabelledSet) -> Learning:
    """As it stands now. Raises what ended the job that was started last, once."""
    with _lock:
        return _standing(labelled)


def begin_learning(labelled: LabelledSet) -> Learning:
    """Let a model learn from the checked pictures, in the background; nothing new while one does already.

    Raises labels.too-few-checked at once; what making or starting the run raises is told by `learning`.
    """
    with _lock:
        now = _standing(labelled)
        if now.state in AT_WORK:
            return now
        refuse_few(labelled)
        _start(labelled, False, lambda handle: {"run": start_learning(labelled)})
        return _standing(labelled)


def begin_proposing(labelled: LabelledSet, leave: Collection[str] = ()) -> Learning:
    """What has learnt draws the untouched pictures anew, in the background; nothing where it has done so, or is no better.

    leave: pictures that somebody is at.
    """
    with _lock:
        now = _standing(labelled)
        return _propose(labelled, now.run, leave) if now.state == "learnt" else now


def begin_drawing(labelled: LabelledSet, by: dict[str, Any], leave: Collection[str] = ()) -> Learning:
    """The same with settings that somebody has tried; nothing while a model learns or draws.

    by: ``model``, by default the one that labels this dataset, ``threshold``, ``unclip_ratio``. Raises labels.bad-settings,
    what naming a model raises.
    """
    model = check_model(by.get("model") or labelling_model(labelled))
    decode = decode_given(by, default_decode(resolve_name(model).card))
    with _lock:
        now = _standing(labelled)
        return now if now.state in AT_WORK else _propose(labelled, model, leave, decode)


def _propose(
    labelled: LabelledSet, model: str, leave: Collection[str], decode: DecodeOptions | None = None
) -> Learning:
    def work(handle: Job[LearningJob]) -> dict[str, Any]:
        def progress(done: int, total: int) -> None:
            handle.update(done=done, total=total)
            if handle.cancel.is_set():
                raise OcrwebError("dataset.cancelled", done=done, total=total)

        return {"renewed": propose_anew(labelled, model, leave, progress, decode)}

    _start(labelled, True, work)
    return _standing(labelled)


def refuse_few(labelled: LabelledSet) -> int:
    """How many pictures to train on are checked. Raises labels.too-few-checked."""
    count = checked_to_train_on(labelled)
    if count < LEAST:
        raise OcrwebError("labels.too-few-checked", name=labelled.name, count=count, least=LEAST)
    return count


def start_learning(labelled: LabelledSet) -> str:
    """Start a run from a copy of the checked pictures, so that people go on labelling beside it; its name. It goes on from
    the weights whose boxes lie on the pictures, so that it is held against those.

    Raises labels.too-few-checked, and as `jobs.start`.
    """
    refuse_few(labelled)
    at = time.time()
    boxes = [box for one in checked_places(labelled) for box in labelled_boxes(read_files(one.label))]
    run, pictures = start_on_checked(settings_for(boxes, str(labelled.root), starting_model(labelled)))
    with records_held(labelled.root):
        before = read_learnt(labelled.root)
        model, since = before.drawing if before else ("", 0.0)
        write_learnt(labelled.root, Learnt(run, at, pictures, before=model, before_at=since))
    return run


def starting_model(labelled: LabelledSet) -> str:
    """The run whose boxes lie on the pictures, when it is known which pictures it has learnt from: those that it has not can
    judge what it learns next. Else the model that is shipped."""
    try:
        model = resolve_name(labelling_model(labelled))
    except OcrwebError:  # gone, or damaged
        return DEFAULT
    weights = model.files.get("weights") if model.kind == "run" else None
    return model.name if weights is not None and (weights.parent / names.LEARNT).is_file() else DEFAULT


def settings_for(boxes: Sequence[LabelledBox], dataset: str, model: str = DEFAULT) -> TrainingConfig:
    """Settings of a run between two sittings of labelling: of street pictures where many boxes are tilted, else of pages."""
    counted = [np.asarray(box.points, np.float64) for box in boxes if not box.ignore]
    tilted = sum(_tilt(points) > TILTED for points in counted)
    kind = "street" if tilted > MANY_TILTED * len(counted) else "documents"
    return build(
        TrainingConfig,
        merge(preset(kind), {"dataset": dataset, "model": model, "max_minutes": MINUTES}),
    )


def _tilt(points: np.ndarray) -> float:
    """Degrees by which a box's upper side differs from the nearest side of the picture."""
    x, y = points[1] - points[0]
    angle = float(np.degrees(np.arctan2(y, x))) % 90
    return min(angle, 90 - angle)


def _start(labelled: LabelledSet, proposes: bool, work: Callable[[Job[LearningJob]], dict[str, Any]]) -> None:
    handle = Job(LearningJob(uuid.uuid4().hex, proposes=proposes))
    _latest[_key(labelled)] = _jobs.start(handle, lambda: work(handle))


def _key(labelled: LabelledSet) -> str:
    return str(labelled.root.resolve())


def _standing(labelled: LabelledSet) -> Learning:
    job = _jobs.get(_latest.get(_key(labelled)))
    if job is not None and job.error is not None:
        del _latest[_key(labelled)]
        raise job.error
    learnt = read_learnt(labelled.root)
    run, pictures = (learnt.model, learnt.pictures) if learnt else ("", 0)
    if job is not None and job.active:
        return Learning("proposing", run, pictures, job.done, job.total) if job.proposes else Learning("preparing")
    drawn = job.renewed if job is not None else None
    if learnt is None or not learnt.pictures:
        return Learning("done", drawn.model, renewed=drawn.pictures) if drawn else Learning("none")
    if learnt.renewed is not None:
        return Learning("done", run, pictures, renewed=learnt.renewed)
    return _of_run(learnt)


def _of_run(learnt: Learnt) -> Learning:
    try:
        info = run_info(learnt.model)
    except OcrwebError:  # somebody deleted it
        return Learning("none")
    status, row = info.status, training.row_of(info)
    progress = {"done": status.step, "total": status.steps}
    if row.state == training.QUEUED:
        return Learning("queued", learnt.model, learnt.pictures)
    if status.active:
        return Learning("learning", learnt.model, learnt.pictures, **progress, seconds=status.eta)
    if status.state != FINISHED:
        return Learning("ended", learnt.model, learnt.pictures, **progress)
    return Learning("learnt" if _draws_better(status) else "nothing", learnt.model, learnt.pictures, **progress)


def _draws_better(status: RunStatus) -> bool:
    """Beyond noise, or by figures that nothing speaks against: what one sitting adds is seldom more than the noise of the few
    pictures that are held out of it, and the run knows all that the one before knew, and more."""
    figures = status.verdict
    grew = figures.get("hmean", 0.0) > figures.get("base_hmean", 1.0) and not figures.get("doubt")
    return status.outcome in HELPED or (status.outcome == NOTHING and grew)
