"""Which lines of a run are drawn, how boldly, on which axis, and what waits in the legend."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ocrweb.ui.training import plots
from ocrweb.ui.training.plots import COLOURS, LOSS_LINES, SCORE_LINES, loss_figure, score_figure

WORDS: Any = {name: name for name in ("steps", "losses", "scores", "lr", "empty", "empty-scores", *COLOURS)}
FIGURES = {"losses": (loss_figure, "loss"), "scores": (score_figure, "hmean")}


def run(name: str, steps: tuple[int, ...] = (10, 20), *, unlabelled: float | None = None) -> Any:
    """A run whose every line has a value of its own."""
    values = {
        line: tuple(float(place) for _ in steps) for place, line in enumerate((*LOSS_LINES, *SCORE_LINES, "lr"), 1)
    }
    values["loss_unlabelled"] = tuple(unlabelled for _ in steps)
    series = SimpleNamespace(steps=steps, values=values)
    return SimpleNamespace(name=name, losses=series, evaluations=series)


def lines_of(figure: Any) -> dict[str, Any]:
    return {line.name: line for line in figure.data}


@pytest.mark.parametrize("drawn", FIGURES)
def test_the_line_that_counts_is_the_boldest_and_each_has_its_values_and_colour(drawn: str) -> None:
    draw, main = FIGURES[drawn]
    lines = lines_of(draw(run("a"), (), WORDS))
    names = SCORE_LINES if drawn == "scores" else (*LOSS_LINES[:-1], "lr")
    assert tuple(lines) == names
    widths = {name: line.line.width for name, line in lines.items()}
    assert max(widths, key=lambda name: widths[name]) == main
    assert sorted(widths.values())[-2] < widths[main]
    for name, line in lines.items():
        assert list(line.x) == [10, 20]
        assert list(line.y) == list(run("a").losses.values[name])
        assert line.visible is None, "nothing waits where nothing is compared"
        if name in COLOURS:
            assert (line.line.color, line.line.dash) == (COLOURS[name], "solid")
    assert len({line.line.color for line in lines.values()}) == len(lines)


@pytest.mark.parametrize("drawn", FIGURES)
def test_other_runs_are_dashed_each_in_a_colour_of_its_own_and_the_parts_of_this_one_wait(drawn: str) -> None:
    draw, main = FIGURES[drawn]
    others = tuple(run(name, (5,)) for name in "bcdef")
    lines = lines_of(draw(run("a"), others, WORDS))
    compared = [lines[f"{main} · {name}"] for name in "bcdef"]
    assert {line.line.dash for line in compared} == {"dash"}
    assert len({line.line.color for line in (*compared, lines[f"{main} · a"])}) == 6
    assert [list(line.x) for line in compared] == [[5]] * 5
    shown = [name for name, line in lines.items() if line.visible is None]
    assert shown == [f"{main} · {name}" for name in "abcdef"]
    assert {line.visible for name, line in lines.items() if name not in shown} == {"legendonly"}


def test_the_learning_rate_has_the_right_axis_and_no_grid_of_its_own() -> None:
    figure = loss_figure(run("a"), (), WORDS)
    assert lines_of(figure)["lr"].yaxis == "y2"
    assert {line.yaxis for name, line in lines_of(figure).items() if name != "lr"} == {None}
    right = figure.layout.yaxis2
    assert (right.overlaying, right.side, right.showgrid, right.title.text) == ("y", "right", False, "lr")
    assert figure.layout.yaxis.rangemode == right.rangemode == "tozero"


@pytest.mark.parametrize(("unlabelled", "there"), [(None, False), (0.0, False), (0.5, True)])
def test_a_loss_of_pictures_without_labels_is_drawn_where_there_is_one(unlabelled: float | None, there: bool) -> None:
    assert ("loss_unlabelled" in lines_of(loss_figure(run("a", unlabelled=unlabelled), (), WORDS))) is there


def test_scores_have_points_and_room_for_the_best_there_can_be() -> None:
    figure = score_figure(run("a"), (), WORDS)
    assert {line.mode for line in figure.data} == {"lines+markers"}
    low, high = figure.layout.yaxis.range
    assert low == 0
    assert 1 < high < 1.1
    assert {line.mode for line in loss_figure(run("a"), (), WORDS).data} == {"lines"}


@pytest.mark.parametrize("drawn", FIGURES)
def test_without_anything_to_draw_a_lower_field_has_words_and_one_other_run_is_enough(drawn: str) -> None:
    draw, main = FIGURES[drawn]
    nothing = draw(run("a", ()), (run("b", ()),), WORDS)
    assert nothing.layout.annotations[0].text == ("empty" if drawn == "losses" else "empty-scores")
    assert (nothing.layout.annotations[0].x, nothing.layout.annotations[0].y) == (0.5, 0.5)
    assert nothing.layout.annotations[0].showarrow is False
    full = draw(run("a", ()), (run("b"),), WORDS)
    assert f"{main} · b" in lines_of(full)
    assert not full.layout.annotations
    assert nothing.layout.height * 2 == full.layout.height == plots.HEIGHT


def test_a_curve_stays_as_it_was_looked_at_and_the_ground_is_the_pages() -> None:
    layout = loss_figure(run("a"), (), WORDS).layout
    assert layout.uirevision == "keep"
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("steps", "losses")
    assert layout.legend.y < 0, "the legend lies below the axis"
    assert layout.xaxis.zeroline is layout.yaxis.zeroline is False
