"""A running average of the weights: steadier than the weights themselves, and what is evaluated and saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import paddle
from paddle import nn


class WeightAverage:
    """Average of every tensor of a network, statistics of batch norm included.

    decay: 0..1, share of the old average in the new one; it rises from about 0.1 to this value over the first steps,
    so that the average does not cling to the start of a short run. 0: the average is the network itself.
    """

    def __init__(self, model: nn.Layer, decay: float) -> None:
        self._live = dict(model.state_dict())
        self._decay = decay
        self._average = {name: tensor.clone().detach() for name, tensor in self._live.items()}

    @paddle.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after a step, counted from 1."""
        keep = min(self._decay, step / (10.0 + step))
        for name, tensor in self._live.items():
            average = self._average[name]
            if average.dtype == paddle.float32:
                average.scale_(keep)
                average.add_(tensor.detach() * (1.0 - keep))
            else:
                average.set_value(tensor)

    def statistics(self) -> list[paddle.Tensor]:
        """What no gradient reaches, of the network and of its average: each process measures it on its own pictures."""
        names = [name for name, tensor in self._live.items() if tensor.stop_gradient]
        return [kept[name] for kept in (self._live, self._average) for name in names]

    @paddle.no_grad()
    def restore_statistics(self) -> None:
        """Put what no gradient reaches (batch norm's running statistics) back: a broken batch has spoilt it."""
        for name, tensor in self._live.items():
            if tensor.stop_gradient:
                tensor.set_value(self._average[name])

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Put the average into the network for the time of the ``with`` block."""
        kept = {name: tensor.clone().detach() for name, tensor in self._live.items()}
        self._fill(self._average)
        try:
            yield
        finally:
            self._fill(kept)

    def arrays(self) -> dict[str, np.ndarray]:
        return {name: tensor.numpy() for name, tensor in self._average.items()}

    def load(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take over a saved average; KeyError when it is of another network."""
        for name, tensor in self._average.items():
            tensor.set_value(arrays[name])

    @paddle.no_grad()
    def _fill(self, source: Mapping[str, paddle.Tensor]) -> None:
        for name, tensor in self._live.items():
            tensor.set_value(source[name])
