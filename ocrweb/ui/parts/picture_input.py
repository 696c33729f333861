"""Picture uploads that hand over the files as they came."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import processing_utils
from gradio.data_classes import FileData, GradioRootModel

from ocrweb.errors import OcrwebError
from ocrweb.ui.parts.uploaded import is_upload


class UploadsOrUrls(GradioRootModel):
    """Files that were uploaded, or texts: web addresses and data URLs of files, which is what MCP clients can send."""

    root: list[FileData | str] | FileData | None = None


def picture_input(**settings: Any) -> gr.Image:
    """A picture field whose handler gets the path of the untouched upload; settings are those of `gr.Image`.

    Gradio's own preprocessing opens every upload with Pillow and rewrites some of them. Without it our decoder, which
    knows EXIF, 16 bit and CMYK, sees the file itself, and answers a damaged or renamed one with a coded sentence.
    """
    field = gr.Image(type="filepath", image_mode=None, **settings)
    by_gradio = field.preprocess

    def preprocess(payload: Any) -> Any:
        untouched = payload is not None and payload.path and not (payload.url or "").startswith("data:")
        return _uploaded(payload.path) if untouched else by_gradio(payload)  # a webcam shot comes as a data URL

    field.preprocess = preprocess  # type: ignore[method-assign]
    return field


def pictures_input(label: str) -> gr.File:
    """A field for many pictures whose handler gets a path for each upload and the text of each address.

    A text is never taken for a path on this machine: the handler turns it into a file with `fetched`.
    """
    field = gr.File(file_count="multiple", label=label)

    def preprocess(payload: UploadsOrUrls | None) -> list[Path | str]:
        given = payload.root if payload is not None else None
        items = [given] if isinstance(given, FileData) else given or []
        return [item if isinstance(item, str) else Path(_uploaded(item.path)) for item in items]

    field.data_model = UploadsOrUrls
    field.preprocess = preprocess  # type: ignore[method-assign,assignment]
    field.api_info = lambda: {  # type: ignore[method-assign]
        "type": "array",
        "items": {"type": "string", "description": "a http, https or data: URL of a picture or of a zip of pictures"},
    }
    return field


def _uploaded(path: str) -> str:
    """The path of a file value, once more: whoever put it there, it is an ordinary file of the upload folder."""
    if not is_upload(path):
        raise OcrwebError("access.foreign-file")
    return path


def fetched(picture: Path | str) -> Path:
    """The local file of an upload or of an address, downloaded without reaching into this machine's own network.

    Raises `access.bad-url` for any other text and for what cannot be fetched.
    """
    if isinstance(picture, Path):
        return picture
    cache = os.environ["GRADIO_TEMP_DIR"]
    try:
        if picture.startswith("data:"):
            return Path(processing_utils.save_base64_to_cache(picture, cache))
        if picture.startswith(("http://", "https://")):
            return Path(processing_utils.ssrf_protected_download(picture, cache))
    except Exception as failure:  # network, encoding and validation errors of several libraries
        raise OcrwebError("access.bad-url", url=picture[:80]) from failure
    raise OcrwebError("access.bad-url", url=picture[:80])
