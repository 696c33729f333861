"""The loss of DB (Liao et al. 2020, section 3.4) in PaddleOCR's dice form and in the paper's cross-entropy form."""

from __future__ import annotations

import warnings
from typing import Literal, NamedTuple

import numpy as np
import paddle
from paddle import nn

from ocrweb.model.output import DBOutput

# Paddle advises users of PyTorch on the first sort of a process; it does not concern anybody here.
warnings.filterwarnings("ignore", message=r"\s*Non compatible API", module="paddle")

EPS = 1e-6
LEAST_TEXT, LEAST_BACKGROUND = 1e-20, 1e-7  # added before a logarithm; float32 is that much finer at 0 than at 1


class DBTargets(NamedTuple):
    """What a batch should look like, each (N, H, W) float32.

    threshold_map: 0.3..0.7 near text borders; threshold_mask: 1 where it counts.
    shrink_map: 1 inside shrunk text kernels, else 0; shrink_mask: 0 where text is to be ignored, else 1.
    teacher_map: another model's probability map in 0..1, or None.
    """

    threshold_map: paddle.Tensor
    threshold_mask: paddle.Tensor
    shrink_map: paddle.Tensor
    shrink_mask: paddle.Tensor
    teacher_map: paddle.Tensor | None = None


class DBLossParts(NamedTuple):
    """Scalars, with their weights already multiplied in; loss is the sum of the others. loss_distill: None without a teacher."""

    loss: paddle.Tensor
    loss_shrink: paddle.Tensor
    loss_threshold: paddle.Tensor
    loss_binary: paddle.Tensor
    loss_distill: paddle.Tensor | None = None


class DBLoss(nn.Layer):
    """alpha * shrink loss + beta * L1 on the threshold map + dice on the binary map; all sums run over the batch.

    main: the shrink loss, ``dice`` (PaddleOCR's setting; takes no hard negative mining) or ``bce`` (the paper's:
        cross-entropy over all text pixels and the ``negative_ratio`` times as many hardest others). It is not clipped:
        a detector that has come to say 0 or 1 everywhere would have no gradient left to learn its way back.
    empty_batch: what a batch without any text pixel does. In the published form (``published``) its shrink loss is 0 and
        nothing at all is learnt from it. ``push_down``, the default, adds a gradient that lowers the probabilities there,
        the more the higher they are; the reported values stay the published ones, so that logs compare.
    distill: weight of `distillation`, where the targets have a teacher's map.

    The values equal PaddleOCR's ``DBLoss`` within 1e-5; with ``bce`` as long as no probability comes nearer than 1e-4 to 0 or
    1, for there PaddleOCR's is clipped.
    """

    def __init__(
        self,
        alpha: float = 5.0,
        beta: float = 10.0,
        main: Literal["dice", "bce"] = "dice",
        *,
        negative_ratio: float = 3.0,
        empty_batch: Literal["push_down", "published"] = "push_down",
        distill: float = 0.0,
    ) -> None:
        super().__init__()
        self._alpha = alpha
        self._beta = beta
        self._main = main
        self._negative_ratio = negative_ratio
        self._pushes_down = empty_batch == "push_down"
        self._distill = distill

    def forward(self, output: DBOutput, targets: DBTargets) -> DBLossParts:
        probability = output.probability_map.squeeze(1)
        shrink_map, shrink_mask = targets.shrink_map, targets.shrink_mask
        with paddle.no_grad():
            text_pixels = (shrink_map * shrink_mask).sum()
            has_text = (text_pixels > 0).astype("float32")
        if self._main == "dice":
            shrink = _dice(probability, shrink_map, shrink_mask) * has_text
        else:
            shrink = self._balanced_cross_entropy(probability, shrink_map, shrink_mask)
        if self._pushes_down:
            push = _false_alarm(probability, shrink_mask) * (1.0 - has_text)
            shrink = shrink + (push - push.detach())
        loss_shrink = self._alpha * shrink
        loss_threshold = self._beta * _masked_l1(
            output.threshold_map.squeeze(1), targets.threshold_map, targets.threshold_mask
        )
        loss_binary = _dice(output.binary_map.squeeze(1), shrink_map, shrink_mask)
        loss = loss_shrink + loss_threshold + loss_binary
        if targets.teacher_map is None:
            return DBLossParts(loss, loss_shrink, loss_threshold, loss_binary)
        loss_distill = self._distill * distillation(probability, targets.teacher_map)
        return DBLossParts(loss + loss_distill, loss_shrink, loss_threshold, loss_binary, loss_distill)

    def _balanced_cross_entropy(
        self, probability: paddle.Tensor, shrink_map: paddle.Tensor, shrink_mask: paddle.Tensor
    ) -> paddle.Tensor:
        """Mean cross-entropy over the text pixels and the hardest of the others; nothing is read back to the host."""
        text, background = _logarithms(probability)
        entropy = -(shrink_map * text + (1.0 - shrink_map) * background)
        with paddle.no_grad():
            positive = shrink_map * shrink_mask
            negative = (1.0 - shrink_map) * shrink_mask
            positives = positive.sum().floor()
            wanted = paddle.minimum(negative.sum(), positives * self._negative_ratio).floor()
            weight = positive + _hardest(negative * entropy, wanted) * negative
        return (weight * entropy).sum() / (positives + wanted + EPS)


def distillation(probability: paddle.Tensor, teacher_map: paddle.Tensor) -> paddle.Tensor:
    """Mean over all pixels of the Kullback-Leibler divergence from the teacher's answer; 0 for equal maps, in nats.

    Both (N, H, W) in 0..1. Pixels that the labels ignore count too: what a blurred word is worth is the teacher's to say.
    """
    (text, background), (taught_text, taught_background) = _logarithms(probability), _logarithms(teacher_map)
    return (teacher_map * (taught_text - text) + (1.0 - teacher_map) * (taught_background - background)).mean()


def sure_agreement(probability: paddle.Tensor, taught: paddle.Tensor, low: float, high: float) -> paddle.Tensor:
    """Cross-entropy against what a teacher is sure of: text where it says ``high`` or more, background at ``low`` or less.

    Both (N, H, W) in 0..1. Mean over the sure text and mean over the sure background count one half each; what lies between
    the two has no part in it, and a half without a pixel is 0.
    """
    text, background = _logarithms(probability)
    sure_text, sure_background = (taught >= high).astype("float32"), (taught <= low).astype("float32")
    missed = (sure_text * text).sum() / (sure_text.sum() + EPS)
    made_up = (sure_background * background).sum() / (sure_background.sum() + EPS)
    return -(missed + made_up) / 2


def _logarithms(probability: paddle.Tensor) -> tuple[paddle.Tensor, paddle.Tensor]:
    """Of text and of background: finite, and with a gradient wherever float32 tells the probability from 1."""
    return paddle.log(probability + LEAST_TEXT), paddle.log(1.0 - probability + LEAST_BACKGROUND)


def _dice(predicted: paddle.Tensor, target: paddle.Tensor, mask: paddle.Tensor) -> paddle.Tensor:
    """1 - 2 |P T| / (|P| + |T|) over the unmasked pixels: 0 for equal maps, 1 for maps that do not meet."""
    masked_target = target * mask
    overlap = (predicted * masked_target).sum()
    return 1.0 - 2.0 * overlap / ((predicted * mask).sum() + masked_target.sum() + EPS)


def _masked_l1(predicted: paddle.Tensor, target: paddle.Tensor, mask: paddle.Tensor) -> paddle.Tensor:
    return ((predicted - target).abs() * mask).sum() / (mask.sum() + EPS)


def _false_alarm(probability: paddle.Tensor, mask: paddle.Tensor) -> paddle.Tensor:
    """Cross-entropy against "no text", each pixel weighted by its own probability: led by the false alarms."""
    weight = probability.detach() * mask
    entropy = -paddle.log(1.0 + EPS - probability)
    return (weight * entropy).sum() / (weight.sum() + EPS)


def _hardest(losses: paddle.Tensor, count: paddle.Tensor) -> paddle.Tensor:
    """Weights in 0..1 that select the ``count`` greatest values; equal values at the limit share what is left."""
    limit = _greatest(losses.flatten(), count)
    above = (losses > limit).astype("float32")
    at_limit = (losses == limit).astype("float32")
    share = ((count - above.sum()) / at_limit.sum()).clip(min=0.0)
    return (above + at_limit * share) * (count > 0).astype("float32")


def _greatest(values: paddle.Tensor, number: paddle.Tensor) -> paddle.Tensor:
    """The value that so many are not less than, (1,); the first one for number 0."""
    last = (number - 1.0).clip(min=0.0).astype("int64")
    if values.place.is_cpu_place():
        index = values.size - 1 - int(last)
        return paddle.to_tensor(np.partition(values.numpy(), index)[index : index + 1])
    return paddle.gather(paddle.sort(values, -1, True), last.reshape([1]))
