"""Why a run failed or is weak, with buttons that carry the remedies out; and the same for logs from elsewhere."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.services.detect import golden
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.models.listing import check_model
from ocrweb.services.training import choices as training_choices
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training.causes import causes_key, run_causes
from ocrweb.services.training.diagnosis import Cause, Evidence, Remedy, diagnose, looks_like_a_log
from ocrweb.services.training.diagnosis.apply import apply_changes
from ocrweb.services.training.diagnosis.evidence import evidence_of_file, evidence_of_text
from ocrweb.services.training.view import RunView
from ocrweb.services.training.weak_text import detect_weak_text
from ocrweb.ui.batch.golden import verdict_card
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import LAST, QUIET
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label
from ocrweb.ui.training.form import TrainingForm
from ocrweb.ui.training.mend import MendPanel
from ocrweb.ui.training.present import cause_cards, changes_line

BUTTONS = 6
LONGEST_PASTE = 64 * 2**20  # characters; what is longer is uploaded


class Offer(NamedTuple):
    """What the buttons do, and to which run: they may be pressed while another is just being chosen."""

    run: str = ""
    remedies: tuple[Remedy, ...] = ()


class Diagnosis:
    """Cards, and a fixed row of buttons of which as many are shown as there are remedies to carry out."""

    def __init__(self) -> None:
        self.cards = gr.HTML(elem_id="training-causes")
        self.offer = gr.State(Offer(), time_to_live=3600)
        with gr.Row():
            self.buttons = [
                gr.Button("", visible=False, size="sm", elem_id=f"training-remedy-{number}", min_width=120)
                for number in range(BUTTONS)
            ]
        self.answer = gr.HTML(elem_id="training-remedy-answer")
        self.mend = MendPanel()

    @property
    def outputs(self) -> list[Any]:
        return [self.cards, self.offer, *self.buttons]

    def wire(self, form: TrainingForm) -> None:
        for number, button in enumerate(self.buttons):
            button.click(
                self._carry_out(form, number), self.offer, [self.answer, *self.mend.outputs, *form.outputs],
                api_visibility="private", show_progress_on=self.answer,
            )  # fmt: skip
        self.mend.wire(self.answer, form)

    def news(self, view: RunView | None) -> Any:
        """Changes when `refresh` has something to tell."""
        return causes_key(view)

    def refresh(self, view: RunView | None, now: dict[str, Any], fresh: dict[str, Any], lang: str) -> dict[Any, Any]:
        """The causes of the shown run."""
        now["why"] = causes_key(view)
        if now["why"] == fresh.get("why") and fresh.get("lang") == lang:
            return {}
        causes = run_causes(view)
        remedies = _actions(causes)
        offer = Offer(view.name, remedies) if view else Offer()
        answer: dict[Any, Any] = {self.cards: cause_cards(causes, lang), self.offer: offer}
        for number, button in enumerate(self.buttons):
            shown = number < len(remedies)
            answer[button] = gr.Button(remedies[number].text(lang) if shown else "", visible=shown)
        return answer

    def _carry_out(self, form: TrainingForm, number: int) -> Any:
        """A handler of this button. form: holds the corrected settings afterwards when the remedy is a new run."""

        def work(offer: Offer, request: gr.Request) -> dict[Any, Any]:
            lang, hidden = texts.language_of(request), self.mend.hidden()
            if number >= len(offer.remedies):
                return hidden
            remedy, name = offer.remedies[number], offer.run
            if remedy.action in ("repair", "resize"):
                kind: Any = remedy.action
                asked = caught(lambda: self.mend.proposal(kind, name, lang))
                if isinstance(asked, OcrwebError):
                    return hidden | {self.answer: _elsewhere(asked, remedy, name, lang)}
                return asked | {self.answer: ""}
            answer = caught(lambda: _prepare(remedy, name, lang))
            if isinstance(answer, OcrwebError):
                return hidden | {self.answer: problem_card(answer, lang)}
            said, config = answer
            return hidden | {self.answer: said} | (form.filled(config) if config is not None else {})

        return work


class ForeignLog:
    """A log from PaddleOCR, ModelScope or PyTorch, pasted or uploaded."""

    def __init__(self) -> None:
        with gr.Accordion(label("training.foreign"), open=False, elem_id="training-foreign"):
            gr.Markdown(label("training.foreign-help"))
            self.text = gr.Textbox(
                label=label("training.foreign"),
                lines=5,
                max_lines=12,
                max_length=LONGEST_PASTE,
                show_label=False,
                elem_id="training-foreign-text",
            )
            self.file = gr.UploadButton(label("training.foreign-file"), size="sm", elem_id="training-foreign-file")
            self.ask = gr.Button(label("training.foreign-start"), elem_id="training-foreign-start")
            self.answer = gr.HTML(elem_id="training-foreign-answer")

    def wire(self) -> None:
        alone: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "foreign-log"}  # a long one takes a core
        self.ask.click(_read_text, self.text, self.answer, **QUIET, **alone)
        self.file.upload(_read_file, self.file, self.answer, **LAST, **alone)


def _read_text(text: str | None, request: gr.Request) -> str:
    return _explained(evidence_of_text(text or ""), texts.language_of(request))


def _read_file(file: str, request: gr.Request) -> str:
    return _explained(evidence_of_file(Path(file)), texts.language_of(request))


def _explained(evidence: Evidence, lang: str) -> str:
    notes = "".join(note_card(note.message(lang), "warning") for note in evidence.notes)
    if not evidence.lines:
        return note_card(texts.say("training.foreign-nothing", lang), "warning")
    if cards := cause_cards(diagnose(evidence), lang):
        return notes + cards
    if not looks_like_a_log(evidence):
        return notes + note_card(texts.say("training.foreign-unknown", lang), "warning")
    return notes + note_card(texts.say("training.foreign-healthy", lang), "good")


def _actions(causes: tuple[Cause, ...]) -> tuple[Remedy, ...]:
    """Remedies that a button can carry out, each once, of the surest causes first."""
    found: dict[str, Remedy] = {}
    for cause in causes:
        for remedy in cause.remedies:
            if remedy.action != "none":
                found.setdefault(remedy.id, remedy)
    return tuple(found.values())[:BUTTONS]


def _prepare(remedy: Remedy, run: str, lang: str) -> tuple[str, TrainingConfig | None]:
    """What to say, and the corrected settings for the form when the remedy is a new run."""
    if remedy.id == "resume":
        name = training_jobs.resume(run)
        return note_card(texts.say("training.resumed", lang, name=name), "good"), None
    config = training_choices.run_config(run)
    if remedy.action == "train":
        settings, changes = apply_changes(config.model_dump(mode="json"), remedy.changes)
        shown = changes_line(changes, lang) or texts.say("training.nothing-changes", lang)
        return note_card(texts.say("training.prepared", lang, changes=shown), "good"), TrainingConfig.model_validate(
            settings
        )
    if remedy.action == "golden":
        report = golden.run_golden(DetectRequest(model=check_model(config.model)))
        return verdict_card(report, lang), None
    if remedy.action == "detect":
        return _low_threshold(run, lang), None
    return note_card(texts.say("training.do-doctor", lang, command="ocrweb doctor")), None


def _elsewhere(error: OcrwebError, remedy: Remedy, run: str, lang: str) -> str:
    """A dataset that does not lie in the console's own place is mended by a command."""
    config = caught(lambda: training_choices.run_config(run))
    if isinstance(config, OcrwebError) or not error.code.startswith(("store.", "usage.bad-name")):
        return problem_card(error, lang)
    place = shlex.quote(config.dataset)
    command = {"repair": f"ocrweb validate {place} --fix", "resize": f"ocrweb resize {place} --max-side 640"}
    return note_card(texts.say(f"training.do-{remedy.action}", lang, command=command[remedy.action]), "warning")


def _low_threshold(run: str, lang: str) -> str:
    """Detection at threshold 0.05 on one of the run's own evaluation pictures, in numbers."""
    found = detect_weak_text(run)
    return note_card(texts.say("training.low-found", lang, boxes=len(found.regions), name=found.image_path))
