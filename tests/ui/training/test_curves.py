"""Curves are drawn once for all who watch, and not for every line of the log."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest

from ocrweb.rundir import names
from ocrweb.rundir.events import EventWriter
from ocrweb.services.training.view import RunView, run_view
from ocrweb.ui.training import curves
from tests.services.training.made_runs import make_run, step_event


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    curves._stamps.clear()
    curves._drawn.clear()


def view_of(run: Path) -> RunView:
    view = run_view(run.name)
    assert view is not None
    return view


def test_two_visitors_get_the_very_same_drawing() -> None:
    run = make_run()
    step_event(EventWriter(run / names.EVENTS), 10, 2.0)
    assert curves.losses(view_of(run), (), "en") is curves.losses(view_of(run), (), "en")
    assert curves.losses(view_of(run), (), "zh") is not curves.losses(view_of(run), (), "en")


def test_steps_of_a_run_that_goes_on_are_drawn_at_most_every_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(curves.time, "monotonic", lambda: now)
    run = make_run(state="running")
    writer = EventWriter(run / names.EVENTS)
    step_event(writer, 10, 2.0)
    first = curves.stamp(view_of(run), ())
    step_event(writer, 20, 1.0)
    assert curves.stamp(view_of(run), ()) == first
    now += curves.EVERY
    assert curves.stamp(view_of(run), ()) != first


def test_an_evaluation_and_another_run_to_compare_are_drawn_at_once() -> None:
    run, other = make_run(state="running"), make_run("20260102_000000_other")
    writer = EventWriter(run / names.EVENTS)
    step_event(writer, 10, 2.0)
    first = curves.stamp(view_of(run), ())
    compared = curves.stamp(view_of(run), (view_of(other),))
    writer.write("eval", 10, epoch=1, hmean=0.5, precision=0.5, recall=0.5)
    assert len({first, compared, curves.stamp(view_of(run), ())}) == 3


def test_what_comes_after_a_quiet_while_is_drawn_at_once_and_then_they_rest_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(curves.time, "monotonic", lambda: now)
    run = make_run(state="running")
    writer = EventWriter(run / names.EVENTS)
    step_event(writer, 10, 2.0)
    stamps = [curves.stamp(view_of(run), ())]
    for step, seconds in ((20, 4.9), (30, 0.1), (40, 4.9), (40, 0.1), (40, 4.0), (50, 1.0), (60, 4.9)):
        now += seconds
        if step not in stamps[-1][-1][:1]:
            step_event(writer, step, 1.0)
        stamps.append(curves.stamp(view_of(run), ()))
    drawn_at = [stamp[4][0] for stamp in stamps]
    assert drawn_at == [10, 10, 30, 30, 40, 40, 50, 50]


def test_steps_of_the_other_run_wait_their_seconds_too_and_an_ended_run_is_drawn_with_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(curves.time, "monotonic", lambda: 1000.0)
    run, other, ended = make_run(state="running"), make_run("20260102_000000_other"), make_run("20260103_000000_ended")
    writer = EventWriter(other / names.EVENTS)
    step_event(writer, 10, 2.0)
    first, past = curves.stamp(view_of(run), (view_of(other),)), curves.stamp(view_of(ended), (view_of(other),))
    step_event(writer, 20, 2.0)
    assert curves.stamp(view_of(run), (view_of(other),)) == first
    assert curves.stamp(view_of(ended), (view_of(other),)) != past
    assert curves.stamp(None, ()) == curves.stamp(None, (view_of(other),)) == ()


def test_only_what_has_new_figures_is_drawn_anew_and_the_last_sixteen_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(state="running")
    writer = EventWriter(run / names.EVENTS)
    step_event(writer, 10, 2.0)
    writer.write("eval", 10, epoch=1, hmean=0.5, precision=0.5, recall=0.5)
    losses, scores = curves.losses(view_of(run), (), "en"), curves.scores(view_of(run), (), "en")
    step_event(writer, 20, 2.0)
    assert curves.losses(view_of(run), (), "en") is not losses
    assert curves.scores(view_of(run), (), "en") is scores
    writer.write("eval", 20, epoch=1, hmean=0.5, precision=0.5, recall=0.5)
    losses = curves.losses(view_of(run), (), "en")
    assert curves.scores(view_of(run), (), "en") is not scores
    assert curves.losses(view_of(run), (), "en") is losses

    drawings: list[str] = []
    monkeypatch.setattr(
        curves, "loss_figure", lambda view, *_: drawings.append(view.name) or SimpleNamespace(to_json=lambda: "{}")
    )
    curves._drawn.clear()
    views = [view_of(make_run(f"202602{number:02d}_000000_many")) for number in range(1, 18)]
    for view in [*views[:16], *views[:16], views[16], *views[1:17], views[0]]:
        curves.losses(view, (), "en")
    assert drawings == [view.name for view in [*views, views[0]]]


def test_the_other_runs_loss_and_hmean_lie_over_this_ones() -> None:
    run, other = make_run(), make_run("20260102_000000_other")
    for folder in (run, other):
        writer = EventWriter(folder / names.EVENTS)
        step_event(writer, 10, 2.0)
        writer.write("eval", 10, epoch=1, hmean=0.5, precision=0.5, recall=0.5)
    for drawn in (
        curves.losses(view_of(run), (view_of(other),), "en"),
        curves.scores(view_of(run), (view_of(other),), "en"),
    ):
        assert other.name in drawn.plot


def test_a_run_without_steps_has_words_in_place_of_axes() -> None:
    run = make_run()
    for drawn, said in ((curves.losses, "after the first steps"), (curves.scores, "after the first evaluation")):
        figure = json.loads(drawn(view_of(run), (), "en").plot)
        assert said in figure["layout"]["annotations"][0]["text"]
        assert figure["layout"]["xaxis"]["visible"] is figure["layout"]["yaxis"]["visible"] is False


def test_axes_have_titles_in_the_visitors_language() -> None:
    run = make_run()
    step_event(EventWriter(run / names.EVENTS), 10, 2.0)
    for lang, titles in (("en", ["step", "loss", "learning rate"]), ("zh", ["步数", "损失", "学习率"])):
        layout = json.loads(curves.losses(view_of(run), (), lang).plot)["layout"]
        assert [layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis", "yaxis2")] == titles


def test_the_event_of_each_second_answers_with_few_and_light_widgets(built_page: gr.Blocks) -> None:
    blocks = built_page.blocks.values()
    log = next(block._id for block in blocks if getattr(block, "elem_id", "") == "training-log")
    ticks = [fn for fn in built_page.fns.values() if log in [block._id for block in fn.outputs] and fn.queue is False]
    assert [len(fn.outputs) for fn in ticks] == [8]
    assert not {"plot", "gallery", "dataframe"} & {block.get_block_name() for block in ticks[0].outputs}
