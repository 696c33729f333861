"""Picture uploads that hand over the files as they came."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import processing_utils
from gradio.data_classes import FileData, GradioRootModel, ImageData

from ocrweb.errors import OcrwebError
from ocrweb.ui.parts.uploaded import is_upload
from ocrweb.ui.seams import taken

WEB = ("http://", "https://")
LONGEST_TYPE = 100  # characters of a data URL that its type may take


class UploadOrUrl(GradioRootModel):
    """A file that was uploaded, or a text: the web address or the data URL of one."""

    root: ImageData | str | None = None


class UploadsOrUrls(GradioRootModel):
    """Files that were uploaded, or texts: web addresses and data URLs of files, which is what MCP clients can send."""

    root: list[FileData | str] | FileData | None = None


def picture_input(**settings: Any) -> gr.Image:
    """A picture field whose handler gets the path of the untouched upload; settings are those of `gr.Image`.

    Gradio's own preprocessing opens every upload with Pillow and rewrites some of them. Without it our decoder, which
    knows EXIF, 16 bit and CMYK, sees the file itself, and answers a damaged or renamed one with a coded sentence.
    """
    field = gr.Image(type="filepath", image_mode=None, **settings)

    def preprocess(payload: ImageData | None) -> str | None:
        given = None if payload is None else _given(payload)
        return None if given is None else str(fetched(given, "picture"))  # a webcam shot comes as a data URL

    taken.read_by(field, preprocess)
    return field


def endpoint_picture(label: str) -> gr.Image:
    """A picture field of a program: an upload, or the text of an address, which the handler turns into a file with `fetched`."""
    field = gr.Image(type="filepath", image_mode=None, label=label)
    described = field.api_info()  # as a file, so that the API page shows how one is uploaded

    def preprocess(payload: UploadOrUrl | None) -> Path | str | None:
        given = payload.root if payload is not None else None
        return given if given is None or isinstance(given, str) else _given(given)

    taken.read_by(field, preprocess, model=UploadOrUrl, described=described)
    return field


def pictures_input(label: str) -> gr.File:
    """A field for many pictures whose handler gets a path for each upload and the text of each address.

    A text is never taken for a path on this machine: the handler turns it into a file with `fetched`.
    """
    field = gr.File(file_count="multiple", label=label)

    def preprocess(payload: UploadsOrUrls | None) -> list[Path | str]:
        given = payload.root if payload is not None else None
        items = [given] if isinstance(given, FileData) else given or []
        files = (item if isinstance(item, str) else _given(item) for item in items)
        return [file for file in files if file is not None]

    item = {"type": "string", "description": "a http, https or data: URL of a picture or of a zip of pictures"}
    taken.read_by(field, preprocess, model=UploadsOrUrls, described={"type": "array", "items": item})
    return field


def _given(value: FileData | ImageData) -> Path | str | None:
    """The file of a file value, or the address in it.

    The path is looked at once more: whoever put it there, it is an ordinary file of the upload folder.
    """
    if value.url and value.url.startswith("data:"):
        return value.url
    if not value.path or value.path.startswith(WEB):
        return value.path or value.url
    if not is_upload(value.path):
        raise OcrwebError("access.foreign-file")
    return Path(value.path)


def fetched(picture: Path | str, name: str) -> Path:
    """The local file of an upload or of an address, downloaded without reaching into this machine's own network.

    name: of a file whose bytes came in the address, without the suffix. Raises `access.bad-url` for any other text and for
    what cannot be fetched.
    """
    if isinstance(picture, Path):
        return picture
    cache = os.environ["GRADIO_TEMP_DIR"]
    try:
        if picture.startswith("data:"):
            suffix = mimetypes.guess_extension(picture[5:LONGEST_TYPE].partition(";")[0]) or ""
            return Path(processing_utils.save_base64_to_cache(picture, cache, name + suffix))
        if picture.startswith(WEB):
            return Path(processing_utils.ssrf_protected_download(picture, cache))
    except Exception as failure:  # network, encoding and validation errors of several libraries
        raise OcrwebError("access.bad-url", url=picture[:80]) from failure
    raise OcrwebError("access.bad-url", url=picture[:80])
