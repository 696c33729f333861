"""② What the rules found in the chosen dataset, the repair with its preview, and what is left for a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.editor_address import editor_address
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import work as dataset_work
from ocrweb.services.datasets.importing import ImportOptions
from ocrweb.services.datasets.jobs import report_of, start_check
from ocrweb.services.datasets.store import get_dataset, list_datasets
from ocrweb.services.datasets.validation import SEVERITIES, decisions, findings_csv, findings_json
from ocrweb.services.files.scratch import scratch_folder
from ocrweb.services.labels.entries import stored_set
from ocrweb.ui.datasets.asked import Asked
from ocrweb.ui.datasets.findings import Editor, FindingFilter, decision_words, diff_html, findings_html, rule_choices
from ocrweb.ui.datasets.present import saved_findings, verdict_card
from ocrweb.ui.datasets.wires import Current, Wires
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.built import LAST, QUIET
from ocrweb.ui.parts.next_step import next_step
from ocrweb.ui.parts.opening import drawn_at_opening
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label

MOST_DECISIONS = 300  # offered at once


@dataclass(frozen=True)
class View:
    """The widgets that a check fills. Handlers answer with those that change."""

    verdict: gr.HTML
    convert: gr.Button
    guess: gr.Button
    tools: gr.Row
    undo: gr.Button
    preview: gr.Button
    filters: gr.Row
    severities: gr.CheckboxGroup
    rule: gr.Dropdown
    by_hand: gr.Checkbox
    findings: gr.HTML
    csv: gr.DownloadButton
    json: gr.DownloadButton
    diff: gr.HTML
    apply: gr.Row
    deciding: gr.Row
    decided: gr.Dropdown
    other: gr.File

    def outputs(self) -> list[Any]:
        return list(vars(self).values())

    def show(self, current: Current | None, asked: Asked, request: gr.Request) -> dict[Any, Any]:
        """Everything about the chosen dataset's latest check."""
        asked.ask(current.name if current else None)
        lang = texts.language_of(request)
        if current is None:
            return self._said(empty(lang))
        report = report_of(current.name)
        if report is None:
            foreign = caught(lambda: get_dataset(current.name).record.formats)
            if isinstance(foreign, OcrwebError):
                return self._said(problem_card(foreign, lang))
            key = "datasets.note-foreign" if foreign else "datasets.not-checked"
            card = note_card(texts.say(key, lang, formats=", ".join(foreign)), "warning" if foreign else "note")
            return self._said(card, convert=bool(foreign), again=not foreign)
        undoable = caught(lambda: dataset_work.can_undo(current.name))
        documents = {"csv": findings_csv(report, lang), "json": findings_json(report, lang)}
        saved = caught(lambda: saved_findings(scratch_folder(), current.name, lang, documents))
        if isinstance(saved, OcrwebError):
            return self._said(problem_card(saved, lang))
        found = bool(report.findings)
        open_ones = decisions(report.findings)[:MOST_DECISIONS]
        names = [(texts.say(f"datasets.severity-{name}", lang), name) for name in SEVERITIES]
        every = (texts.say("datasets.every-rule", lang), "")
        return {
            self.verdict: verdict_card(report, lang),
            self.convert: gr.Button(visible="layout.foreign" in report.rules),
            self.guess: gr.Button(
                visible=bool({"layout.plain-pictures", "layout.unknown-labels"} & report.rules.keys())
            ),
            self.tools: gr.Row(visible=True),
            self.undo: gr.Button(visible=undoable is True),
            self.preview: gr.Button(visible=report.fixable > 0),
            self.filters: gr.Row(visible=found),
            self.severities: gr.CheckboxGroup(names, value=list(SEVERITIES)),
            self.rule: gr.Dropdown([every, *rule_choices(report, lang)], value=""),
            self.by_hand: False,
            self.findings: findings_html(report, FindingFilter(), lang, editor_of(current.name)),
            self.csv: gr.DownloadButton(value=saved["csv"], visible=found),
            self.json: gr.DownloadButton(value=saved["json"], visible=found),
            self.diff: "",
            self.apply: gr.Row(visible=False),
            self.deciding: gr.Row(visible=bool(open_ones)),
            self.decided: gr.Dropdown([(decision_words(one, report, lang), one.key) for one in open_ones], value=[]),
            self.other: gr.File(None, visible=any(one.deed == "replace" for one in open_ones)),
        }

    def show_preview(self, current: Current | None, asked: Asked, request: gr.Request) -> dict[Any, Any]:
        """Every change of the repair, and the buttons that make them, while it is of what the page shows."""
        if current is None:
            return gr.skip()
        lang = texts.language_of(request)
        unchanged = asked.unchanged()
        plan = caught(lambda: dataset_work.preview_repair(current.name))
        if not unchanged():
            return gr.skip()
        if isinstance(plan, OcrwebError):
            return {self.diff: problem_card(plan, lang), self.apply: gr.Row(visible=False)}
        return {self.diff: diff_html(plan, lang), self.apply: gr.Row(visible=bool(plan.changes))}

    def _said(self, card: str, *, convert: bool = False, again: bool = False) -> dict[Any, Any]:
        """Only a sentence, with everything else put away. again: a check can be started."""
        buttons = {button: gr.Button(visible=False) for button in (self.guess, self.undo, self.preview)}
        downloads = {button: gr.DownloadButton(visible=False) for button in (self.csv, self.json)}
        rows = {row: gr.Row(visible=False) for row in (self.filters, self.apply, self.deciding)}
        return {
            self.verdict: card,
            self.convert: gr.Button(visible=convert),
            self.tools: gr.Row(visible=again),
            self.by_hand: False,
            self.findings: "",
            self.diff: "",
            **buttons,
            **downloads,
            **rows,
        }


@dataclass(frozen=True)
class Deeds:
    """Work on the dataset that is looked at; nothing while none is."""

    wires: Wires

    def check_again(self, current: Current | None, strict: bool, request: gr.Request) -> dict[Any, Any]:
        return self._on(current, lambda name: start_check(name, strict=strict), request)

    def repair_in_place(self, current: Current | None, request: gr.Request) -> dict[Any, Any]:
        return self._on(current, lambda name: dataset_work.start_repair(name, copy=False), request)

    def repair_copy(self, current: Current | None, request: gr.Request) -> dict[Any, Any]:
        return self._on(current, lambda name: dataset_work.start_repair(name, copy=True), request)

    def decide(
        self, current: Current | None, keys: list[str] | None, other: str | None, request: gr.Request
    ) -> dict[Any, Any]:
        """The chosen deeds. other: the picture that takes the place of one."""
        lang = texts.language_of(request)
        report = report_of(current.name) if current else None
        chosen = [one for one in decisions(report.findings) if one.key in (keys or ())] if report else []
        if not chosen:
            return self.wires.refused("datasets.decide-first", lang)
        replaced = sum(one.deed == "replace" for one in chosen)
        if replaced > 1 or (replaced and not other):
            return self.wires.refused("datasets.replace-one" if other else "datasets.replace-first", lang)
        picture = Path(other) if other and replaced else None
        return self._on(current, lambda name: dataset_work.start_decisions(name, chosen, picture), request)

    def take_back(self, current: Current | None, request: gr.Request) -> dict[Any, Any]:
        return self._on(current, dataset_work.start_undo, request)

    def convert_labels(self, current: Current | None, request: gr.Request) -> dict[Any, Any]:
        """Another tool's labels become a new dataset in the training layout."""
        return self._on(current, lambda name: dataset_work.start_import((), name, "", ImportOptions()), request)

    def label_pictures(self, current: Current | None, request: gr.Request) -> dict[Any, Any]:
        """Pictures that nobody labelled become a new dataset, labelled by the default model."""
        return self._on(current, dataset_work.start_autolabel_stored, request)

    def _on(self, current: Current | None, work: Any, request: gr.Request) -> dict[Any, Any]:
        if current is None:
            return gr.skip()
        return self.wires.starting(lambda: work(current.name), texts.language_of(request))


def build(wires: Wires) -> None:
    verdict = gr.HTML(elem_id="dataset-verdict")
    convert = gr.Button(label("datasets.convert"), variant="primary", visible=False, elem_id="dataset-convert")
    guess = gr.Button(label("datasets.label-these"), variant="primary", visible=False, elem_id="dataset-label-these")
    with gr.Row(visible=False) as tools:
        preview = gr.Button(label("datasets.preview"), variant="primary", elem_id="dataset-preview", min_width=160)
        undo = gr.Button(label("datasets.undo"), visible=False, elem_id="dataset-undo", min_width=160)
        again = gr.Button(label("datasets.check-again"), elem_id="dataset-again", min_width=160)
        strict = gr.Checkbox(False, label=label("datasets.strict"), elem_id="dataset-strict", min_width=160)
    diff = gr.HTML(elem_id="dataset-diff")
    with gr.Row(visible=False) as apply:
        in_place = gr.Button(label("datasets.apply"), variant="primary", elem_id="dataset-apply", min_width=200)
        copy = gr.Button(label("datasets.apply-copy"), elem_id="dataset-apply-copy", min_width=200)
    with gr.Row(visible=False, equal_height=False, elem_classes="ocrweb-wrap") as filters:
        severities = gr.CheckboxGroup(
            list(SEVERITIES), value=list(SEVERITIES), label=label("datasets.severity"), elem_id="dataset-severity",
            min_width=220,
        )  # fmt: skip
        rule = gr.Dropdown([], label=label("datasets.rule"), elem_id="dataset-rule", min_width=220)
        by_hand = gr.Checkbox(False, label=label("datasets.only-by-hand"), elem_id="dataset-by-hand", min_width=160)
    with gr.Row(visible=False, equal_height=True, elem_classes="ocrweb-wrap") as deciding:
        decided = gr.Dropdown(
            [], multiselect=True, label=label("datasets.decide"), elem_id="dataset-decide", min_width=320, scale=3
        )
        other = gr.File(
            label=label("datasets.replace-by"), file_types=["image", ".bmp"], height=150, elem_id="dataset-other",
            min_width=220, scale=1,
        )  # fmt: skip
        carry_out = gr.Button(label("datasets.decide-now"), elem_id="dataset-decide-now", min_width=160, scale=1)
    findings = gr.HTML(elem_id="dataset-findings")
    with gr.Row():
        csv = gr.DownloadButton(label("datasets.csv"), visible=False, size="sm", elem_id="dataset-csv", min_width=140)
        json = gr.DownloadButton(
            label("datasets.json"), visible=False, size="sm", elem_id="dataset-json", min_width=140
        )
    view = View(
        verdict,
        convert,
        guess,
        tools,
        undo,
        preview,
        filters,
        severities,
        rule,
        by_hand,
        findings,
        csv,
        json,
        diff,
        apply,
        deciding,
        decided,
        other,
    )

    asked = gr.State(Asked())
    wires.current.change(view.show, [wires.current, asked], view.outputs(), **QUIET)
    for knob in (severities, rule, by_hand):
        knob.input(filtered, [wires.current, severities, rule, by_hand], findings, **LAST)
    preview.click(view.show_preview, [wires.current, asked], [diff, apply], **QUIET)
    deeds = Deeds(wires)
    again.click(deeds.check_again, [wires.current, strict], wires.started(), **QUIET)
    in_place.click(deeds.repair_in_place, wires.current, wires.started(), **QUIET)
    copy.click(deeds.repair_copy, wires.current, wires.started(), **QUIET)
    carry_out.click(deeds.decide, [wires.current, decided, other], wires.started(), **QUIET)
    undo.click(deeds.take_back, wires.current, wires.started(), **QUIET)
    convert.click(deeds.convert_labels, wires.current, wires.started(), **QUIET)
    guess.click(deeds.label_pictures, wires.current, wires.started(), **QUIET)
    drawn_at_opening(verdict, lambda lang: {"value": empty(lang)})


def empty(lang: str) -> str:
    """Without any dataset, drawn samples are the quickest way on; else the newest one."""
    known = caught(list_datasets)
    if isinstance(known, OcrwebError) or not known:
        return next_step(
            texts.say("datasets.empty", lang), texts.say("datasets.try-sample", lang), press="#dataset-try"
        )
    open_it = texts.say("datasets.open-newest", lang, name=known[0].name)
    return next_step(texts.say("datasets.empty", lang), open_it, press="#dataset-newest")


def filtered(
    current: Current | None, severities: list[str], rule: str | None, by_hand: bool, request: gr.Request
) -> Any:
    report = report_of(current.name) if current else None
    if report is None:
        return gr.skip()
    chosen = FindingFilter(tuple(severities), rule or "", by_hand)
    assert current is not None
    return findings_html(report, chosen, texts.language_of(request), editor_of(current.name))


def editor_of(name: str) -> Editor:
    """Where the labels of a file's picture are edited; nowhere for what cannot be labelled."""
    found = caught(lambda: stored_set(name).by_file())
    pictures = {} if isinstance(found, OcrwebError) else found

    def address(file: str) -> str:
        return editor_address(name, pictures[file]) if file in pictures else ""

    return address
