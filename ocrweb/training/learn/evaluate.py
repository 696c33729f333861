"""Judge a network that is being trained, with the very preprocess and decode that serve users."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import paddle
from paddle import nn

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.judgement import POOR_BELOW
from ocrweb.data.sample import Sample
from ocrweb.evaluation.another_frame import Misplaced, best_frame, misplaced
from ocrweb.evaluation.gallery import draw_judgement, judge
from ocrweb.evaluation.groups import GroupScores
from ocrweb.evaluation.looks import Look
from ocrweb.evaluation.matching import Match, counts_of
from ocrweb.evaluation.metric import Score
from ocrweb.evaluation.moved import Found, best_move
from ocrweb.evaluation.outcome import Counted, hmean_of, interval
from ocrweb.evaluation.sweep import BLOCKS, FINE, USUAL, Choice, Grid, GridCounts, JudgedMap, choose, score_of
from ocrweb.imaging.encode import write_picture
from ocrweb.imaging.picture import read_picture
from ocrweb.runtime.seeing import InputRule, see
from ocrweb.training.machine.distributed import Group

CARD_LOOKS: tuple[Look, ...] = ("height", "angle", "darkness", "crowding", "script")
FIXED = Grid((USUAL.threshold,), (USUAL.unclip_ratio,), (USUAL.effective_box_threshold,))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """choice: the best thresholds on these pictures and their score. usual: the score at 0.3 / 0.6 / 1.5. between: the
    interval of the choice's hmean, as `outcome.interval` has it, drawn from the parts of the counts."""

    choice: Choice
    usual: Score
    between: tuple[float, float] | None = None


class Evaluator:
    """Evaluates on always the same pictures; several processes share them and add up their counts."""

    def __init__(
        self, samples: Sequence[Sample], rule: InputRule, group: Group, on_picture: Callable[[], None] = lambda: None
    ) -> None:
        """on_picture: called after each picture; what it raises ends the evaluation."""
        self._samples = samples
        self._rule = rule
        self._group = group
        self._on_picture = on_picture

    def evaluate(self, model: nn.Layer, grid: Grid) -> Evaluation:
        """Score the network in eval mode; its mode is as before afterwards. Every process gets the same answer.

        grid: thresholds to choose from; `FIXED` chooses nothing.
        """
        counts, usual = GridCounts(grid), GridCounts(FIXED)
        mine = list(self._group.share(len(self._samples)))
        judged_maps = network_maps(model, [self._samples[index] for index in mine], self._rule)
        for index, judged in zip(mine, judged_maps, strict=True):
            counts.add(index, judged)
            usual.add(index, judged)
            self._on_picture()
        counts, usual = self._of_all(counts), self._of_all(usual)
        return Evaluation(choose(counts), score_of(usual.total[0, 0, 0]), _between(counts))

    def _of_all(self, counts: GridCounts) -> GridCounts:
        return GridCounts(counts.grid, self._group.sum_array(counts.parts).astype(np.int64))


def _between(counts: GridCounts) -> tuple[float, float] | None:
    """None where there was something to choose from: the choice would make it too narrow."""
    if counts.parts.shape[1:4] != (1, 1, 1):
        return None
    parts = counts.parts[:, 0, 0, 0]
    return interval(parts[parts[:, 3] > 0, :3])


def network_maps(model: nn.Layer, samples: Sequence[Sample], rule: InputRule) -> Iterator[JudgedMap]:
    """The probability map of each picture, one at a time; no gradient is kept and the network's mode is put back."""

    def network(blob: np.ndarray) -> np.ndarray:
        with paddle.no_grad():
            return np.asarray(model(paddle.to_tensor(blob)).astype("float32").numpy()[0, 0])

    with in_eval_mode(model):
        for sample in samples:
            seen = see(read_picture(sample.image).pixels, rule, network)
            yield JudgedMap(sample, seen.map, seen.page, seen.tiles)


@contextmanager
def in_eval_mode(model: nn.Layer) -> Iterator[None]:
    """Eval mode herein; every layer's own mode is put back."""
    modes = {layer: layer.training for layer in model.sublayers(include_self=True)}
    model.eval()
    try:
        yield
    finally:
        for layer, training in modes.items():
            layer.training = training


def judge_each(
    model: nn.Layer, samples: Sequence[Sample], rule: InputRule, given: DecodeOptions
) -> tuple[Evaluation, Counted]:
    """The best thresholds on these pictures, and what each picture counts at them, at the usual ones and at ``given``."""
    given_grid = Grid((given.threshold,), (given.unclip_ratio,), (given.effective_box_threshold,))
    counted: dict[Grid, list[np.ndarray]] = {FINE: [], FIXED: [], given_grid: []}
    pages = []
    for judged in network_maps(model, samples, rule):
        for grid, rows in counted.items():
            counts = GridCounts(grid)
            counts.add(0, judged)
            rows.append(counts.total)
        pages.append(_found(judged))
    total = GridCounts(FINE)
    for index, row in enumerate(counted[FINE]):
        total.parts[index % BLOCKS] += row
    choice = choose(total)
    place = (
        FINE.thresholds.index(choice.threshold),
        FINE.unclip_ratios.index(choice.unclip_ratio),
        FINE.box_thresholds.index(choice.box_threshold),
    )
    own = np.array([row[place] for row in counted[FINE]])
    usual, at_given = (np.array([row[0, 0, 0] for row in counted[grid]]) for grid in (FIXED, given_grid))
    found = Counted(own[:, :3], usual[:, :3], at_given[:, :3], *_elsewhere(pages, choice.box_threshold))
    return Evaluation(choice, score_of(usual.sum(axis=0))), found


def look_at_labels(model: nn.Layer, samples: Sequence[Sample], rule: InputRule, least: float) -> Misplaced | None:
    """Whether the labels lie beside their text, by what a network sees. least: score of the boxes that count."""
    return misplaced([_found(judged) for judged in network_maps(model, samples, rule)], least)


def _found(judged: JudgedMap) -> Found:
    outlines, scores = judged.regions(USUAL.model_copy(update={"box_threshold": min(FINE.box_thresholds)}))
    size = (judged.page.width, judged.page.height)
    return Found(tuple(judged.labels), tuple(judged.ignored), tuple(outlines), scores, size)


def _elsewhere(pages: Sequence[Found], least: float) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Counts by the labels of each picture, by those of the next one, and by its own ones put to where they fit."""
    near = counts_of([page.match(least) for page in pages])
    others = None
    if len(pages) > 1:
        others = counts_of([page.match(least, labels_of=pages[index - 1]) for index, page in enumerate(pages)])
    elsewhere: list[np.ndarray] = []
    if (move := best_move(pages, least)) is not None:
        elsewhere.append(counts_of([page.match(least, put_right=lambda label: label - move) for page in pages]))
    if hmean_of(near) < POOR_BELOW and (frame := best_frame(pages, least)) is not None:  # a match more for each frame
        elsewhere.append(counts_of(frame.matches(pages, least)))
    return near, others, max(elsewhere, key=hmean_of, default=None)


def count_each(
    model: nn.Layer, samples: Sequence[Sample], rule: InputRule, settings: Sequence[DecodeOptions]
) -> list[np.ndarray]:
    """(pictures, 3) of each of the settings: matched boxes, labels and detections of each picture."""
    found: list[list[Match]] = [[] for _ in settings]
    for judged in network_maps(model, samples, rule):
        for row, options in zip(found, settings, strict=True):
            row.append(judged.match(options))
    return [counts_of(row) for row in found]


def by_group(
    model: nn.Layer, samples: Sequence[Sample], rule: InputRule, options: DecodeOptions
) -> dict[str, list[dict[str, Any]]]:
    """On which text the network fails, by the looks of `CARD_LOOKS`: the groups that any text is in, as `GroupScore.to_dict`
    has them, pictures by their names alone."""
    scores = {look: GroupScores(look) for look in CARD_LOOKS}
    for judged in network_maps(model, samples, rule):
        judgement = judge(judged, options)
        pixels = functools.cache(lambda image=judged.sample.image: read_picture(image).pixels)
        for score in scores.values():
            score.add(judgement, judged.page.scale_y, pixels)
    return {
        look: [
            {**group.to_dict(), "worst": [path.name for path in group.worst]}
            for group in score.table()
            if group.labels or group.detections
        ]
        for look, score in scores.items()
    }


def write_samples(
    model: nn.Layer, samples: Sequence[Sample], rule: InputRule, choice: Choice, folder: Path, step: int
) -> None:
    """Save pictures with their boxes as ``step_000120_1.jpg``: found green, missed red, false alarms blue.

    OSError when the disk is full.
    """
    for number, judged in enumerate(network_maps(model, samples, rule), start=1):
        judgement = judge(judged, choice.options)
        shown = draw_judgement(read_picture(judged.sample.image).pixels, judgement)
        write_picture(folder / f"step_{step:06d}_{number}.jpg", shown, 85)
