"""Pictures without labels: on their crops a run follows its teacher alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocrweb.data.plain import plain_pictures
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.training.feed.samples import Arrays, SampleSource, TrainingSamples

_STREAM = 0x0BE1  # keeps these draws apart from those of the samples


class WithUnlabelled:
    """As many samples an epoch as ``labelled`` has, a share of them replaced by crops of unlabelled pictures.

    share: 0..1. In those crops no pixel counts for the labels' losses. The same (seed, epoch, index) gives the same sample.
    """

    def __init__(self, labelled: SampleSource, unlabelled: TrainingSamples, share: float, seed: int) -> None:
        self._labelled = labelled
        self._unlabelled = unlabelled
        self._share = share
        self._seed = seed

    def __len__(self) -> int:
        return len(self._labelled)

    def sample(self, epoch: int, index: int) -> Arrays:
        """See `SampleSource`."""
        rng = np.random.default_rng([self._seed, epoch, index, _STREAM])
        if rng.random() >= self._share:
            return self._labelled.sample(epoch, index)
        arrays = self._unlabelled.sample(epoch * len(self) + index, int(rng.integers(len(self._unlabelled))))
        for mask in ("shrink_mask", "threshold_mask"):
            arrays[mask] = np.zeros_like(arrays[mask])
        return arrays

    def place(self, index: int) -> str:
        return self._labelled.place(index)


def unlabelled_pictures(folder: Path) -> list[Sample]:
    """All pictures in a folder and below it, in the order of their paths, without any box.

    Raises ``usage.missing-path``, or ``pretrain.no-pictures`` when there is none.
    """
    found = plain_pictures(folder)
    if not found:
        raise OcrwebError("pretrain.no-pictures", path=str(folder))
    return [Sample(path, None, ()) for path in found]
