"""A stepper on a network of three layers."""

from __future__ import annotations

import numpy as np
import paddle

from ocrweb.config.groups.optimizer import OptimizerOptions
from ocrweb.model.losses import DBLoss
from ocrweb.training.learn.optimizer import build_optimizer
from ocrweb.training.learn.step import Stepper
from ocrweb.training.machine.distributed import Group


def stepper(model: paddle.nn.Layer, parts: int = 1, heard: list[int] | None = None, **options: object) -> Stepper:
    chosen = OptimizerOptions(**options)  # type: ignore[arg-type]
    model.train()
    return Stepper(
        model,
        DBLoss(),
        build_optimizer(model, chosen),
        chosen,
        group=Group(),
        parts=parts,
        on_halving=(heard if heard is not None else []).append,
    )


def arrays(model: paddle.nn.Layer) -> dict[str, np.ndarray]:
    return {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}
