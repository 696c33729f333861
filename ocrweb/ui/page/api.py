"""Named API endpoints beside the page: stable names, plain JSON answers, the same services.

A failure is told as one, with the document ``{"error": {"code", "message", "hint"}}``. With ``--mcp`` these are the tools.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import gradio as gr

from ocrweb.config.model_names import IN_USE
from ocrweb.errors import OcrwebError
from ocrweb.services.batch.run import BatchRequest, run_batch
from ocrweb.services.datasets import validation
from ocrweb.services.datasets.store import get_dataset
from ocrweb.services.detect import detection
from ocrweb.services.detect.golden import run_golden
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import chosen_options
from ocrweb.services.intake.allowed import check_allowed
from ocrweb.services.line.network import NETWORK, network_line
from ocrweb.services.line.waiting import current_turn
from ocrweb.services.machine.system import status
from ocrweb.services.models.listing import check_model, models_document
from ocrweb.ui.page.tuned import fields, tuned
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.picture_input import endpoint_picture, fetched, pictures_input


def build() -> None:
    """Invisible widgets that give each endpoint its typed inputs."""
    with gr.Group(visible=False):
        picture = endpoint_picture("picture")
        pictures = pictures_input("pictures")
        model = gr.Textbox(IN_USE, label="model")
        dataset = gr.Textbox("", label="dataset")
        archive = gr.File(label="archive")
        answer = gr.JSON()
        page = gr.Number(1, precision=0, label="page")
        tuning = [model, *fields()]
        network: dict[str, Any] = {"concurrency_id": NETWORK, "concurrency_limit": network_line.at_once}
        long: dict[str, Any] = {"concurrency_id": "many-pictures", "concurrency_limit": 1}  # single pictures go past it
        look: dict[str, Any] = {"concurrency_id": "look", "concurrency_limit": 8}
        for name, body, inputs, line in (
            ("detect", tuned(detect), [picture, *tuning, page], network),
            ("detect_batch", tuned(detect_batch), [pictures, *tuning], long),
            ("golden", golden, [model], long),
            ("validate", validate, [dataset, archive], {"concurrency_limit": 2}),
            ("models", models, [], look),
            ("status", machine_status, [], look),
        ):
            gr.Button(visible=False).click(body, inputs, answer, api_name=name, **line)


def detect(
    picture: Path | str,
    model: str = IN_USE,
    settings: Mapping[str, Any] = MappingProxyType({}),
    page: int | None = 1,
    request: gr.Request | None = None,
) -> dict[str, Any]:
    """Find the text regions of one picture, or of a page of a PDF or TIFF.

    page: counted from 1; its picture is named scan.pdf#3, and a PDF's boxes come in points too. Thresholds left out are those of the model's card, 0.2 where it names none.
    Returns boxes (8 integers each, clockwise from the top-left, pixels of the picture), scores and timings.
    """
    wanted = _request(model, settings)
    if not picture:
        raise OcrwebError("batch.no-pictures", path="picture")
    file = fetched(picture, "picture")
    found = detection.detect_once(file, wanted, file.name, page or 1, cancel=current_turn().gone)
    return found.to_dict(texts.language_of(request))


def detect_batch(
    pictures: list[Path | str],
    model: str = IN_USE,
    settings: Mapping[str, Any] = MappingProxyType({}),
    request: gr.Request | None = None,
) -> dict[str, Any]:
    """Find the text regions of many pictures, or of a zip of pictures; a bad one is an answer with its error."""
    wanted = _request(model, settings)
    if not pictures:
        raise OcrwebError("batch.no-pictures", path="pictures")
    files = tuple(fetched(picture, f"picture-{number}") for number, picture in enumerate(pictures, 1))
    report = run_batch(BatchRequest(files, wanted, names_only=True), cancel=current_turn().gone)
    return {
        "results": list(report.documents()),
        "summary": {"pictures": report.total, "failed": report.failed, "seconds": round(report.seconds, 3)},
    }


def golden(model: str = IN_USE, request: gr.Request | None = None) -> dict[str, Any]:
    """Check machine and model on three known pictures; the verdict is ok, weak or environment."""
    return run_golden(DetectRequest(model=check_model(model))).to_dict(texts.language_of(request))


def validate(dataset: str = "", archive: str | None = None, request: gr.Request | None = None) -> dict[str, Any]:
    """Check a dataset against all rules: an uploaded one by its name, an allowed folder, or a zip that is sent along.

    Returns ok (no error stops training), counts, findings with file and line, and statistics.
    """
    shown = dataset
    if archive:
        given, shown = Path(archive), Path(archive).name
    elif not dataset:
        raise OcrwebError("config.dataset-missing")
    else:
        given = check_allowed(Path(dataset)) if is_path(dataset) else get_dataset(dataset).path
    return validation.validate(given, shown=shown).to_dict(texts.language_of(request))


def models() -> dict[str, Any]:
    """All models that can be detected with or trained from."""
    return models_document()


def machine_status() -> dict[str, Any]:
    """Model in use, device, processor and memory load, versions."""
    return status().to_dict()


def _request(model: str, settings: Mapping[str, Any]) -> DetectRequest:
    model = check_model(model)
    decode, resize = chosen_options(model, settings)
    return DetectRequest(model=model, decode=decode, resize=resize)


def is_path(text: str) -> bool:
    """Whether a text leads to a folder of the machine, and is not the name of something stored."""
    return os.sep in text or text in (os.curdir, os.pardir) or text.startswith("~")
