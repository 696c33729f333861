"""Starting a batch that cannot start, and what every part of the page has in common."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.access.secret import page_secret
from ocrweb.ui.batch import view as batch
from ocrweb.ui.page.app import build_page

VISITOR: Any = SimpleNamespace(headers={"accept-language": "en"}, session_hash="a")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    return tmp_path


def is_skipped(update: Any) -> bool:
    return bool(update == gr.skip())


def test_a_model_that_was_deleted_meanwhile_is_told_and_the_shown_batch_stays() -> None:
    job, said = batch.begin(None, "/data", 0.2, "deleted-run", VISITOR)
    assert is_skipped(job)
    assert "deleted-run" in said


def test_a_full_disk_is_told_and_the_shown_batch_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OcrwebError("usage.disk-full", path="/data")

    monkeypatch.setattr(batch, "start_batch", full)
    job, said = batch.begin(None, "/data", 0.2, "ppocrv6-small", VISITOR)
    assert is_skipped(job)
    assert "No space is left" in said


def test_the_browsers_entries_outlive_the_console_and_the_gallery_offers_no_sharing() -> None:
    blocks = build_page(open_to_all=False).blocks.values()
    assert {block.secret for block in blocks if isinstance(block, gr.BrowserState)} == {page_secret()}
    (gallery,) = [block for block in blocks if getattr(block, "elem_id", None) == "batch-gallery"]
    assert gallery.get_config()["buttons"] == []
