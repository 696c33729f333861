"""A run that has done its steps, on drawings that say what is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import paddle
from paddle import nn

from ocrweb.config.detection import ResizeOptions
from ocrweb.data.icdar import read_split
from ocrweb.model.architecture import Architecture
from ocrweb.model.output import DBOutput
from ocrweb.model.pdparams import write_pdparams
from ocrweb.rundir import names
from ocrweb.runtime.card import ModelCard, read_card
from ocrweb.runtime.seeing import InputRule
from ocrweb.training.feed.holdout import Parts
from ocrweb.training.learn.base import Base
from ocrweb.training.run import finish
from ocrweb.training.run.checkpoint import RunProgress
from ocrweb.training.run.session import Opened
from tests.training.loops import opened

WIDTH, HEIGHT = 320, 256


LATER = {"hmean": 0.5, "precision": 0.6, "recall": 0.4, "threshold": 0.31, "box_threshold": 0.62, "unclip_ratio": 1.53}


class Brightness(nn.Layer):
    """A detector that says how bright a picture is, so that a drawing decides what it finds."""

    def __init__(self, gain: float = 1.0, learnt: float = 1.0) -> None:
        super().__init__()
        self.gain = self._constant(gain)
        self.shift = self._constant(0.0)
        self.learnt = self._constant(learnt)

    def _constant(self, value: float) -> paddle.Tensor:
        return self.create_parameter([1], default_initializer=nn.initializer.Constant(value))

    def forward(self, x: paddle.Tensor) -> paddle.Tensor | DBOutput:
        probability = x.mean(axis=1, keepdim=True) * self.gain + self.shift
        if not self.training:
            return probability
        maps = nn.functional.sigmoid(probability) * self.learnt.log().exp()  # no number below zero
        return DBOutput(maps, maps, maps)


def draw(root: Path, split: str, text: float, other: float) -> None:
    """A split of three pictures: kernels of two labelled texts and of one thing that is none, at these probabilities."""
    lines = []
    for folder in ("images", "gts"):
        (root / f"{split}_{folder}").mkdir(parents=True)
    for number in range(3):
        canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        boxes = [(20, 20 + 4 * number, text), (20, 120, text), (180, 200, other)]
        for x, y, probability in boxes:
            cv2.rectangle(canvas, (x + 8, y + 8), (x + 92, y + 16), (round(255 * probability),) * 3, cv2.FILLED)
        cv2.imwrite(str(root / f"{split}_images/{number}.png"), canvas)
        labels = [f"{x},{y},{x + 100},{y},{x + 100},{y + 24},{x},{y + 24},text\n" for x, y, _ in boxes[:2]]
        (root / f"{split}_gts/{number}.txt").write_text("".join(labels))
        lines.append(f"{split}_images/{number}.png {split}_gts/{number}.txt\n")
    (root / f"{split}_list.txt").write_text("".join(lines))


class Ended:
    """A run that has done its steps: made of ``changes`` on working weights, finished by `end`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.run = folder / "run"
        self.dataset = folder / "data"
        draw(self.dataset, "train", text=0.55, other=0.42)
        draw(self.dataset, "test", text=0.95, other=0.8)  # where the best box threshold is another one
        self.session = opened(self.run)._s
        self.weights = {name: np.ones(1, np.float32) for name in ("gain", "learnt")} | {
            "shift": np.zeros(1, np.float32)
        }
        self.best: dict[str, Any] = {**LATER, "step": 10, "epoch": 2}

    def end(
        self,
        *,
        complete: bool = True,
        held_out: bool = True,
        trained: bool = True,
        collapsed: int = 0,
        pretrained: bool = True,
    ) -> None:
        write_pdparams(self.weights, self.run / names.BEST)
        validation = tuple(read_split(self.dataset, "train"))
        rule = InputRule(ResizeOptions(limit_side=320), (0.0,) * 3, (1.0,) * 3)
        base = Base(Brightness(), Architecture("onnx"), ModelCard(name="base"), pretrained=pretrained)
        progress = RunProgress(best=self.best, base_hmean=0.25 if pretrained else None, collapsed=collapsed)
        parts = Parts(validation if trained else (), validation, held_out)
        made = Opened(self.session, progress, base, parts, rule, self.dataset)
        finish.finish_run(made, progress, complete=complete)

    @property
    def card(self) -> ModelCard:
        return read_card(self.run / names.CARD)
