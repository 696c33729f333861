"""训练微调: start, watch, understand, mend, use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.services.training import choices as training_choices
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training.checked_alone import reviewed, start_on_checked
from ocrweb.services.training.view import run_view
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.address import Address, asked_js, named
from ocrweb.ui.parts.built import QUIET, page
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.seen import word
from ocrweb.ui.parts.texts import label
from ocrweb.ui.training import curves
from ocrweb.ui.training.differs import compared_settings
from ocrweb.ui.training.form import TrainingForm, show_js
from ocrweb.ui.training.proof import ProofPanel
from ocrweb.ui.training.watch import RECALL_JS, RunWatch, other_views
from ocrweb.ui.training.why import Diagnosis, ForeignLog


def build(tab: gr.Tab, address: Address) -> Callable[[], None]:
    """The tab's widgets and events. tab: the one it stands in; the single and batch tabs are built before.

    Returns what to call when the export tab is built too: it links the two.
    """
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(label("training.step-settings"))
            form = TrainingForm()
            foreign = ForeignLog()
        with gr.Column(scale=3, min_width=320):
            gr.Markdown(label("training.step-watch"))
            watch = RunWatch()
            with watch.told:
                why = Diagnosis()
            panel = ProofPanel()
    form.wire(tab)
    watch.wire()
    why.wire(form)
    foreign.wire()
    panel.wire(watch.run)

    glance = {watch.run, watch.follow, watch.other, *watch.seen}
    outputs = [watch.run, *watch.outputs, *why.outputs, *panel.outputs]

    def look(values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """The log and the state, once a second; whether anything else changed, as a word whose change asks for it."""
        lang, view = texts.language_of(request), run_view(values[watch.run])
        news = (lang, *watch.news(view), why.news(view), panel.news(view))
        drawn = (lang, curves.stamp(view, other_views(values[watch.other], view)))
        seen = [values[each] for each in watch.seen]
        return watch.look(view, seen, (word(news), word(drawn)), lang, follow=values[watch.follow]) or gr.skip()

    def draw(run: str | None, other: list[str] | None, request: gr.Request) -> tuple[Any, Any, str]:
        """The curves, of several runs when others are chosen, and then in which settings these differ."""
        lang, view = texts.language_of(request), run_view(run)
        compared = other_views(other, view)
        if view is None:
            return None, None, ""
        differing = "".join(settings_between(view.name, each.name, lang) for each in compared)
        return curves.losses(view, compared, lang), curves.scores(view, compared, lang), differing

    def refresh(
        run: str | None, shown: dict[str, Any] | None, noted: str, other: list[str] | None, request: gr.Request
    ) -> dict[Any, Any]:
        """What changed since the last time, of everything else on the right."""
        lang, before = texts.language_of(request), dict(shown or {})
        view, now = run_view(run), {"lang": lang}
        answer = watch.refresh(view, (noted, other), now, before, lang)
        if run and view is None:  # deleted in another window: the newest takes its place
            answer[watch.run] = None
        answer |= why.refresh(view, now, before, lang)
        answer |= panel.refresh(view, now, before, lang)
        return answer | {watch.shown: now}

    def start_run(values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """Start or queue the run; its name, and what to tell. Labels that nobody has checked are asked about first."""
        lang = texts.language_of(request)
        config = caught(lambda: training_choices.allowed_config(form.config(values)))
        found = None if isinstance(config, OcrwebError) else reviewed(config.dataset)
        if found is None or not found.unchecked:
            return start_all(values, request)
        told = texts.say("training.ask-unchecked", lang, unchecked=found.unchecked, checked=found.checked)
        return {
            form.said: "",
            form.asking: gr.Column(visible=True),
            form.question: note_card(told, "warning"),
            form.start_checked: gr.Button(visible=found.checked > 0),
        }

    def start_all(values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        return started_by(training_jobs.start, values, request)

    def start_checked(values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        return started_by(lambda config: start_on_checked(config)[0], values, request)

    def started_by(
        start: Callable[[TrainingConfig], str], values: dict[Any, Any], request: gr.Request
    ) -> dict[Any, Any]:
        lang, asked = texts.language_of(request), {form.asking: gr.Column(visible=False)}
        answer = caught(lambda: start(training_choices.allowed_config(form.config(values))))
        if isinstance(answer, OcrwebError):
            return {form.said: problem_card(answer, lang)} | asked
        view = run_view(answer)
        told = "queued" if view is not None and view.state == "queued" else "started"
        return {watch.run: answer, form.said: note_card(texts.say(f"training.{told}", lang, name=answer))} | asked

    def copy_run(run: str | None, request: gr.Request) -> dict[Any, Any]:
        """The settings of the shown run in the form, to change and start as a new one."""
        lang = texts.language_of(request)
        config = caught(lambda: training_choices.run_config(run or "latest"))
        if isinstance(config, OcrwebError):
            return {form.said: problem_card(config, lang)}
        return {form.said: note_card(texts.say("training.copied", lang))} | form.filled(config)

    # Gradio makes every output of an event anew, also one that is skipped: the event of each second has few of them.
    many: dict[str, Any] = {"concurrency_limit": 16, "concurrency_id": "training-watch"}
    seen_by_visitor = [watch.run, watch.shown, watch.list.noted, watch.other]
    watch.news_word.change(refresh, seen_by_visitor, outputs, **QUIET, **many)
    watch.curves_word.change(
        draw, [watch.run, watch.other], [watch.losses, watch.scores, watch.settings], **QUIET, **many
    )
    watch.timer.tick(look, glance, watch.live, **QUIET, queue=False)
    recalled = page().load(None, watch.run, watch.run, **QUIET, js=RECALL_JS)
    recalled.then(look, glance, watch.live, **QUIET, **many)
    address.opened.then(lambda query: named(query, "run") or gr.skip(), address.field, watch.run, **QUIET)
    dataset = form.fields["dataset"]  # any text is taken: the checklist says what is wrong with a name that nothing has
    page().load(None, dataset, dataset, **QUIET, js=asked_js("dataset", "null", "training"))
    address.opened.then(lambda query: named(query, "dataset", "training") or gr.skip(), address.field, dataset, **QUIET)
    for knob in (watch.run, watch.other, watch.follow):
        knob.change(look, glance, watch.live, **QUIET, **many)
    for button, begin in ((form.start, start_run), (form.start_all, start_all), (form.start_checked, start_checked)):
        started = button.click(
            begin, form.inputs, [watch.run, form.said, form.asking, form.question, form.start_checked],
            api_visibility="private", show_progress_on=form.said,
        )  # fmt: skip
        started.success(look, glance, watch.live, **QUIET, **many)
        started.then(None, None, None, js=show_js("#training-start-all, #training-status"))
    copied = watch.copy.click(copy_run, watch.run, [form.said, *form.outputs], **QUIET)
    copied.then(None, None, None, js=show_js("#training-said"))
    return lambda: panel.link_export(watch.run)


def settings_between(run: str, other: str, lang: str) -> str:
    """HTML; nothing where the settings of one of them cannot be read."""
    found = caught(lambda: (training_choices.run_config(run), training_choices.run_config(other)))
    return "" if isinstance(found, OcrwebError) else compared_settings(*found, lang, other)
