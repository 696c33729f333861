"""The loss is PaddleOCR's in both settings; a batch without text still teaches."""

from __future__ import annotations

import runpy
import warnings
from typing import Any

import numpy as np
import paddle
import pytest

from ocrweb.model import DBLoss, DBOutput, DBTargets, losses
from ocrweb.model.db_head import approximate_binary_map
from ocrweb.model.losses import distillation, sure_agreement
from tests.model.golden import GOLDEN, bits

SHAPE = (2, 64, 96)


def golden_case(name: str) -> tuple[np.ndarray, DBTargets, dict[str, float]]:
    """Predicted maps (2, 3, H, W), targets and expected components of one stored case."""
    stored = np.load(GOLDEN / "loss.npz")
    predicted = stored[f"{name}/pred"]
    if predicted.shape[1] == 2:
        step = approximate_binary_map(paddle.to_tensor(predicted[:, :1]), paddle.to_tensor(predicted[:, 1:]))
        predicted = np.concatenate([predicted, step.numpy()], axis=1)
    maps = {key: bits(stored[f"{name}/{key}"], SHAPE) for key in ("threshold_mask", "shrink_map", "shrink_mask")}
    maps["threshold_map"] = stored[f"{name}/threshold_map"]
    expected = {key.rpartition("/")[2]: float(stored[key]) for key in stored.files if key.startswith(f"{name}/out/")}
    expected["bce"] = float(stored[f"{name}/out_bce/loss_shrink_maps"])
    return predicted, targets_of(maps), expected


def targets_of(maps: dict[str, np.ndarray]) -> DBTargets:
    return DBTargets(**{key: paddle.to_tensor(array.astype(np.float32)) for key, array in maps.items()})


def output_of(predicted: np.ndarray) -> DBOutput:
    maps = [paddle.to_tensor(predicted[:, place : place + 1].astype(np.float32)) for place in range(3)]
    for one in maps:
        one.stop_gradient = False
    return DBOutput(*maps)


def empty_batch(*, masked: bool = False) -> tuple[DBOutput, DBTargets]:
    noise = np.random.default_rng(5).uniform(0.05, 0.95, (2, 3, 64, 96))
    nothing, everything = np.zeros(SHAPE), np.ones(SHAPE)
    maps = {
        "threshold_map": nothing,
        "threshold_mask": nothing,
        "shrink_map": nothing,
        "shrink_mask": nothing if masked else everything,
    }
    return output_of(noise), targets_of(maps)


@pytest.mark.parametrize("empty", ["push_down", "published"])
@pytest.mark.parametrize("name", ["normal", "one_image_empty", "mostly_text", "perfect"])
def test_components_equal_paddleocrs(name: str, empty: Any) -> None:
    predicted, targets, expected = golden_case(name)
    parts = DBLoss(empty_batch=empty)(output_of(predicted), targets)
    found = [float(part) for part in parts if part is not None]
    wanted = [expected[key] for key in ("loss", "loss_shrink_maps", "loss_threshold_maps", "loss_binary_maps")]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("name", ["normal", "one_image_empty", "mostly_text", "perfect"])
def test_cross_entropy_with_mining_equals_paddleocrs(name: str) -> None:
    """Its probabilities were clipped before."""
    predicted, targets, expected = golden_case(name)
    parts = DBLoss(main="bce")(output_of(predicted.clip(1e-4, 1 - 1e-4)), targets)
    assert float(parts.loss_shrink) == pytest.approx(expected["bce"], abs=1e-5)


@pytest.mark.parametrize(("logit", "truth"), [(-40.0, 1.0), (-12.0, 1.0), (12.0, 0.0), (15.0, 0.0)])
def test_a_detector_that_is_sure_and_wrong_is_pulled_back_in_full(logit: float, truth: float) -> None:
    """Cross-entropy with its hard negatives and distillation; the gradient of a logit is probability - truth."""
    rows = np.full((1, 2, 4), logit, np.float32)
    right = paddle.full([1, 2, 4], truth)
    right[0, 1] = 1.0  # text somewhere, so that negatives are mined at all
    for loss in (
        lambda sure: DBLoss(main="bce")._balanced_cross_entropy(sure, right, paddle.ones_like(right)) * 8,
        lambda sure: distillation(sure, right) * 8,
    ):
        logits = paddle.to_tensor(rows, stop_gradient=False)
        loss(paddle.nn.functional.sigmoid(logits)).backward()
        np.testing.assert_allclose(logits.grad.numpy()[0, 0], 1.0 / (1.0 + np.exp(-logit)) - truth, rtol=0.4)


def test_the_parts_sum_to_the_loss() -> None:
    predicted, targets, _ = golden_case("normal")
    parts = DBLoss(alpha=2.0, beta=3.0, main="bce")(output_of(predicted), targets)
    assert float(parts.loss) == pytest.approx(sum(float(part) for part in parts[1:4]), rel=1e-6)


@pytest.mark.parametrize("main", ["dice", "bce"])
def test_a_batch_without_text_pushes_probabilities_down_by_default(main: Any) -> None:
    output, targets = empty_batch()
    DBLoss(main=main)(output, targets).loss.backward()
    gradient = output.probability_map.grad.numpy()
    assert (gradient > 0).all()
    order = np.argsort(output.probability_map.numpy().ravel())
    assert (np.diff(gradient.ravel()[order]) >= 0).all(), "the more probable a false alarm, the harder the push"


@pytest.mark.parametrize("main", ["dice", "bce"])
def test_a_batch_without_text_reports_the_published_values(main: Any) -> None:
    output, targets = empty_batch()
    ours = DBLoss(main=main)(output, targets)
    assert float(ours.loss_shrink) == 0.0
    assert float(ours.loss_binary) == pytest.approx(1.0)


@pytest.mark.parametrize("main", ["dice", "bce"])
def test_the_published_form_learns_nothing_from_a_batch_without_text(main: Any) -> None:
    output, targets = empty_batch()
    DBLoss(main=main, empty_batch="published")(output, targets).loss.backward()
    assert not output.probability_map.grad.numpy().any()


def test_ignored_pixels_are_not_pushed() -> None:
    output, targets = empty_batch(masked=True)
    DBLoss()(output, targets).loss.backward()
    assert not output.probability_map.grad.numpy().any()


def test_saturated_false_alarms_still_get_a_finite_push() -> None:
    output, targets = empty_batch()
    output.probability_map.set_value(paddle.ones_like(output.probability_map))
    DBLoss()(output, targets).loss.backward()
    gradient = output.probability_map.grad.numpy()
    assert np.isfinite(gradient).all()
    assert (gradient > 0).all()


def test_mining_takes_three_negatives_a_positive() -> None:
    probability = np.full((1, 1, 4, 5), 0.1)
    probability[0, 0, 0] = [0.9, 0.8, 0.7, 0.6, 0.5]
    shrink_map = np.zeros((1, 4, 5))
    shrink_map[0, 3, 4] = 1
    nothing = np.zeros((1, 4, 5))
    maps = {"threshold_map": nothing, "threshold_mask": nothing, "shrink_map": shrink_map, "shrink_mask": nothing + 1}
    output = output_of(np.concatenate([probability] * 3, axis=1))
    parts = DBLoss(alpha=1.0, main="bce")(output, targets_of(maps))
    expected = -(np.log(0.1) + np.log(1 - 0.9) + np.log(1 - 0.8) + np.log(1 - 0.7)) / 4
    assert float(parts.loss_shrink) == pytest.approx(expected, rel=1e-5)
    parts.loss_shrink.backward()
    assert np.count_nonzero(output.probability_map.grad.numpy()) == 4


def test_a_ratio_between_whole_numbers_takes_whole_pixels() -> None:
    """1.5 negatives of one text pixel are one, as in PaddleOCR."""
    probability = np.array([[[[0.9, 0.8, 0.1]]]])
    nothing = np.zeros((1, 1, 3))
    maps = {"threshold_map": nothing, "threshold_mask": nothing, "shrink_mask": nothing + 1}
    targets = targets_of({**maps, "shrink_map": np.array([[[0.0, 0.0, 1.0]]])})
    parts = DBLoss(alpha=1.0, main="bce", negative_ratio=1.5)(output_of(np.repeat(probability, 3, 1)), targets)
    assert float(parts.loss_shrink) == pytest.approx(-(np.log(0.1) + np.log(1 - 0.9)) / 2, rel=1e-5)


def test_distillation_is_the_kullback_leibler_divergence_and_0_for_equal_maps() -> None:
    rng = np.random.default_rng(0)
    student, teacher = (rng.uniform(0.01, 0.99, (2, 8, 8)).astype(np.float32) for _ in range(2))
    expected = teacher * np.log(teacher / student) + (1 - teacher) * np.log((1 - teacher) / (1 - student))
    found = distillation(paddle.to_tensor(student), paddle.to_tensor(teacher))
    assert float(found) == pytest.approx(float(expected.mean()), abs=1e-5)
    extremes = paddle.to_tensor(np.array([[[0.0, 1.0, 0.5]]], np.float32))
    assert float(distillation(extremes, extremes)) == pytest.approx(0.0, abs=1e-6)


def test_only_what_the_teacher_is_sure_of_is_learnt_and_text_counts_as_much_as_background() -> None:
    taught = paddle.to_tensor(np.array([[[0.75, 0.5, 0.125, 0.125, 0.05]]], np.float32))  # at the limits too
    student = paddle.to_tensor(np.array([[[0.5, 0.99, 0.2, 0.2, 0.2]]], np.float32), stop_gradient=False)
    found = sure_agreement(student, taught, 0.125, 0.75)
    assert float(found) == pytest.approx(-(np.log(0.5) + np.log(0.8)) / 2, rel=1e-4)
    found.backward()
    gradient = student.grad.numpy()[0, 0]
    assert gradient[1] == 0.0
    assert gradient[0] < 0 < gradient[2]
    unsure = paddle.full([1, 4, 4], 0.5)
    assert float(sure_agreement(unsure, unsure, 0.1, 0.8)) == 0.0


@pytest.mark.parametrize("weight", [0.0, 0.5, 3.0])
def test_the_teachers_part_is_as_heavy_as_asked_for_and_in_the_loss(weight: float) -> None:
    predicted, targets, _ = golden_case("normal")
    taught = targets._replace(teacher_map=paddle.full(list(SHAPE), 0.3))
    parts = DBLoss(distill=weight)(output_of(predicted), taught)
    plain = float(distillation(paddle.to_tensor(predicted[:, 0].astype(np.float32)), taught.teacher_map))
    assert parts.loss_distill is not None
    assert float(parts.loss_distill) == pytest.approx(weight * plain, rel=1e-5)
    assert float(parts.loss) == pytest.approx(sum(float(part) for part in parts[1:] if part is not None), rel=1e-6)


def test_the_published_weights_of_the_parts_are_the_usual_ones() -> None:
    predicted, targets, _ = golden_case("normal")
    usual, stated = (
        loss(output_of(predicted), targets) for loss in (DBLoss(), DBLoss(5.0, 10.0, "dice", negative_ratio=3.0))
    )
    assert [float(part) for part in usual[:4]] == [float(part) for part in stated[:4]]


def test_advice_to_users_of_another_framework_is_not_printed_and_other_warnings_are() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        runpy.run_path(losses.__file__)
        for message in ("\nNon compatible API. Please refer to …", "the figures are wrong"):
            warnings.warn_explicit(message, UserWarning, "math.py", 1, module="paddle")
    assert [str(warning.message) for warning in heard] == ["the figures are wrong"]
