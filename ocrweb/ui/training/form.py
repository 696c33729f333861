"""The left half of 训练微调: what to train on, with which settings, what it will cost, and whether it may start."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.documented import documented_yaml
from ocrweb.config.loader import merge
from ocrweb.config.presets import PRESETS, preset
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.services.files import scratch
from ocrweb.services.training import choices as training_choices
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training.checklist import check_config
from ocrweb.services.training.probe import estimate
from ocrweb.services.training.view import run_view
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.browser_state import browser_state
from ocrweb.ui.parts.fields import field
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.texts import label
from ocrweb.ui.parts.training_fields import (
    BASIC,
    FIELDS,
    SCHEMAS,
    FormField,
    command_of,
    config_from,
    config_of,
    differing,
    values_of,
)
from ocrweb.ui.training.present import checklist_card, estimate_card

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
ARROWS: dict[str, dict[str, Any]] = {"learning_rate": {"minimum": 0.0, "maximum": 0.1, "step": 0.0001}}
START = preset("safe")
STORED = "ocrweb-training-form"
# Brings the first that the page has of these into view: a button at the end of a long form answers far from itself.
SHOW_JS = """() => setTimeout(() => {
  const [problem, shown] = ["#training-said .ocrweb-problem", "SHOWN"].map((name) => document.querySelector(name));
  const target = problem ?? shown, box = target?.getBoundingClientRect();
  if (box && (box.top < 0 || box.bottom > innerHeight)) target.scrollIntoView({ block: "center" });
}, 150)"""
KEPT = ("dataset", "model", "name")


class TrainingForm:
    """The form's widgets; `values` in the order of `FIELDS`."""

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
            self._advanced = self._groups()
        self.wrong = gr.HTML(elem_id="training-wrong")
        self.values = [self._basic.get(entry.key) or self._advanced[entry.key] for entry in FIELDS]
        self.estimate = gr.Button(label("training.estimate-start"), size="sm", elem_id="training-estimate")
        self.cost = gr.HTML(elem_id="training-cost")
        gr.Markdown(label("training.checklist"))
        self.checklist = gr.HTML(elem_id="training-checklist")
        self.recheck = gr.Button(label("training.recheck"), size="sm", elem_id="training-recheck")
        self.start = gr.Button(label("training.start"), variant="primary", elem_id="training-start")
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
        shown = [self.wrong, self.kept, self.command, self.download]
        gr.on(
            [widget.change for widget in self.values], describe, self.values, shown, **QUIET, trigger_mode="always_last"
        )
        self.left.change(restored, self.left, self.values, **QUIET)
        deciding = [self._basic[key] for key in ("dataset", "model", "batch_size", "epochs", "learning_rate", "device")]
        # One event for all of them: asked again while an answer is due it waits, so that no older answer comes last.
        gr.on(
            [tab.select, self.recheck.click, *(widget.change for widget in deciding)], check, self.values,
            self.checklist, **QUIET, trigger_mode="always_last", concurrency_limit=2, concurrency_id="checklist",
        )  # fmt: skip
        self.estimate.click(cost, self.values, self.cost, api_visibility="private", concurrency_limit=2)
        self.preset.input(use_preset, self.preset, self.values, **QUIET)
        self.upload.upload(use_file, [self.upload, *self.values], [self.said, *self.values], **QUIET).then(
            None, None, None, js=show_js("#training-said")
        )
        dataset, model = self._basic["dataset"], self._basic["model"]
        dataset.focus(lambda: gr.Dropdown(choices=training_choices.dataset_names()), None, dataset, **QUIET)
        model.focus(lambda: gr.Dropdown(choices=training_choices.base_models()), None, model, **QUIET)

    def _basics(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for entry in FIELDS[: len(BASIC)]:
            changes = ARROWS.get(entry.key, {}) | ({"value": START[entry.key]} if entry.key in START else {})
            changes["elem_id"] = f"training-{entry.key}"
            made[entry.key] = _choice(entry, changes) or field(entry.schema, entry.name, **changes)
        return made

    def _groups(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        group = None
        for entry in FIELDS[len(BASIC) :]:
            if entry.group != group:
                group = entry.group
                gr.Markdown(_heading(group))
            made[entry.key] = field(entry.schema, entry.name, elem_id=f"training-{entry.key.replace('.', '-')}")
        return made


def show_js(shown: str) -> str:
    """A script that scrolls to the form's complaint, else to this, where it is out of sight. shown: CSS selector."""
    return SHOW_JS.replace("SHOWN", shown)


def restored(kept: Any) -> Any:
    """The form as this browser left it; untouched for a new visitor."""
    config = config_from(kept)
    return values_of(config) if config is not None else [gr.skip() for _ in FIELDS]


def describe(request: gr.Request, *values: Any) -> tuple[Any, Any, Any, Any]:
    """What is wrong with the form as it stands, what the browser keeps of it, its command line and its config file."""
    lang = texts.language_of(request)
    config = caught(lambda: config_of(values))
    if isinstance(config, OcrwebError):
        return problem_card(config, lang), gr.skip(), f"# {config.message(lang)}", gr.skip()
    file = caught(lambda: _config_file(config))
    if isinstance(file, OcrwebError):
        return "", differing(config), f"{command_of(config)}\n# {file.message(lang)}", gr.skip()
    return "", differing(config), command_of(config), gr.DownloadButton(value=file)


def _config_file(config: TrainingConfig) -> str:
    """The settings with their comments as a file that the page may fetch."""
    content = documented_yaml(config).encode()
    return scratch.write(f"det_db_{hashlib.sha256(content).hexdigest()[:10]}.yml", content)


def check(request: gr.Request, *values: Any) -> str:
    """The checklist of the form as it stands."""
    lang = texts.language_of(request)
    config = caught(lambda: config_of(values))
    if isinstance(config, OcrwebError):  # said in full beside the form
        return note_card(texts.say("training.form-first", lang), "warning")
    answer = caught(lambda: check_config(training_choices.allowed_config(config)))
    return problem_card(answer, lang) if isinstance(answer, OcrwebError) else checklist_card(answer, lang)


def cost(request: gr.Request, *values: Any) -> str:
    """Steps, time and memory by the probe."""
    lang = texts.language_of(request)
    answer = caught(lambda: estimate(training_choices.allowed_config(config_of(values))))
    return problem_card(answer, lang) if isinstance(answer, OcrwebError) else estimate_card(answer, lang)


def start_run(request: gr.Request, *values: Any) -> tuple[Any, str]:
    """Start or queue the run; its name, and what to tell."""
    lang = texts.language_of(request)
    answer = caught(lambda: training_jobs.start(training_choices.allowed_config(config_of(values))))
    if isinstance(answer, OcrwebError):
        return gr.skip(), problem_card(answer, lang)
    view = run_view(answer)
    told = "queued" if view is not None and view.state == "queued" else "started"
    return answer, note_card(texts.say(f"training.{told}", lang, name=answer))


def use_preset(name: str | None) -> list[Any]:
    """The preset laid over the form; dataset, model and name are left alone, also when they change meanwhile."""
    if name is None:
        return [gr.skip() for _ in FIELDS]
    laid = merge(TrainingConfig().model_dump(), preset(name))
    updates = values_of(TrainingConfig.model_validate(laid))
    return [gr.skip() if entry.key in KEPT else update for entry, update in zip(FIELDS, updates, strict=True)]


def use_file(request: gr.Request, file: str, *values: Any) -> list[Any]:
    """An uploaded config in the form; without a dataset in it the chosen one stays."""
    lang = texts.language_of(request)
    config = caught(lambda: training_choices.config_from_file(Path(file)))
    if isinstance(config, OcrwebError):
        return [problem_card(config, lang), *(gr.skip() for _ in values)]
    if not config.dataset:
        config = config.model_copy(update={"dataset": values[0] or ""})
    return [note_card(texts.say("training.config-read", lang, name=Path(file).name)), *values_of(config)]


def _choice(entry: FormField, changes: dict[str, Any]) -> Any:
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


__all__ = ["SCHEMAS", "TrainingForm", "show_js", "start_run"]
