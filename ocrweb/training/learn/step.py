"""One optimizer step: forward, loss, backward, clip, update; it knows broken numbers and full memory."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import paddle
from paddle import nn

from ocrweb.config.groups.optimizer import OptimizerOptions
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.model.losses import DBLoss, DBTargets, sure_agreement
from ocrweb.model.onednn.layers import computes_in_bfloat16, products_in_bfloat16
from ocrweb.model.output import DBOutput
from ocrweb.runtime.device import has_bf16
from ocrweb.training.learn.loss_scale import LossScale
from ocrweb.training.machine import memory
from ocrweb.training.machine.distributed import Group
from ocrweb.training.machine.failures import is_out_of_memory

LOSS_NAMES = ("loss", "loss_shrink", "loss_threshold", "loss_binary")
DISTILL, UNLABELLED = "loss_distill", "loss_unlabelled"
EXACT = {"sigmoid"}  # in half precision a probability of 0.999 is 1, and the logarithm of its rest has no gradient


@dataclass(frozen=True, slots=True)
class Batch:
    """images: (N, 3, H, W) float32, normalised; the maps of `DBTargets`, each (N, H, W)."""

    images: np.ndarray
    threshold_map: np.ndarray
    threshold_mask: np.ndarray
    shrink_map: np.ndarray
    shrink_mask: np.ndarray
    teacher_map: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.images)

    def part(self, start: int, stop: int) -> tuple[paddle.Tensor, DBTargets]:
        maps = [self.threshold_map, self.threshold_mask, self.shrink_map, self.shrink_mask]
        if self.teacher_map is not None:
            maps.append(self.teacher_map)
        return (
            paddle.to_tensor(self.images[start:stop]),
            DBTargets(*(paddle.to_tensor(m[start:stop].astype(np.float32, copy=False)) for m in maps)),
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a step learns without labels. images: (M, 3, S, S) float32, normalised. taught: (M, S, S) float32, the teacher's
    probabilities of the same pixels. weight: > 0. low, high: see `sure_agreement`.
    """

    images: np.ndarray
    taught: np.ndarray
    weight: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StepResult:
    """losses: `LOSS_NAMES`, `DISTILL` with a teacher, `UNLABELLED` with a lesson → value, averaged over the batch. norm: length of the gradient before clipping.

    taken: False when loss or gradient were not finite and the weights were left as they are.
    overflowed: that was float16's doing, and the next step is tried at a smaller loss scale.
    """

    losses: dict[str, float]
    norm: float
    taken: bool
    overflowed: bool = False


class Stepper:
    """Trains a network batch by batch.

    parts: pieces that each batch is cut into; their gradients are averaged. loss_scale: where float16 goes on, 0 for a
    new run.
    """

    def __init__(
        self,
        model: nn.Layer,
        loss: DBLoss,
        optimizer: paddle.optimizer.Optimizer,
        options: OptimizerOptions,
        *,
        group: Group,
        parts: int = 1,
        loss_scale: float = 0.0,
        on_halving: Callable[[int], None] = lambda pictures: None,
    ) -> None:
        self.parts = parts
        self._model = model
        self._loss = loss
        self._optimizer = optimizer
        self._clip_norm = options.clip_norm
        self._group = group
        self._on_halving = on_halving
        self._parameters = [p for p in model.parameters() if not p.stop_gradient]
        self._on_cpu = not paddle.device.get_device().startswith("gpu")
        self._precision = precision(options.amp)
        self._scale = LossScale(loss_scale) if self._precision == "float16" else None

    @property
    def loss_scale(self) -> float:
        """The scale to go on with; 0 where nothing is scaled."""
        return self._scale.value if self._scale else 0.0

    def step(self, batch: Batch, rate: float, lesson: Lesson | None = None) -> StepResult:
        """Learn from one batch, and from pictures without labels, at a learning rate.

        When memory runs out the batch is cut in halves, once more each time, and `on_halving` hears how many pictures
        go through at a time; the effective batch stays. OcrwebError ``train.out-of-memory`` when single pictures are
        too much.
        """
        while True:
            try:
                losses = self._gradients(batch, lesson)
            except (RuntimeError, MemoryError, OSError, SystemError) as error:
                if not is_out_of_memory(error):
                    raise
                self._halve(len(batch), error)
            else:
                return self._update(losses, rate)

    @paddle.no_grad()
    def loss_of(self, model: nn.Layer, batch: Batch) -> float:
        """The loss of another network of this kind on a picture of a batch, in train mode; nothing is learnt."""
        model.train()
        freeze_batch_norm(model)
        images, targets = batch.part(0, 1)
        return float(self._loss(model(images), targets).loss)

    def _gradients(self, batch: Batch, lesson: Lesson | None) -> dict[str, float]:
        """Fill the gradients with the mean over the batch's pieces, and the lesson's; the mean of each loss."""
        size = len(batch)
        bounds = np.linspace(0, size, min(self.parts, size) + 1).round().astype(int).tolist()
        names = (*LOSS_NAMES, DISTILL) if batch.teacher_map is not None else LOSS_NAMES
        totals = dict.fromkeys(names, 0.0)
        for start, stop in itertools.pairwise(bounds):
            images, targets = batch.part(start, stop)
            share = (stop - start) / size
            with self.casting():
                output = self._model(images)
            parts = self._loss(DBOutput(*(m.astype("float32") for m in output)), targets)
            (parts.loss * (share * (self._scale.value if self._scale else 1.0))).backward()
            for name in names:
                totals[name] += float(getattr(parts, name)) * share
        if lesson is not None:
            totals[UNLABELLED] = self._follow(lesson, math.ceil(size / self.parts))
            totals["loss"] += totals[UNLABELLED]
        return totals

    def _follow(self, lesson: Lesson, piece: int) -> float:
        """Add the lesson's gradients, so many pictures at a time; its loss. Batch norm goes by its running statistics: one
        strange picture measures none."""
        size, loss = len(lesson.images), 0.0
        with fixed_statistics(self._model):
            for start in range(0, size, piece):
                images, taught = (
                    paddle.to_tensor(array[start : start + piece]) for array in (lesson.images, lesson.taught)
                )
                with self.casting():
                    probability = self._model(images).probability_map
                agreement = sure_agreement(
                    probability.astype("float32").squeeze(1), taught, lesson.low, lesson.high
                ) * (lesson.weight * len(images) / size)
                (agreement * (self._scale.value if self._scale else 1.0)).backward()
                loss += float(agreement)
        return loss

    def _update(self, losses: dict[str, float], rate: float) -> StepResult:
        gradients = [p.grad for p in self._parameters if p.grad is not None]
        self._group.average_tensors(gradients)
        losses = self._group.average_numbers(losses)
        scale = self._scale.value if self._scale else 1.0
        norm = _length(gradients) / scale
        shrink = self._clip_norm / norm if 0 < self._clip_norm < norm else 1.0
        sane, finite = math.isfinite(losses["loss"]), math.isfinite(norm)
        if sane and finite:
            if (factor := shrink / scale) != 1.0:
                with paddle.no_grad():
                    for gradient in gradients:
                        gradient.scale_(factor)
            self._optimizer.set_lr(rate)
            self._optimizer.step()
        self._optimizer.clear_grad()
        overflowed = sane and self._scale is not None and self._scale.take(finite=finite)
        return StepResult(losses, norm, sane and finite, overflowed)

    def _halve(self, size: int, error: BaseException) -> None:
        self._optimizer.clear_grad()
        memory.release()
        if self.parts >= size:
            raise OcrwebError("train.out-of-memory", reason=_first_line(error)) from error
        self.parts = min(size, self.parts * 2)
        self._on_halving(math.ceil(size / self.parts))

    def casting(self) -> contextlib.AbstractContextManager[None]:
        """The precision of the forward pass; on a CPU of its products alone, since Paddle has no half kernels there."""
        if self._on_cpu:
            return products_in_bfloat16(self._precision == "bfloat16")
        dtype: Literal["float16", "bfloat16"] = "bfloat16" if self._precision == "bfloat16" else "float16"
        enable = self._precision != "float32"
        return paddle.amp.auto_cast(enable=enable, dtype=dtype, custom_black_list=EXACT)


def build_loss(config: TrainingConfig) -> DBLoss:
    """The loss as the config sets it."""
    options = config.loss
    return DBLoss(
        options.alpha,
        options.beta,
        options.main,
        negative_ratio=options.negative_ratio,
        empty_batch=options.empty_batch,
        distill=config.distill.weight,
    )


@contextlib.contextmanager
def fixed_statistics(model: nn.Layer) -> Iterator[None]:
    """Batch norm neither measures nor moves its statistics herein."""
    modes = {layer: layer.training for layer in model.sublayers()}
    freeze_batch_norm(model)
    try:
        yield
    finally:
        for layer, training in modes.items():
            layer.training = training


def freeze_batch_norm(model: nn.Layer, fresh: Collection[str] = ()) -> int:
    """Let batch norm use its running statistics and leave them as they are; how many layers that concerns.

    fresh: names of tensors that have learnt nothing yet; a layer that has measured nothing yet is left alone.
    """
    kinds = (nn.BatchNorm, nn.BatchNorm1D, nn.BatchNorm2D, nn.SyncBatchNorm)
    layers = [
        layer for name, layer in model.named_sublayers() if isinstance(layer, kinds) and f"{name}._mean" not in fresh
    ]
    for layer in layers:
        layer.eval()
    return len(layers)


def precision(amp: str) -> Literal["float32", "bfloat16", "float16"]:
    """What Paddle's chosen device multiplies in. amp: auto, on, off; auto leaves a GPU in float32.

    bfloat16 where the device has it (no loss scaling that can collapse), else float16 on a GPU, float32 on a CPU.
    """
    if not paddle.device.get_device().startswith("gpu"):
        return "bfloat16" if amp != "off" and computes_in_bfloat16() and has_bf16() else "float32"
    if amp != "on":
        return "float32"
    return "bfloat16" if paddle.amp.is_bfloat16_supported() else "float16"


def _length(gradients: list[paddle.Tensor]) -> float:
    """Euclidean length of all gradients together."""
    with paddle.no_grad():
        exact = [gradient.astype("float32") for gradient in gradients]
        squares = [(g * g).sum() for g in exact]  # Paddle's power takes 20 times as long as its product
        return float(paddle.add_n(squares).sqrt()) if squares else 0.0


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return next((line for line in lines if is_out_of_memory(RuntimeError(line))), lines[-1] if lines else "")[:200]
