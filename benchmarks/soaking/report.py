"""The samples of a soak as a drawing in one HTML file."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any

from benchmarks.soaking.samples import Sample

CURVES = (
    ("resident", "resident MiB", 2**20),
    ("files", "open files", 1),
    ("threads", "threads", 1),
    ("temporary", "temporary files", 1),
)


def draw(samples: Sequence[Sample], document: dict[str, Any]) -> str:
    """A page of its own, with the curves and the figures."""
    from plotly.subplots import make_subplots

    figure = make_subplots(
        rows=len(CURVES), cols=1, shared_xaxes=True, subplot_titles=[title for _, title, _ in CURVES]
    )
    seconds = [sample.seconds for sample in samples]
    for row, (name, title, unit) in enumerate(CURVES, start=1):
        values = [getattr(sample, name) / unit for sample in samples]
        figure.add_scatter(x=seconds, y=values, mode="lines", name=title, row=row, col=1)
    tenth = next((sample.seconds for sample in samples if sample.share >= 0.1), None)
    if tenth is not None:
        figure.add_vline(x=tenth, line_dash="dot", annotation_text="10 %")
    figure.update_layout(height=250 * len(CURVES), showlegend=False, margin={"t": 40})
    figure.update_xaxes(title_text="seconds", row=len(CURVES), col=1)
    drawing = figure.to_html(full_html=False, include_plotlyjs=True)
    figures = html.escape(json.dumps(document, indent=1, ensure_ascii=False))
    return f'<!doctype html><meta charset="utf-8"><title>soak</title>{drawing}<pre>{figures}</pre>'
