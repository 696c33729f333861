"""A dataset's numbers for the eye: bars to plot and a table of the totals. Pure functions."""

from __future__ import annotations

import pandas as pd

from ocrweb.services.datasets.statistics import DatasetStatistics, Histogram
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape

PLOTS = ("boxes_per_picture", "text_heights", "aspects", "angles", "sides", "split")


def bars(numbers: DatasetStatistics, plot: str, lang: str) -> pd.DataFrame:
    """Columns ``value`` and ``count``; of the empty bars at both ends one stays, so that a lone bar keeps its place."""
    if plot == "split":
        names = [texts.say(f"datasets.part-{split}", lang) for split in numbers.pictures]
        return pd.DataFrame({"value": names, "count": [numbers.pictures[split] for split in numbers.pictures]})
    histogram: Histogram = getattr(numbers, plot)
    filled = [index for index, count in enumerate(histogram.counts) if count] or [0]
    shown = slice(max(0, filled[0] - 1), filled[-1] + 2)
    return pd.DataFrame({"value": list(histogram.labels[shown]), "count": list(histogram.counts[shown])})


def statistics_words(numbers: DatasetStatistics, lang: str) -> str:
    """HTML: pictures, boxes and ignored boxes of each split, and the usual text height."""
    lines = [
        texts.say(
            f"datasets.split-{split}", lang, pictures=numbers.pictures[split], boxes=numbers.boxes[split],
            ignored=numbers.ignored[split],
        )
        for split in numbers.pictures
    ]  # fmt: skip
    if numbers.text_heights.median is not None:
        lines.append(
            texts.say(
                "datasets.usual-height", lang, median=f"{numbers.text_heights.median:.0f}", side=numbers.train_side
            )
        )
    if numbers.unreadable:
        lines.append(texts.say("datasets.size-unknown", lang, count=numbers.unreadable))
    return f'<div class="ocrweb-note" role="status">{"<br>".join(escape(line) for line in lines)}</div>'
