"""The left half of 训练微调: what to train on, with which settings, what it will cost, and whether it may start."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.documented import documented_yaml
from ocrweb.config.dotted import Place
from ocrweb.config.presets import PRESETS, preset
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.services.files import scratch
from ocrweb.services.training import choices as training_choices
from ocrweb.services.training.checklist import check_config
from ocrweb.services.training.probe import estimate
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.both import both
from ocrweb.ui.parts.browser_state import browser_state
from ocrweb.ui.parts.built import LAST, QUIET
from ocrweb.ui.parts.fields import field
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label
from ocrweb.ui.parts.training_fields import (
    BASIC,
    FIELDS,
    command_of,
    config_from,
    config_of,
    differing,
    values_of,
)
from ocrweb.ui.training.differs import differences, differs_card, nearest_preset, preset_of, preset_values
from ocrweb.ui.training.present import checklist_card, estimate_card

ARROWS: dict[str, dict[str, Any]] = {"learning_rate": {"minimum": 0.0, "maximum": 0.1, "step": 0.0001}}
START = preset("safe")
STORED = "ocrweb-training-form"
# Brings the first that the page has of these into view: a button at the end of a long form answers far from itself.
SHOW_JS = """() => setTimeout(() => {
  const [problem, shown] = ["#training-said .ocrweb-problem", "SHOWN"].map((name) => document.querySelector(name));
  const target = problem ?? shown, box = target?.getBoundingClientRect();
  if (box && (box.top < 0 || box.bottom > innerHeight)) target.scrollIntoView({ block: "center" });
}, 150)"""


class TrainingForm:
    """The form's widgets. Handlers get a set of them as a dict of values, and answer with a dict of those that change."""

    def __init__(self) -> None:
        # What this browser kept: read by the one when the page opens, written by the other, which must not change the form.
        self.left, self.kept = (browser_state(STORED, holds_name=False) for _ in range(2))
        self.said = gr.HTML(elem_id="training-said")
        self.preset = gr.Radio(
            [(label(f"training.preset-{name}"), name) for name in PRESETS],
            value="safe", label=label("training.preset"), elem_id="training-preset",
        )  # fmt: skip
        self._basic = self._basics()
        with gr.Accordion(label("training.advanced"), open=False, elem_id="training-advanced"):
            gr.Textbox(
                label=label("training.search"),
                info=label("training.search-help"),
                elem_id="training-search",
                max_lines=1,
            )
            gr.HTML(f'<div class="ocrweb-note ocrweb-none-found">{both("training.search-none")}</div>')
            self._advanced = self._groups()
        self.wrong = gr.HTML(elem_id="training-wrong")
        self.fields: dict[str, Any] = self._basic | self._advanced  # by dotted key
        self.estimate = gr.Button(label("training.estimate-start"), size="sm", elem_id="training-estimate")
        self.cost = gr.HTML(elem_id="training-cost")
        gr.Markdown(label("training.checklist"))
        self.checklist = gr.HTML(elem_id="training-checklist")
        self.recheck = gr.Button(label("training.recheck"), size="sm", elem_id="training-recheck")
        self.opened = gr.Textbox("", visible="hidden", elem_id="training-opened")  # when the tab was looked at last
        self.differs = gr.HTML(elem_id="training-differs")
        self.reset = gr.Textbox("", visible="hidden", elem_id="training-reset")  # which setting goes back
        self.start = gr.Button(label("training.start"), variant="primary", elem_id="training-start")
        with gr.Column(visible=False) as self.asking:
            self.question = gr.HTML(elem_id="training-question")
            with gr.Row():
                self.start_checked = gr.Button(
                    label("training.start-checked"), variant="primary", elem_id="training-start-checked", min_width=200
                )
                self.start_all = gr.Button(label("training.start-all"), elem_id="training-start-all", min_width=200)
        with gr.Accordion(label("training.command"), open=False, elem_id="training-command-box"):
            self.command = gr.Code(
                command_of(_safe()), language="shell", label=label("training.command-label"), interactive=False,
                elem_id="training-command", lines=2, max_lines=8, wrap_lines=True, show_line_numbers=False,
            )  # fmt: skip
            with gr.Row():
                self.download = gr.DownloadButton(
                    label("training.config-download"), size="sm", elem_id="training-config"
                )
                self.upload = gr.UploadButton(
                    label("training.config-upload"), size="sm", file_types=[".yml", ".yaml"], elem_id="training-upload"
                )  # fmt: skip

    def wire(self, tab: gr.Tab) -> None:
        """Events inside the form; starting is wired by the tab, which watches the run. tab: the one it stands in."""
        shown = [self.wrong, self.kept, self.command, self.download, self.preset, self.differs]
        changes = [widget.change for widget in self.outputs]
        gr.on(changes, self.describe, self.inputs, shown, **QUIET, trigger_mode="always_last")
        self.left.change(self.restored, self.inputs | {self.left}, self.outputs, **QUIET)
        deciding = [
            self._basic[key]
            for key in ("dataset", "model", "batch_size", "epochs", "learning_rate", "device", "unlabelled.folder")
        ]
        tab.select(lambda: str(time.time_ns()), None, self.opened, **QUIET)
        # One event for all of them: asked again while an answer is due it waits, so that no older answer comes last.
        gr.on(
            [self.opened.change, self.recheck.click, *(widget.change for widget in deciding)], self.check,
            self.inputs | {self.opened}, self.checklist, **QUIET, trigger_mode="always_last", concurrency_limit=2, concurrency_id="checklist",
        )  # fmt: skip
        self.estimate.click(self.estimated, self.inputs, self.cost, api_visibility="private", concurrency_limit=2)
        self.reset.change(self.reset_one, self.inputs | {self.reset}, self.outputs, **QUIET)
        self.preset.input(self.use_preset, self.preset, self.outputs, **LAST)
        read = self.upload.upload(
            self.use_file, {self.upload, self.fields["dataset"]}, [self.said, *self.outputs], **LAST
        )
        read.then(None, None, None, js=show_js("#training-said"))
        dataset, model = self._basic["dataset"], self._basic["model"]
        dataset.focus(lambda: gr.Dropdown(choices=training_choices.dataset_names()), None, dataset, **QUIET)
        model.focus(lambda: gr.Dropdown(choices=training_choices.base_models()), None, model, **QUIET)

    @property
    def inputs(self) -> set[Any]:
        return set(self.fields.values())

    @property
    def outputs(self) -> list[Any]:
        return list(self.fields.values())

    def filled(self, config: TrainingConfig) -> dict[Any, Any]:
        """The answer of a handler that puts these settings into the form."""
        return {self.fields[key]: value for key, value in values_of(config).items()}

    def config(self, values: Mapping[Any, Any]) -> TrainingConfig:
        """The checked config of what a handler got. Raises as `config_of`."""
        return config_of({key: values.get(widget) for key, widget in self.fields.items()})

    def restored(self, values: dict[Any, Any]) -> dict[Any, Any]:
        """The form as this browser left it; untouched for a new visitor.

        What the visitor brought along, a dataset to train on, stays: the browser tells what it kept when the tab is first looked at.
        """
        config, now = config_from(values[self.left]), caught(lambda: self.config(values))
        if config is None or isinstance(now, OcrwebError):
            return gr.skip()
        opening, standing = values_of(_safe()), values_of(now)
        return {self.fields[key]: value for key, value in values_of(config).items() if standing[key] == opening[key]}

    def describe(self, values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """What is wrong with the form as it stands, what the browser keeps of it, its command line and its config file."""
        lang = texts.language_of(request)
        config = caught(lambda: self.config(values))
        if isinstance(config, OcrwebError):
            return {self.wrong: problem_card(config, lang), self.command: f"# {config.message(lang)}"}
        marked = preset_of(config)
        shown = {
            self.wrong: "", self.kept: differing(config), self.command: command_of(config),
            self.preset: marked, self.differs: differs_card(differences(config), nearest_preset(config), lang),
        }  # fmt: skip
        file = caught(lambda: _config_file(config))
        if isinstance(file, OcrwebError):
            return shown | {self.command: f"{command_of(config)}\n# {file.message(lang)}"}
        return shown | {self.download: gr.DownloadButton(value=file)}

    def check(self, values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """The checklist of the form as it stands, once the tab is looked at: it may have the machine prove itself."""
        if not values[self.opened]:
            return gr.skip()
        lang = texts.language_of(request)
        config = caught(lambda: self.config(values))
        if isinstance(config, OcrwebError):  # said in full beside the form
            return {self.checklist: note_card(texts.say("training.form-first", lang), "warning")}
        answer = caught(lambda: check_config(training_choices.allowed_config(config)))
        if isinstance(answer, OcrwebError):
            return {self.checklist: problem_card(answer, lang)}
        return {self.checklist: checklist_card(answer, lang)}

    def estimated(self, values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """Steps, time and memory by the probe."""
        lang = texts.language_of(request)
        answer = caught(lambda: estimate(training_choices.allowed_config(self.config(values))))
        if isinstance(answer, OcrwebError):
            return {self.cost: problem_card(answer, lang)}
        return {self.cost: estimate_card(answer, lang)}

    def use_preset(self, name: str | None) -> dict[Any, Any]:
        """The preset laid over the form; dataset, model and name are left alone, also when they change meanwhile."""
        if name is None:
            return gr.skip()
        return {self.fields[key]: value for key, value in preset_values(name).items()}

    def reset_one(self, values: dict[Any, Any]) -> dict[Any, Any]:
        """One setting as the preset has it that the form is nearest to."""
        key, config = str(values[self.reset]).split(" ")[0], caught(lambda: self.config(values))
        if isinstance(config, OcrwebError) or key not in (usual := preset_values(nearest_preset(config))):
            return gr.skip()
        return {self.fields[key]: usual[key]}

    def use_file(self, values: dict[Any, Any], request: gr.Request) -> dict[Any, Any]:
        """An uploaded config in the form; without a dataset in it the chosen one stays."""
        lang, file = texts.language_of(request), Path(values[self.upload])
        config = caught(lambda: training_choices.config_from_file(file))
        if isinstance(config, OcrwebError):
            return {self.said: problem_card(config, lang)}
        if not config.dataset:
            config = config.model_copy(update={"dataset": values[self.fields["dataset"]] or ""})
        said = note_card(texts.say("training.config-read", lang, name=file.name))
        return {self.said: said} | self.filled(config)

    def _basics(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for entry in FIELDS[: len(BASIC)]:
            changes = ARROWS.get(entry.key, {}) | ({"value": START[entry.key]} if entry.key in START else {})
            changes["elem_id"] = f"training-{entry.key.replace('.', '-')}"
            made[entry.key] = _choice(entry, changes) or field(entry.schema, entry.name, **changes)
        return made

    def _groups(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        group = None
        for entry in FIELDS[len(BASIC) :]:
            if entry.group != group:
                group = entry.group
                gr.Markdown(_heading(group), elem_classes="ocrweb-settings")
            made[entry.key] = field(entry.schema, entry.name, elem_id=f"training-{entry.key.replace('.', '-')}")
        return made


def show_js(shown: str) -> str:
    """A script that scrolls to the form's complaint, else to this, where it is out of sight. shown: CSS selector."""
    return SHOW_JS.replace("SHOWN", shown)


def _config_file(config: TrainingConfig) -> str:
    """The settings with their comments as a file that the page may fetch."""
    content = documented_yaml(config).encode()
    return scratch.write(f"det_db_{hashlib.sha256(content).hexdigest()[:10]}.yml", content)


def _choice(entry: Place, changes: dict[str, Any]) -> Any:
    """The three settings whose choices come from this machine; anything else may be typed in."""
    offered = {
        "dataset": training_choices.dataset_names, "model": training_choices.base_models,
        "device": training_choices.devices,
    }.get(entry.key)  # fmt: skip
    if offered is None:
        return None
    usual = field(entry.schema, entry.name, render=False)
    value = usual.value or None
    return gr.Dropdown(
        offered(), value=value, label=usual.label, info=usual.info, allow_custom_value=True, **changes
    )  # fmt: skip


def _heading(group: str) -> Any:
    """The group's title; a group that nobody has named yet goes by its key."""
    try:
        return label(f"training.group-{group.replace('.', '-') or 'general'}")
    except KeyError:
        return f"**{group}**"


def _safe() -> TrainingConfig:
    return TrainingConfig.model_validate(START)
