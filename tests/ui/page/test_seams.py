"""What this page takes over of Gradio by name is still there, and still asked in the same way."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio import component_meta, processing_utils
from gradio.mcp import GradioMCPServer

from ocrweb.ui.page import theme

FRONTEND = Path(gr.__file__).parent / "templates" / "frontend" / "assets"


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (gr.Number, "preprocess", ["self", "payload"]),
        (gr.Slider, "preprocess", ["self", "payload"]),
        (gr.Number, "round_to_precision", ["num", "precision"]),
        (gr.Image, "preprocess", ["self", "payload"]),
        (gr.File, "preprocess", ["self", "payload"]),
        (gr.File, "api_info", ["self"]),
        (processing_utils, "save_base64_to_cache", ["base64_encoding", "cache_dir", "file_name"]),
        (processing_utils, "ssrf_protected_download", ["url", "cache_dir"]),
        (GradioMCPServer, "postprocess_output_data", ["self", "data", "root_url"]),
        (GradioMCPServer, "_get_or_create_client", ["self"]),
    ],
    ids=lambda value: getattr(value, "__name__", value) if not isinstance(value, list) else "",
)
def test_it_is_called_with_the_same_parameters(owner: Any, name: str, parameters: list[str]) -> None:
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_a_class_of_a_number_field_goes_past_the_file_that_gradio_writes_beside_it() -> None:
    assert "create_or_modify_pyi(component_class, name, events)" in inspect.getsource(
        component_meta.ComponentMeta.__new__
    )


def test_a_field_of_files_says_by_its_model_what_it_takes() -> None:
    assert gr.File(file_count="multiple", render=False).data_model.__name__ == "ListFiles"


def test_the_tools_ask_for_their_client_and_their_answers_by_these_names() -> None:
    source = inspect.getsource(GradioMCPServer)
    assert "self._client_instance: Client | None = None" in source
    assert "run_sync(self._get_or_create_client)" in source
    assert "self.postprocess_output_data(output_data, root_url)" in source


def test_the_words_of_a_refused_event_are_those_that_the_page_translates() -> None:
    said = "This application is currently busy. Please try again."
    assert any(said in script.read_text(encoding="utf-8") for script in FRONTEND.glob("*.js"))
    words = Path(inspect.getsourcefile(theme) or "").with_name("words.js").read_text(encoding="utf-8")
    assert said.replace(".", r"\.") in words
