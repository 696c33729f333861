"""A verdict on a run's result says what was measured, and a remedy is offered only where it can help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.rundir import lines, names
from ocrweb.rundir.events import EventWriter
from ocrweb.rundir.status import RUNNING, RunStatus, write_status
from ocrweb.services.training.diagnosis import Cause, diagnose_log, diagnose_run, looks_like_a_log
from ocrweb.services.training.diagnosis.evidence import evidence_of_text
from tests.codes.test_codes import needs
from tests.services.training.diagnosis.test_diagnosis import OF_RUNS
from tests.services.training.made_runs import make_run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))


def measured(
    hmeans: dict[int, float], status: dict[str, Any], *, warned: OcrwebError | None = None, **config: Any
) -> tuple[Cause, ...]:
    """Causes found in a run with an hmean at each of these steps. warned: what it has said of itself."""
    run = make_run(state=None, **config)
    writer = EventWriter(run / names.EVENTS)
    log = [lines.STARTING]
    for step, hmean in hmeans.items():
        writer.write("eval", step, epoch=1, hmean=hmean, precision=hmean, recall=hmean)
        log.append(lines.metric_line(hmean, hmean, hmean))
    if warned is not None:
        writer.write("warning", 0, code=warned.code, params=warned.to_record()["params"])
    (run / names.LOG).write_text("\n".join(log))
    (run / names.BEST).write_bytes(b"weights")
    write_status(run, RunStatus(started=1.0, **status))
    return diagnose_run(run)


def offered(causes: tuple[Cause, ...]) -> set[str]:
    return {remedy.id for cause in causes for remedy in cause.remedies}


def test_a_run_that_its_time_limit_ended_gets_more_time_and_not_more_epochs() -> None:
    causes = measured({0: 0.3, 6: 0.55}, {"state": "finished", "step": 13, "steps": 60}, max_minutes=2)
    assert [cause.id for cause in causes] == ["process.time-limit", "result.weak"]
    assert causes[0].title("en") == "The time limit of 2 minutes ended it at step 13 of 60"
    assert "more-time" in offered(causes)
    assert "more-epochs" not in offered(causes)


@pytest.mark.parametrize(
    ("status", "config"),
    [
        ({"step": 60, "steps": 60}, {"max_minutes": 2}),
        ({"step": 13, "steps": 60}, {"max_minutes": 0}),
        ({"step": 13, "steps": 60, "seconds": 30.0}, {"max_minutes": 2, "evaluation": {"patience": 3}}),
    ],
    ids=["all steps done", "no limit", "ended for want of progress"],
)
def test_a_run_that_ended_by_itself_may_take_more_epochs(status: dict[str, Any], config: dict[str, Any]) -> None:
    causes = measured({0: 0.3, 6: 0.55}, {"state": "finished", **status}, **config)
    assert [cause.id for cause in causes] == ["result.weak"]
    assert "more-epochs" in offered(causes)


def test_a_healthy_run_is_not_blamed_for_its_time_limit() -> None:
    assert measured({0: 0.3, 6: 0.8}, {"state": "finished", "step": 13, "steps": 60}, max_minutes=2) == ()


@pytest.mark.parametrize("use_tps", [True, False])
def test_the_strong_warp_is_switched_off_only_where_it_is_on(use_tps: bool) -> None:
    causes = measured({0: 0.3, 60: 0.66}, {"state": "finished", "step": 60, "steps": 60}, use_tps=use_tps)
    assert ("no-tps" in offered(causes)) is use_tps


def test_a_run_that_is_a_safe_start_already_is_not_offered_one() -> None:
    poor = {0: 0.3, 60: 0.4}, {"state": "finished", "step": 60, "steps": 60}
    assert "safe-start" not in offered(measured(*poor))


def test_a_run_stopped_before_it_learnt_anything_gets_no_verdict() -> None:
    causes = measured({0: 0.39}, {"state": "stopped", "step": 2, "steps": 60})
    assert [cause.id for cause in causes] == ["result.base-only", "process.stopped"]
    assert causes[0].title("en") == "Only the base model has been measured (hmean 0.39)"


def test_a_run_that_never_started_has_no_checkpoint_to_go_on_from() -> None:
    run = make_run(state=None)
    write_status(run, RunStatus(state="stopped"))
    assert diagnose_run(run) == ()


@pytest.mark.parametrize(
    ("ratio", "english", "chinese"),
    [
        (0.15, "on the pictures held out of training", "在留出的验证图片上"),
        (0.0, "on the training pictures", "在训练图片上"),
    ],
)
def test_a_weak_result_names_what_it_was_measured_on(ratio: float, english: str, chinese: str) -> None:
    status = {"state": "finished", "step": 60, "steps": 60}
    (cause,) = measured({60: 0.66}, status, evaluation={"validation_ratio": ratio})
    assert english in cause.title("en")
    assert chinese in cause.title("zh")
    assert cause.to_dict("en")["title"] == cause.title("en")


def test_a_foreign_score_is_the_logs() -> None:
    (cause,) = diagnose_log("ppocr INFO: cur metric, hmean: 0.6600")
    assert cause.title("en") == "The result is weak (hmean 0.66 in this log)"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("hello world", False), ("", False), ("Dear all,\nthe trainer is ill.", False),
        ("epoch: [3/20], global_step: 50", True), ("loss: 0.3", True), ("hmean: 0.9", True), ("Starting training...", True),
        ("第 3 轮，损失 0.5", True), ("2026-01-01 10:00:00 INFO ok", True), ("Reason: OOMKilled\nExit Code: 137", True), ("ValueError: bad", True),
    ],
)  # fmt: skip
def test_a_log_is_told_from_other_text(text: str, known: bool) -> None:
    assert looks_like_a_log(evidence_of_text(text)) is known


def test_a_collapse_is_named_with_a_button_that_lowers_the_rate() -> None:
    causes = measured({0: 0.8, 10: 0.3, 20: 0.1}, {"state": RUNNING})
    assert causes[0].id == "result.collapsed"
    assert "lower-rate" in offered(causes)


def of_a_run(cause: str) -> tuple[Cause, ...]:
    if cause == "result.collapsed":
        return measured({0: 0.8, 10: 0.3, 20: 0.1}, {"state": RUNNING})
    if cause == "result.base-only":
        return measured({0: 0.39}, {"state": "stopped", "step": 2, "steps": 60})
    if cause == "process.time-limit":
        return measured({0: 0.3, 6: 0.55}, {"state": "finished", "step": 13, "steps": 60}, max_minutes=2)
    if cause == "data.labels-misplaced":
        way = Sentence("evaluation.frame-turned-left")
        warned = OcrwebError("evaluation.labels-misplaced", way=way, now="0.01", there="0.80")
        return measured({0: 0.01}, {"state": RUNNING}, warned=warned)
    if cause == "result.doubted":
        return measured({0: 0.3, 6: 0.55}, {"state": "finished", "verdict": {"doubt": "labels-moved"}})
    assert cause == "process.failed"
    return measured({}, {"state": "failed", "cause": {"code": "x.y", "message": "Out of luck.", "hint": "None."}})


FULL = {"state": "failed", "cause": {"code": "train.crashed", "message": "It crashed.", "hint": "None."}}
LEARNS_NOTHING = {"result.collapsed", "result.poor"}


@pytest.mark.parametrize(
    ("status", "told", "said"),
    [({"state": "stopped"}, True, False), (FULL, True, False), ({"state": "stopped"}, False, True)],
)
def test_what_follows_from_labels_beside_their_text_is_not_said_besides(
    status: dict[str, Any], told: bool, said: bool
) -> None:
    way = Sentence("evaluation.frame-mirrored")
    warned = OcrwebError("evaluation.labels-misplaced", way=way, now="0.02", there="0.8") if told else None
    found = {cause.id for cause in measured({0: 0.02, 10: 0.0, 20: 0.0}, status, warned=warned)}
    assert ("data.labels-misplaced" in found) is told
    assert found & LEARNS_NOTHING == (LEARNS_NOTHING if said else set())
    assert "process.failed" not in found


@pytest.mark.parametrize("cause", sorted(OF_RUNS))
def test_causes_that_no_log_alone_gives_are_told_in_both_languages(cause: str) -> None:
    (found,) = [found for found in of_a_run(cause) if found.id == cause]
    assert found.remedies
    for lang in ("en", "zh"):
        assert "{" not in found.title(lang) + found.explanation(lang)
        assert found.title(lang)
        assert found.explanation(lang)


ENDS = {  # the code with which a worker of ours ends → what that means
    "train.not-finite": "loss.not-finite", "train.unusable-weights": "loss.not-finite", "train.out-of-memory": "memory.host",
    "train.killed-for-memory": "memory.host", "train.no-shared-memory": "memory.shared", "train.disk-full": "disk.full",
    "train.killed": "process.killed", "train.crashed": "process.crashed", "train.rank-lost": "distributed.stuck",
    "train.no-device": "device.missing", "train.nothing-to-learn": "data.no-text", "loader.no-samples": "data.empty",
    "loader.worker-died": "loader.worker-died", "config.dataset-missing": "data.deleted", "weights.damaged": "weights.damaged",
    "weights.too-few": "weights.mismatch", "train.bad-checkpoint": "weights.damaged",
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("code", ENDS)
def test_the_end_of_a_worker_of_ours_is_explained_whatever_language_its_log_is_in(code: str, lang: str) -> None:
    error = OcrwebError(code, **dict.fromkeys(needs(code), "7"))
    run = make_run(state=None)
    last = lines.failed_line(error.message(lang))
    (run / names.LOG).write_text(f"{lines.STARTING}\n{last}\n  → {error.hint(lang)}\n")
    write_status(run, RunStatus(state="failed", started=1.0, cause=error.to_record()))
    assert [(cause.id, cause.evidence, cause.line) for cause in diagnose_run(run)] == [(ENDS[code], last.strip(), 2)]


def test_what_the_worker_said_is_told_where_no_rule_knows_more() -> None:
    (cause,) = of_a_run("process.failed")
    assert (cause.id, cause.evidence, cause.line) == ("process.failed", "Out of luck.", None)


@pytest.mark.parametrize("hmeans", [{0: 0.8, 10: 0.1, 20: 0.6}, {0: 0.8, 10: 0.1}, {0: 0.8, 10: 0.5, 20: 0.7}])
def test_no_collapse_is_seen_where_training_recovers(hmeans: dict[int, float]) -> None:
    assert "result.collapsed" not in {cause.id for cause in measured(hmeans, {"state": RUNNING})}


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("[2021/01/18 10:00:00] root ERROR: something nobody has seen", "process.unknown-error"),
        (", error happened with msg: name 'Polygon' is not defined", "process.unknown-error"),
        ("2024-01-01 10:00:00 - trainer - ERROR - gave up", "process.unknown-error"),
        ("Container failed: trainer-0, exit code 3", "process.unknown-error"),
        ("[2021/07/28 10:00:00] root ERROR: No Images in train dataset, please ensure", "data.empty"),
        ("Container failed: trainer-0 code -9", "process.killed"),
        ("Found inf or nan, current scale is: 512.0, decrease to: 512.0*0.5", "loss.scale"),
    ],
)
def test_an_error_line_of_another_program_is_never_no_fault(line: str, cause: str) -> None:
    causes = diagnose_log(f"[2021/02/25 10:00:00] root INFO: train dataloader has 12 iters\n{line}\n")
    assert [(found.id, found.evidence) for found in causes] == [(cause, line)]
