"""``latest.pdopt``: everything a resume needs, in one file that is whole at any instant."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrweb.disk.atomic import replace_file
from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import read_plain
from ocrweb.training.run.mean_teacher import Gate

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Where a run stands. Crops and augmentation are drawn from (seed, epoch, picture), so this is the random state too.

    step: optimizer steps done. epoch, batch: the next batch, both from 0. seconds: of training so far.
    rate_scale: learning rate factor after non-finite losses. bad_steps: steps skipped so far; bad_row: the last ones in
    a row. parts: into how many pieces a batch is cut to fit the memory. best: the best evaluation so far.
    base_hmean: zero-shot score of the base model, None when it has none. stale: evaluations since the best one.
    collapsed: evaluations in a row under half the base's hmean.
    evaluated: the step of the last evaluation, -1 before the first. loss_scale: of float16, 0 where nothing is scaled.
    evaluations: of trained weights so far. kept: the best of them, (hmean, step), whose weights are on the disk.
    gate: of learning without labels.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    seconds: float = 0.0
    rate_scale: float = 1.0
    bad_steps: int = 0
    bad_row: int = 0
    parts: int = 1
    collapsed: int = 0
    best: dict[str, Any] = field(default_factory=dict)
    base_hmean: float | None = None
    stale: int = 0
    evaluated: int = -1
    loss_scale: float = 0.0
    evaluations: int = 0
    kept: tuple[tuple[float, int], ...] = ()
    gate: Gate = field(default_factory=Gate)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """progress, and the tensors of the network, of the optimizer and of the averaged weights, by name."""

    progress: RunProgress
    model: dict[str, np.ndarray]
    optimizer: dict[str, np.ndarray]
    average: dict[str, np.ndarray]


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write to a temporary name, sync and rename. OSError when the disk is full; the old file then stays."""
    document = {
        "schema": SCHEMA,
        "progress": dataclasses.asdict(checkpoint.progress),
        "model": checkpoint.model,
        "optimizer": checkpoint.optimizer,
        "average": checkpoint.average,
    }

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:
            pickle.dump(document, file, protocol=4)

    replace_file(path, write)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read what `save_checkpoint` wrote, without running anything that may be in it.

    OcrwebError ``weights.*`` for an absent or damaged file, ``train.bad-checkpoint`` for a file of another kind.
    """
    document = read_plain(path)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise OcrwebError("train.bad-checkpoint", path=str(path))
    known = {item.name for item in dataclasses.fields(RunProgress)}
    kept = {key: value for key, value in document["progress"].items() if key in known}
    progress = RunProgress(**{**kept, "gate": Gate(**kept.get("gate", {}))})
    return Checkpoint(progress, document["model"], document["optimizer"], document["average"])


def optimizer_arrays(optimizer: paddle.optimizer.Optimizer, model: nn.Layer) -> dict[str, np.ndarray]:
    """The optimizer's state under the network's own names: Paddle's depend on what a process has built before."""
    ours = _parameter_names(model)
    arrays = {}
    for key, value in optimizer.state_dict().items():
        if isinstance(value, paddle.Tensor):
            owner = _owner(key, ours)
            arrays[f"{ours[owner]}|{key[len(owner) :]}"] = value.numpy()
    return arrays


def load_optimizer(optimizer: paddle.optimizer.Optimizer, model: nn.Layer, arrays: dict[str, np.ndarray]) -> None:
    """Give a new optimizer of the same network its saved state back."""
    theirs = {ours: name for name, ours in _parameter_names(model).items()}
    state = {}
    for key, value in arrays.items():
        name, _, suffix = key.rpartition("|")
        state[theirs[name] + suffix] = paddle.to_tensor(value)
    optimizer.set_state_dict(state)


def load_model(model: nn.Layer, arrays: dict[str, np.ndarray]) -> None:
    """Give a network of the same kind its saved tensors back; KeyError for another network."""
    for name, tensor in model.state_dict().items():
        tensor.set_value(arrays[name])


def model_arrays(model: nn.Layer) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}


def _parameter_names(model: nn.Layer) -> dict[str, str]:
    """Paddle's name of each parameter → its name in the network."""
    return {parameter.name: name for name, parameter in model.named_parameters()}


def _owner(key: str, names: dict[str, str]) -> str:
    """The parameter that a key of the optimizer's state belongs to: the longest name it starts with."""
    return next(key[:end] for end in range(len(key), 0, -1) if key[:end] in names)
