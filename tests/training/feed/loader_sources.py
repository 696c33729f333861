"""Sample sources that loader processes can import: well-behaved, failing and dying ones."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

import numpy as np

from ocrweb.training.feed.samples import Arrays


@dataclass
class Numbers:
    """Each sample says which one it is. fails_at: raises there. dies_at: its process is killed there."""

    length: int
    fails_at: int = -1
    dies_at: int = -1

    def __len__(self) -> int:
        return self.length

    def sample(self, epoch: int, index: int) -> Arrays:
        if index == self.fails_at:
            raise ValueError("broken on purpose")
        if index == self.dies_at and epoch > 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return {"image": np.full((3, 4, 5), epoch * 1000 + index, np.float32), "mask": np.full((4, 5), index, np.uint8)}

    def place(self, index: int) -> str:
        return f"pictures/{index}.jpg"
