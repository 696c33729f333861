"""What a finished run can do, in pictures and figures, and one click to use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.editor_address import editor_address
from ocrweb.config.judgement import IMPROVED
from ocrweb.errors import OcrwebError
from ocrweb.services.files import scratch
from ocrweb.services.labels.entries import stored_set
from ocrweb.services.training import choices as training_choices
from ocrweb.services.training import proof
from ocrweb.services.training.looks import JudgedBox
from ocrweb.services.training.proof import Proof
from ocrweb.services.training.view import RunView, run_view
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import EACH, QUIET, widget
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label
from ocrweb.ui.training.present import proof_card
from ocrweb.ui.training.watch import served_pictures
from ocrweb.ui.viewer.element import Layers, ShownBox, labelled_map_address, viewer

FOLLOWERS = ("single-model", "batch-model", "single-threshold", "batch-threshold")


class ProofPanel:
    def __init__(self) -> None:
        with gr.Column(visible=False, elem_id="training-proof") as self.panel:
            gr.Markdown(label("training.proof"))
            self.card = gr.HTML(elem_id="training-proof-card")
            with gr.Row():
                self.use = gr.Button(label("training.use"), variant="primary", elem_id="training-use")
                self.export = gr.Button(label("training.export"), elem_id="training-export")
                self.again = gr.Button(label("training.prove"), elem_id="training-prove")
            self.said = gr.HTML(elem_id="training-use-said")
            gr.Markdown(label("training.proof-pictures"))
            self.compared = _gallery("training.proof-compared-title", "training-compared")
            self.back = _gallery("training.proof-back-title", "training-back")
            self.probe = _gallery("training.proof-probe-title", "training-probe")
            self.picture = gr.HTML(elem_id="training-proof-picture")

    @property
    def outputs(self) -> list[Any]:
        return [self.panel, self.card, self.use, self.compared, self.back, self.probe, self.picture]

    def wire(self, run: Any) -> None:
        followers = [widget(name) for name in FOLLOWERS]
        tabs = widget("tabs")

        def use(shown: str | None, request: gr.Request) -> dict[Any, Any]:
            """The run's model and recommended threshold in the detection tabs, and the first of them in front."""
            view = run_view(shown)
            if view is None:
                return gr.skip()
            found = proof.read_proof(view.name)
            threshold = found.thresholds.get("threshold") if found else None
            said = note_card(texts.say("training.used", texts.language_of(request), name=view.name), "good")
            changes: dict[Any, Any] = {self.said: said, tabs: gr.Tabs(selected="single")}
            for name, follower in zip(FOLLOWERS, followers, strict=True):
                if name.endswith("-model"):
                    changes[follower] = gr.Dropdown(choices=[view.name], value=view.name)
                elif threshold is not None:
                    changes[follower] = threshold
            return changes

        self.use.click(use, run, [self.said, *followers, tabs], **QUIET)
        for gallery, name in ((self.compared, "compared"), (self.back, "back_test"), (self.probe, "probe")):
            gallery.select(opener(name), run, self.picture, **EACH)
        self.again.click(self.prove, run, self.outputs, api_visibility="private", show_progress_on=self.card)

    def link_export(self, run: Any) -> None:
        """Let the export button open the export tab, once that is built, with the run chosen there."""
        self.export.click(_export, run, [widget("export-model"), widget("tabs")], **QUIET)

    def news(self, view: RunView | None) -> Any:
        """Changes when `refresh` has something to tell."""
        return _stamp(view)

    def refresh(self, view: RunView | None, now: dict[str, Any], fresh: dict[str, Any], lang: str) -> dict[Any, Any]:
        now["proof"] = _stamp(view)
        if now["proof"] == fresh.get("proof") and fresh.get("lang") == lang:
            return {}
        return self._shown(view, proof.read_proof(view.name) if view else None, lang)

    def prove(self, run: str | None, request: gr.Request) -> dict[Any, Any]:
        """Judge the run again, now."""
        lang = texts.language_of(request)
        view = run_view(run)
        if view is None:  # deleted meanwhile
            return {self.card: ""}
        made = caught(lambda: proof.make_proof(view.name))
        if isinstance(made, OcrwebError):
            return {self.card: problem_card(made, lang)}
        return self._shown(view, proof.read_proof(view.name), lang)

    def _shown(self, view: RunView | None, found: Proof | None, lang: str) -> dict[Any, Any]:
        if view is None or view.state != "finished":
            return {self.panel: gr.Column(visible=False)}
        if found is None:
            return {
                self.panel: gr.Column(visible=True),
                self.card: note_card(texts.say("training.proof-waiting", lang)),
            }
        return {
            self.panel: gr.Column(visible=True),
            self.card: proof_card(found, lang),
            self.use: gr.Button(variant="primary" if found.figures.get("outcome") in (None, IMPROVED) else "secondary"),
            self.compared: _pictures(found.compared),
            self.back: _pictures(found.back_test),
            self.probe: _pictures(found.probe),
            self.picture: "",
        }


def _gallery(title: str, elem_id: str) -> gr.Gallery:
    return gr.Gallery(
        label=label(title),
        columns=2,
        height=300,
        object_fit="contain",
        interactive=False,
        elem_id=elem_id,
        visible=False,
        allow_preview=False,
        buttons=[],
    )


def opener(name: str) -> Callable[..., str]:
    """A handler for when a picture of the gallery that shows this field of the proof was clicked."""

    def open_one(run: str | None, event: gr.SelectData, request: gr.Request) -> str:
        return open_picture(name, run, event, request)

    return open_one


def open_picture(name: str, run: str | None, event: gr.SelectData, request: gr.Request) -> str:
    """A picture of one of the galleries was clicked: it with labels, misses and false alarms over it.

    name: of the field of the proof that the gallery shows.
    """
    view = run_view(run)
    found = proof.read_proof(view.name) if view else None
    pictures = getattr(found, name) if found else ()
    if found is None or event.index >= len(pictures):
        return ""
    lang, look = texts.language_of(request), found.look(pictures[event.index][0])
    if look is None:
        return note_card(texts.say("training.proof-old", lang))
    pixels = caught(lambda: scratch.show(proof.look_pixels(found, look)))
    if isinstance(pixels, OcrwebError):
        return problem_card(pixels, lang)
    other = (look.other[0], _boxes(look.other[1])) if look.other else None
    dataset = training_choices.known_name(found.dataset)
    stored = not isinstance(caught(lambda: stored_set(dataset).place(look.picture)), OcrwebError)
    edit = editor_address(dataset, look.picture) if stored else ""
    seen = labelled_map_address(dataset, look.picture, look.name) if stored else ""
    return viewer(pixels, Layers(_boxes(look.boxes), look.name, other, seen, edit), lang)


def _boxes(judged: Iterable[JudgedBox]) -> tuple[ShownBox, ...]:
    return tuple(ShownBox(box.points, box.kind, score=box.score) for box in judged)


def _pictures(shown: tuple[tuple[str, str], ...]) -> Any:
    return gr.Gallery(served_pictures([(Path(file), caption) for file, caption in shown]), visible=bool(shown))


def _stamp(view: RunView | None) -> tuple[Any, ...]:
    if view is None or view.state != "finished":
        return (view.name if view else "", "")
    file = view.folder / proof.FOLDER / "proof.json"
    return (view.name, file.stat().st_mtime_ns if file.is_file() else 0)


def _export(run: str | None) -> tuple[Any, Any]:
    """The export tab in front, with this run chosen."""
    view = run_view(run)
    if view is None:
        return gr.skip(), gr.skip()
    return gr.Dropdown(choices=[view.name], value=view.name), gr.Tabs(selected="exporting")
