"""Causes that no single line proves: they follow from figures, from the end of the run, or from silence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ocrweb.config.documents import is_number
from ocrweb.config.judgement import DOUBTS, FRAMES, LABELS_MISPLACED, LEARNT_FROM, POOR_BELOW, WEAK_BELOW
from ocrweb.config.model_names import HOUSE
from ocrweb.evaluation.outcome import doubt_error
from ocrweb.messages import Sentence
from ocrweb.rundir.status import FAILED, FINISHED, LOST, STOPPED
from ocrweb.services.training.diagnosis import patterns as remedy
from ocrweb.services.training.diagnosis.cause import Cause
from ocrweb.services.training.diagnosis.evidence import FAILED_LINE, Evidence, quote

SILENT_SECONDS = 120.0
FLAT_SHARE = 0.03
LEAST_LOSSES = 20
GAP = 0.25
FRAME_TEXTS = {f"evaluation.frame-{name}" for name in FRAMES}

_STARTED = r"starting training\.\.\.|start(ing)? (to )?train|开始训练"
_SAYS_ERROR = (
    r"\bERROR\b\s{0,4}:|\bERROR\s{1,4}-|\[ERROR\]|error happened with msg|"
    r"^\s*+(?>[\w.]++(?:(?<=error)|(?<=exception))|opencv\([^)]*+\))\b.*:|traceback \(most recent"
    r"|raises? an exception|cannot load \w+|CUDNN_STATUS_\w+|CUBLAS_STATUS_\w+|core dumped|"
    + remedy.then("failed", r"\bcode:?\s?-?[1-9]")
)
_FINISHED = r"training finished!?|训练完成"
_SAVED = r"\.pdparams|save (model|checkpoint)|best metric|saved? to|\.pth\b|checkpoint"


def silent_start(evidence: Evidence) -> Cause | None:
    """Nothing was logged for two minutes after ``Starting training...``."""
    started = evidence.find(_STARTED)
    if (
        started is None
        or evidence.losses
        or started is not evidence.telling[-1]
        or (evidence.idle or 0) < SILENT_SECONDS
    ):
        return None
    return Cause("start.silent", quote(started), started.number, (remedy.SUBSET, remedy.NO_WORKERS), 40)


def foreign_silence(evidence: Evidence) -> Cause | None:
    """A pasted log that ends with ``Starting training...``: nothing ever came after it."""
    started = evidence.find(_STARTED)
    if started is None or evidence.idle is not None or evidence.status is not None or evidence.losses:
        return None
    after = [line for line in evidence.telling if line.number > started.number]
    return (
        None if after else Cause("start.silent", quote(started), started.number, (remedy.SUBSET, remedy.NO_WORKERS), 40)
    )


def false_success(evidence: Evidence) -> Cause | None:
    """``Training finished!`` without weights."""
    finished = evidence.find(_FINISHED)
    if finished is None or evidence.weights:
        return None
    if evidence.weights is None and evidence.find(_SAVED):
        return None
    remedies = (remedy.CHECK_DATASET, remedy.SAFE_START, remedy.GOLDEN)
    return Cause("result.no-weights", quote(finished), finished.number, remedies, 45)


def hmean_judged(evidence: Evidence) -> Cause | None:
    """The best hmean under 0.5 is a failed training, under 0.7 a weak one; 0 with a falling loss is a mismatch."""
    if not evidence.hmeans or evidence.only_base or evidence.find(r"nan or inf") or _any_not_finite(evidence):
        return None
    line, best = max(evidence.hmeans, key=lambda pair: pair[1])
    longer = () if evidence.time_limit else (remedy.MORE_EPOCHS,)
    score = {"hmean": f"{best:.2f}", "where": evidence.measured_on}
    if best <= 0.01 and _falling(evidence):
        remedies = (remedy.PROBE_THRESHOLD, *longer, remedy.SMALLER_PICTURES)
        return Cause("result.zero-hmean", quote(line), line.number, remedies, 36)
    if best <= 0.01:
        return Cause("result.poor", quote(line), line.number, (remedy.CHECK_DATASET, remedy.SAFE_START), 30, score)
    if best < POOR_BELOW:
        remedies = (remedy.SAFE_START, remedy.CHECK_DATASET, remedy.MORE_PICTURES)
        return Cause("result.poor", quote(line), line.number, remedies, 30, score)
    if best < WEAK_BELOW:
        remedies = (*longer, remedy.MORE_PICTURES, remedy.NO_TPS)
        return Cause("result.weak", quote(line), line.number, remedies, 20, score)
    return None


def time_was_short(evidence: Evidence) -> Cause | None:
    """Its time limit ended a run whose result is no good: more epochs would not make it any longer."""
    minutes, status = evidence.time_limit, evidence.status
    if not minutes or status is None or hmean_judged(evidence) is None:
        return None
    params = {"minutes": f"{minutes:g}", "step": status.step, "steps": status.steps}
    return Cause("process.time-limit", "", None, (remedy.MORE_TIME,), 32, params)


def only_base_measured(evidence: Evidence) -> Cause | None:
    """Stopped before its first evaluation: the one score there is says nothing of the run."""
    status = evidence.status
    if status is None or status.state != STOPPED or not evidence.only_base or not evidence.hmeans:
        return None
    line, hmean = evidence.hmeans[-1]
    return Cause("result.base-only", quote(line), line.number, (remedy.RESUME,), 12, {"hmean": f"{hmean:.2f}"})


def fallen(base: float, learnt: Sequence[float]) -> bool:
    """Whether two evaluations, the last among them, score under half of the base model."""
    return sum(hmean < base / 2 for hmean in learnt) >= 2 and learnt[-1] < base / 2


def collapsed(evidence: Evidence) -> Cause | None:
    """A run of ours: two evaluations, the last among them, score under half of the base model that it started from."""
    evaluations = [event for event in evidence.events if event.get("kind") == "eval" and is_number(event.get("hmean"))]
    if not evaluations or evaluations[0].get("step") != 0:
        return None
    base, *learnt = [float(event["hmean"]) for event in evaluations]
    if not fallen(base, learnt):
        return None
    line = evidence.hmeans[-1][0] if evidence.hmeans else None
    params = {"hmean": f"{learnt[-1]:.4f}", "base": f"{base:.4f}"}
    remedies = (remedy.LOWER_RATE, remedy.SAFE_START, remedy.CHECK_DATASET)
    return Cause("result.collapsed", quote(line) if line else "", line.number if line else None, remedies, 65, params)


def doubted(evidence: Evidence) -> Cause | None:
    """A finished run whose figures prove nothing."""
    status = evidence.status
    found = status.verdict.get("doubt") if status else None
    if found not in DOUBTS:
        return None
    line = evidence.find(r"outcome: ")
    remedies = (remedy.CHECK_DATASET, remedy.MORE_PICTURES) if found == LEARNT_FROM else (remedy.CHECK_DATASET,)
    told, number = (quote(line), line.number) if line else ("", None)
    return Cause("result.doubted", told, number, remedies, 64, {"doubt": doubt_error(found)})


def misplaced(evidence: Evidence) -> Cause | None:
    """A run of ours that found its labels beside their text before its first step."""
    said = next((event for event in evidence.events if event.get("code") == LABELS_MISPLACED), None)
    params = said.get("params") if said else None
    way = params.get("way") if isinstance(params, dict) else None
    frame = str(way.get("text")) if isinstance(way, dict) else ""
    if not isinstance(params, dict) or frame not in FRAME_TEXTS:
        return None
    told = {"way": Sentence(frame), **{name: str(params.get(name)) for name in ("now", "there")}}
    return Cause("data.labels-misplaced", "", None, (remedy.CHECK_DATASET,), 66, told)


def loss_flat(evidence: Evidence) -> Cause | None:
    """The loss at the end is where it was at the beginning."""
    values = [value for _, value in evidence.losses]
    if len(values) < LEAST_LOSSES or not all(map(math.isfinite, values)):
        return None
    quarter = len(values) // 4
    first, last = sum(values[:quarter]) / quarter, sum(values[-quarter:]) / quarter
    healthy = any(value >= WEAK_BELOW for _, value in evidence.hmeans)
    if healthy or first <= 0 or (first - last) / first > FLAT_SHARE:
        return None
    line = evidence.losses[-1][0]
    if all(abs(value - 1.0) < 1e-3 for value in values):
        return Cause("data.no-text", quote(line), line.number, (remedy.CHECK_DATASET,), 62)
    return Cause(
        "loss.flat", quote(line), line.number, (remedy.LOWER_RATE, remedy.SAFE_START, remedy.CHECK_DATASET), 38
    )


def generalisation_gap(evidence: Evidence) -> Cause | None:
    """hmean fell far below its best while the loss went on falling."""
    values = [value for _, value in evidence.hmeans]
    if len(values) < 4 or not _falling(evidence):
        return None
    best, last = max(values), values[-1]
    if best - last < GAP:
        return None
    line = evidence.hmeans[-1][0]
    return Cause(
        "result.gap",
        quote(line),
        line.number,
        (remedy.MORE_PICTURES, remedy.LOWER_RATE),
        34,
        {"best": f"{best:.2f}", "last": f"{last:.2f}"},
    )


def killed_without_a_word(evidence: Evidence) -> Cause | None:
    """The worker is gone and wrote no reason: killed from outside, most often by the system for want of memory."""
    status = evidence.status
    killed = evidence.exit_code in (-9, 137) or (status is not None and status.state == LOST)
    if not killed or evidence.find(r"killed\s*$|signal 9|oom.?kill"):
        return None
    line = evidence.telling[-1] if evidence.telling else None
    remedies = (remedy.RESUME, remedy.SMALLER_BATCH, remedy.SMALLER_CROP, remedy.FREE_MEMORY)
    return Cause("process.killed", quote(line) if line else "", line.number if line else None, remedies, 56)


def stopped_by_person(evidence: Evidence) -> Cause | None:
    """Somebody asked it to stop; nothing is wrong."""
    status = evidence.status
    if status is not None and status.state == STOPPED:
        if not status.started:  # it left the queue and has no checkpoint
            return None
        line = evidence.find(r"training stopped")
        return Cause(
            "process.stopped", quote(line) if line else "", line.number if line else None, (remedy.RESUME,), 10
        )
    terminated = evidence.find(r"termination signal|sigterm|keyboardinterrupt") if status is None else None
    return Cause("process.stopped", quote(terminated), terminated.number, (remedy.RESUME,), 15) if terminated else None


def said_by_the_worker(evidence: Evidence) -> Cause | None:
    """Our own worker ended with a reason that no other rule knows."""
    status = evidence.status
    if status is None or status.state != FAILED:
        return None
    line = evidence.find(FAILED_LINE)
    reason = quote(line) if line else str((status.cause or {}).get("message", ""))
    return Cause(
        "process.failed",
        reason,
        line.number if line else None,
        (remedy.GOLDEN, remedy.SAFE_START),
        5,
        {"reason": reason},
    )


def unknown_error(evidence: Evidence) -> Cause | None:
    """A foreign log in which a program says that it failed, in words that no rule knows."""
    if evidence.status is not None:
        return None
    line = evidence.find(_SAYS_ERROR)
    return Cause("process.unknown-error", quote(line), line.number, (remedy.GOLDEN,), 5) if line else None


def batch_of_one(evidence: Evidence) -> Cause | None:
    """Batch normalisation learns from single pictures: the metric jumps, although nothing failed."""
    if evidence.batch_size != 1 or evidence.config.get("model", HOUSE) != HOUSE or not evidence.hmeans:
        return None
    if str(evidence.config.get("freeze_bn", "auto")) in {"auto", "True", "true"} and evidence.config:
        return None
    if max(value for _, value in evidence.hmeans) >= WEAK_BELOW:
        return None
    line = evidence.hmeans[-1][0]
    return Cause("batchnorm.batch-one", quote(line), line.number, (remedy.FREEZE_BN,), 28)


def _any_not_finite(evidence: Evidence) -> bool:
    return any(not math.isfinite(value) for _, value in evidence.losses)


def _falling(evidence: Evidence) -> bool:
    values = [value for _, value in evidence.losses if math.isfinite(value)]
    if len(values) < 4:
        return False
    quarter = max(len(values) // 4, 1)
    return sum(values[-quarter:]) < 0.9 * sum(values[:quarter])


STATES: tuple[Callable[[Evidence], Cause | None], ...] = (
    silent_start, foreign_silence, false_success, hmean_judged, collapsed, doubted, misplaced, time_was_short, only_base_measured, loss_flat, generalisation_gap,
    killed_without_a_word, stopped_by_person, batch_of_one, said_by_the_worker, unknown_error,
)  # fmt: skip
__all__ = ["FINISHED", "STATES"]
