"""Curves of a run: the loss with its parts and the learning rate, and the scores. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocrweb.services.training.view import RunView, Series

COLOURS = {
    "loss": "#4169E1", "loss_shrink": "#6A5ACD", "loss_threshold": "#E07A2F", "loss_binary": "#2F9E77",
    "loss_unlabelled": "#C9A227",
    "hmean": "#4169E1", "precision": "#E07A2F", "recall": "#2F9E77",
}  # fmt: skip
LOSS_LINES = ("loss", "loss_shrink", "loss_threshold", "loss_binary", "loss_unlabelled")
SCORE_LINES = ("hmean", "precision", "recall")
HEIGHT = 300
OTHERS = ("#C2417A", "#C77B0A", "#2F9E77", "#8A63D2", "#3F8FB0")  # contrast 3 and more on white and on the dark ground


def loss_figure(view: RunView, others: Sequence[RunView], names: dict[str, str]) -> Any:
    """Loss over steps, the learning rate on the right. names: of the lines, for people.

    others: their totals dashed, each in a colour of its own; the parts of this run's then wait in the legend for a click.
    """
    if not view.losses.steps and not any(other.losses.steps for other in others):
        return _nothing_yet(names["empty"])
    figure = _figure(names["steps"], names["losses"])
    series = view.losses
    # most runs have no pictures without labels
    told = [line for line in LOSS_LINES if line != "loss_unlabelled" or any(series.values.get(line, ()))]
    _own(figure, series, told, "loss", view.name if others else "", names)
    rate = {"color": "#9aa0b5", "width": 1, "dash": "dot"}
    figure.add_scatter(
        x=series.steps,
        y=series.values["lr"],
        name=names["lr"],
        mode="lines",
        line=rate,
        yaxis="y2",
        hovertemplate="%{y:.2g}",
    )
    _wait(figure, bool(others))
    for other, colour in zip(others, OTHERS, strict=False):
        past = other.losses
        _add(figure, past.steps, past.values["loss"], f"{names['loss']} · {other.name}", colour, 2.0, "dash")
    right = {"overlaying": "y", "side": "right", "showgrid": False, "exponentformat": "e", "rangemode": "tozero"}
    figure.update_layout(yaxis2=right | {"title": _title(names["lr"])})
    return figure


def score_figure(view: RunView, others: Sequence[RunView], names: dict[str, str]) -> Any:
    """hmean, precision and recall at each evaluation; the hmean of others as `loss_figure` has their losses."""
    if not view.evaluations.steps and not any(other.evaluations.steps for other in others):
        return _nothing_yet(names["empty-scores"])
    figure = _figure(names["steps"], names["scores"])
    _own(figure, view.evaluations, SCORE_LINES, "hmean", view.name if others else "", names)
    for other, colour in zip(others, OTHERS, strict=False):
        past = other.evaluations
        _add(figure, past.steps, past.values["hmean"], f"{names['hmean']} · {other.name}", colour, 2.0, "dash")
    figure.update_traces(mode="lines+markers")
    figure.update_layout(yaxis={"range": [0, 1.02]})
    return figure


def _own(figure: Any, series: Series, lines: Iterable[str], main: str, run: str, names: dict[str, str]) -> None:
    """main: the line that others have too. run: the name that it takes where others are shown; the rest then waits in the legend."""
    for line in lines:
        shown = f"{names[line]} · {run}" if run and line == main else names[line]
        _add(figure, series.steps, series.values[line], shown, COLOURS[line], 2.4 if line == main else 1.3)
        _wait(figure, line != main and bool(run))


def _wait(figure: Any, waits: bool) -> None:
    """Whether the last line is only in the legend, until it is clicked there."""
    if waits:
        figure.data[-1].visible = "legendonly"


def _nothing_yet(words: str) -> Any:
    """No axes, which would show figures that nobody measured."""
    figure = _figure("", "")
    figure.update_layout(xaxis={"visible": False}, yaxis={"visible": False}, height=HEIGHT // 2)
    figure.add_annotation(text=words, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font={"size": 13})
    return figure


def _figure(x_title: str, y_title: str) -> Any:
    """Empty axes. The colour of their words is the page's, see `page.css`: one that reads on light and dark is not to be had."""
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=HEIGHT,
        margin={"l": 52, "r": 56, "t": 30, "b": 48},  # above: the tool bar
        legend={"orientation": "h", "y": -0.26, "yanchor": "top", "x": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 11, "color": "#7a8099"},
        hovermode="x unified",
        xaxis={"gridcolor": "rgba(128,128,160,.18)", "zeroline": False, "title": _title(x_title)},
        yaxis={
            "gridcolor": "rgba(128,128,160,.18)",
            "zeroline": False,
            "rangemode": "tozero",
            "title": _title(y_title),
        },
        uirevision="keep",  # zoom and hidden lines stay as they are when new points come
    )
    return figure


def _title(words: str) -> dict[str, Any]:
    return {"text": words, "standoff": 6, "font": {"size": 11}}


def _add(
    figure: Any, steps: tuple[int, ...], values: tuple[float | None, ...], name: str, colour: str, width: float, dash: str = "solid"
) -> None:  # fmt: skip
    line = {"color": colour, "width": width, "dash": dash}
    figure.add_scatter(x=steps, y=values, name=name, mode="lines", line=line, hovertemplate="%{y:.4f}")
