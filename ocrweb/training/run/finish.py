"""The end of a run: weights proven to work, thresholds chosen, the card and the ONNX file written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrweb.config.model_names import DEFAULT as PUBLISHED
from ocrweb.config.model_names import HOUSE
from ocrweb.data.icdar import read_split
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.outcome import Counted, decide, doubt, doubt_error, verdict
from ocrweb.evaluation.sweep import USUAL
from ocrweb.model.architecture import new_layer
from ocrweb.model.weights import LoadReport, load_weights
from ocrweb.rundir import names
from ocrweb.runtime.card import CARD_KEY, ModelCard, write_card
from ocrweb.runtime.detector import default_decode
from ocrweb.training.export.onnx import export_onnx
from ocrweb.training.feed.holdout import unseen
from ocrweb.training.feed.learnt import without
from ocrweb.training.learn.base import load_base
from ocrweb.training.learn.evaluate import Evaluation, Evaluator, by_group, count_each, judge_each, network_maps
from ocrweb.training.machine.device import on_cpu
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.checkpoint import RunProgress
from ocrweb.training.run.session import Opened

TESTED = 60  # test pictures that an outcome is checked on
_THRESHOLDS = ("threshold", "box_threshold", "unclip_ratio")
ARCHITECTURES = {HOUSE: "db_resnet18", PUBLISHED: "ppocrv6_small_det"}


def finish_run(opened: Opened, progress: RunProgress, *, complete: bool) -> None:
    """Make the run usable for detection.

    complete: False for a stopped run: its best weights are exported when it has any, but neither judged anew nor on
    the test list. Raises ``train.unusable-weights`` when the saved weights do not work; a failed ONNX export is only
    a warning, for the weights serve too.
    """
    run = opened.session.run
    if not (run / names.BEST).is_file():
        return
    model = verified(opened)
    tests = _test_samples(opened) if complete else []
    found = judged(opened, progress, model, tests) if complete else None
    card = make_card(opened, progress, found)
    if found is not None and tests:
        card = _with_test(card, model, opened, found, tests)
    if found is not None:
        card = _with_groups(card, model, opened, found, tests)
    write_card(card, run / names.CARD)
    try:
        with on_cpu():
            network, _ = _read_back(opened)
            network.eval()
            export_onnx(network, run / names.NETWORK, metadata={CARD_KEY: card.embedded()})
    except (OcrwebError, OSError, RuntimeError) as failure:
        reason = failure.message() if isinstance(failure, OcrwebError) else str(failure)
        opened.session.journal.warn(OcrwebError("train.export-failed", name=run.name, reason=reason))


def judged(opened: Opened, progress: RunProgress, model: nn.Layer, test_list: Sequence[Sample]) -> Evaluation:
    """Choose the result's thresholds on the validation pictures, and say beside the base model whether training helped.

    The base is judged by the same rule: with the best thresholds of its own, chosen on the same pictures. Pictures that were
    learnt from prove nothing: then those of the test list stand for them, where there are any.
    """
    journal, parts, rule = opened.session.journal, opened.parts, opened.rule
    given = default_decode(opened.base.card)
    found, new = judge_each(model, parts.validation, rule, given)
    kept = not progress.best.get("step")  # the base's weights were never surpassed
    rival = (model, found, new) if opened.base.pretrained else None
    if rival is not None and not kept:
        try:
            network = load_base(opened.session.config.model).model
        except OcrwebError as error:  # gone since the run began: nothing can be said
            journal.warn(error)
            return found
        rival = (network, *judge_each(network, parts.validation, rule, given))
    pictures, tests = len(parts.validation), None
    tested = without(unseen(test_list, (*parts.train, *parts.validation)), parts.known)[:TESTED]
    if tested:
        after = Counted(*count_each(model, tested, rule, (found.choice.options, USUAL, given)))
        if rival is not None:
            own = rival[1].choice.options
            tests = (after, Counted(*count_each(rival[0], tested, rule, (own, USUAL, given))))
    base = rival[2] if rival is not None else None
    doubted = doubt(new, base, seen=not (parts.held_out or tested), tests=tests)
    if tested and not parts.held_out:
        new, base, pictures = after, tests[1] if tests else None, len(tested)
    outcome = decide(new, base, destroyed=progress.collapsed > 0 and kept, doubted=doubted)
    figures: dict[str, Any] = {**verdict(new, base), "pictures": pictures}
    figures["base_thresholds"] = rival[1].choice.thresholds() if rival is not None else None
    if doubted:
        figures["doubt"] = doubted
        journal.warn(doubt_error(doubted))
    journal.judged(outcome, figures)
    return found


def verified(opened: Opened) -> nn.Layer:
    """The network with ``best.pdparams`` read back from the disk: all of it, a finite loss, a usable map."""
    model, report = _read_back(opened)
    if not report.complete:
        raise OcrwebError("train.unusable-weights", reason=f"{len(report.matched)} / {report.total}")
    if not all(bool(paddle.isfinite(p).all()) for p in model.parameters()):
        raise OcrwebError("train.unusable-weights", reason="NaN")
    probability = next(network_maps(model, opened.parts.validation[:1], opened.rule)).map
    if not np.isfinite(probability).all():
        raise OcrwebError("train.unusable-weights", reason="NaN")
    loss = opened.session.stepper.loss_of(model, next(iter(opened.session.feed.batches(0, 0))))
    if not math.isfinite(loss):
        raise OcrwebError("train.unusable-weights", reason=f"loss {loss}")
    return model


def _read_back(opened: Opened) -> tuple[nn.Layer, LoadReport]:
    """A new network with the best weights, on Paddle's present device."""
    model = new_layer(opened.base.architecture)
    return model, load_weights(model, opened.session.run / names.BEST)


def make_card(opened: Opened, progress: RunProgress, found: Evaluation | None) -> ModelCard:
    """The card of the best weights: how to use them, what they score, and what that was measured on."""
    best = progress.best
    rule, config = opened.rule, opened.session.config
    thresholds = found.choice.thresholds() if found else {key: best[key] for key in _THRESHOLDS}
    validation: dict[str, Any] = {"pictures": len(opened.parts.validation), "held_out": opened.parts.held_out}
    if found:
        validation |= _score(found.choice.score.to_dict()) | {"usual_thresholds": _score(found.usual.to_dict())}
    else:
        validation |= _score(best)
    metrics: dict[str, Any] = {"validation": validation, "step": best["step"], "epoch": best["epoch"]}
    if progress.base_hmean is not None:
        metrics["base"] = {"model": config.model, "hmean": round(progress.base_hmean, 4)}
    return ModelCard(
        name=opened.session.run.name,
        architecture=ARCHITECTURES.get(opened.base.architecture.name, opened.base.card.architecture),
        description={
            "en": f"{config.model} trained on {opened.dataset.name}",
            "zh": f"{config.model}，在 {opened.dataset.name} 上训练",
        },
        mean=rule.mean,
        std=rule.std,
        limit_side=rule.resize.limit_side,
        limit_type=rule.resize.limit_type,
        licence=opened.base.card.licence,
        source=f"{config.model} + {opened.dataset.name}",
        metrics=metrics,
        **thresholds,
    )


def _with_test(
    card: ModelCard, model: nn.Layer, opened: Opened, found: Evaluation, samples: Sequence[Sample]
) -> ModelCard:
    """The score on the test list, measured once at the end; nothing is chosen by it."""
    result = Evaluator(samples, opened.rule, Group()).evaluate(model, found.choice.grid())
    test: dict[str, Any] = {"pictures": len(samples), **_score(result.choice.score.to_dict())}
    test["usual_thresholds"] = _score(result.usual.to_dict())
    if result.between is not None:
        test["interval"] = [round(value, 4) for value in result.between]
    return card.model_copy(update={"metrics": {**card.metrics, "test": test}})


def _with_groups(
    card: ModelCard, model: nn.Layer, opened: Opened, found: Evaluation, tests: Sequence[Sample]
) -> ModelCard:
    """On which text it fails, on pictures that nothing was learnt from; where there are none the card does not say."""
    parts = opened.parts
    validation = parts.validation if parts.held_out else ()
    samples = [*validation, *unseen(tests, (*parts.train, *parts.validation))[:TESTED]]
    if not samples:
        return card
    groups = {"pictures": len(samples), "by": by_group(model, samples, opened.rule, found.choice.options)}
    return card.model_copy(update={"metrics": {**card.metrics, "groups": groups}})


def _test_samples(opened: Opened) -> list[Sample]:
    """The test list's pictures; none, with a warning, when it cannot be read."""
    if not _lists_pictures(opened.dataset / "test_list.txt"):
        return []
    try:
        return read_split(opened.dataset, "test")
    except OcrwebError as error:
        opened.session.journal.warn(error)
        return []


def _lists_pictures(path: Path) -> bool:
    return path.is_file() and bool(path.read_text(encoding="utf-8", errors="replace").strip())


def _score(figures: dict[str, Any]) -> dict[str, float]:
    return {name: round(float(figures[name]), 4) for name in ("hmean", "precision", "recall")}
