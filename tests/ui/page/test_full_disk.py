"""A page whose files find no room says so in words: no handler lets a raw error out."""

from __future__ import annotations

import dataclasses
import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest

from ocrweb.config.training import TrainingConfig
from ocrweb.services.datasets import view as dataset_view
from ocrweb.services.datasets.view import GalleryPage
from ocrweb.services.files import scratch
from ocrweb.ui.batch import golden
from ocrweb.ui.datasets import look as dataset_look
from ocrweb.ui.datasets import one_picture
from ocrweb.ui.datasets.look import Wishes
from ocrweb.ui.datasets.one_picture import Opened
from ocrweb.ui.training import form as training_form
from ocrweb.ui.training import watch as training_watch

VISITOR: Any = SimpleNamespace(headers={"accept-language": "en"})
WORDS = "No space is left"
ITEM = SimpleNamespace(image="a.jpg", shown_name="a.jpg", findings=())


@pytest.fixture(autouse=True)
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    for name in ("write", "link", "show"):
        monkeypatch.setattr(scratch, name, full)


@pytest.fixture
def gallery(monkeypatch: pytest.MonkeyPatch) -> GalleryPage:
    """A page of one drawn picture."""
    view = SimpleNamespace(pixels=np.zeros((8, 8, 3), np.uint8), boxes=(), ignored=0, width=8, height=8)
    page: Any = SimpleNamespace(items=(ITEM,), page=1, pages=1, total=1, rules={})
    monkeypatch.setattr(dataset_view, "page_of", lambda *_, **__: page)
    monkeypatch.setattr(dataset_view, "picture_view", lambda *_, **__: view)
    for module in (dataset_look, one_picture):
        monkeypatch.setattr(module, "report_of", lambda name: None)
    return page  # type: ignore[no-any-return]


def test_the_form_still_gives_the_command() -> None:
    with gr.Blocks():
        form = training_form.TrainingForm()
    command = form.describe(form.filled(TrainingConfig(epochs=4)), VISITOR)[form.command]
    assert "epochs=4" in command
    assert WORDS in command


def test_the_pictures_of_a_dataset(gallery: GalleryPage) -> None:
    current: Any = SimpleNamespace(name="demo")
    names: Any = [field.name for field in dataclasses.fields(dataset_look.Gallery)]
    view = dataset_look.Gallery(*names)
    assert WORDS in view.draw(current, None, 1, "en")["words"]
    opened = view.other_mode(Opened("demo", gallery.items[0]), "plain", Wishes(), VISITOR)
    assert WORDS in opened["caption"]
    assert opened["picture"] == ""


def test_the_pictures_of_a_run_are_left_out() -> None:
    assert training_watch.served_pictures([(Path(__file__), "step 1")]) == []


def test_the_log_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log.txt").write_text("Starting training...\n")
    view = SimpleNamespace(folder=tmp_path, name="demo", log_size=21)
    monkeypatch.setattr(training_watch, "run_view", lambda run: view)
    watch: Any = SimpleNamespace(file="file", said="said")
    assert WORDS in training_watch.RunWatch.log_file(watch, "demo", VISITOR)["said"]


def test_the_golden_check_still_gives_its_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = SimpleNamespace(result=SimpleNamespace(success=True), name="a.jpg")
    monkeypatch.setattr(golden.golden, "run_golden", lambda request: SimpleNamespace(pictures=(picture,)))
    monkeypatch.setattr(golden.golden, "golden_drawing", lambda picture: np.zeros((8, 8, 3), np.uint8))
    monkeypatch.setattr(golden, "verdict_card", lambda report, lang: "<p>verdict</p>")
    view: Any = golden.Check("answer", "gallery", "closely", "checked", "own", "said")  # type: ignore[arg-type]
    card = view.check("ppocrv6-small", VISITOR)["answer"]
    assert card.startswith("<p>verdict</p>")
    assert WORDS in card
