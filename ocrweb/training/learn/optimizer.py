"""The optimizer of a run, and how fast weights that were trained before go on."""

from __future__ import annotations

from collections.abc import Collection

import paddle
from paddle import nn

from ocrweb.config.groups.optimizer import OptimizerOptions
from ocrweb.config.model_names import HOUSE

GENTLE = 0.3
LONG_RUN = 60  # steps


def build_optimizer(
    model: nn.Layer, options: OptimizerOptions, fresh: Collection[str] | None = None, ratio: float = 1.0
) -> paddle.optimizer.Optimizer:
    """Adam, or SGD with Nesterov momentum. Its rate is set before each step.

    fresh: names of the tensors that learn at the full rate, the others at ``ratio`` of it; None: all of them.
    """
    named = [(name, p) for name, p in model.named_parameters() if not p.stop_gradient]
    for name, parameter in named:
        parameter.optimize_attr["learning_rate"] = 1.0 if fresh is None or name in fresh else ratio
    parameters = [parameter for _, parameter in named]
    decay = options.weight_decay or None
    if options.kind == "adam":
        return paddle.optimizer.Adam(1e-3, beta1=options.momentum, parameters=parameters, weight_decay=decay)
    return paddle.optimizer.Momentum(
        1e-3, options.momentum, parameters=parameters, use_nesterov=True, weight_decay=decay
    )


def pretrained_ratio(wanted: float, architecture: str, steps: int) -> float:
    """Share of the learning rate for weights that were trained before; wanted: the setting, 0 chooses.

    At the whole rate a detector forgets first and learns faster then: that pays for ``db-resnet18``, which has far
    to go, in a run that is long enough (benchmarks/pretrain/README.md). ``ppocrv6-small`` knows too much to lose.
    """
    if wanted:
        return wanted
    return 1.0 if architecture == HOUSE and steps >= LONG_RUN else GENTLE
