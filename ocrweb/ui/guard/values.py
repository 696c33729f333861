"""Values of clients before they reach a handler: of the kind of their field, of a length that is meant, or refused with a code.

The page's widgets send nothing else; programs and forged requests do. Gradio by itself hands any JSON to the handlers, or
answers with the text of the exception.
"""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import Any

import gradio as gr
from gradio_client import utils as client_utils

from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error
from ocrweb.services.line.waiting import current_turn
from ocrweb.ui.guard.clicks import check_click
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.opening import for_visitor

LONGEST_TEXT = 4000  # characters, unless the field says more: paths have 4096 bytes at most
LARGEST = 2.0**53
PICTURES = "JPG, PNG, BMP"  # what a field for pictures takes, in its refusals
EVENTS = (gr.UploadButton, gr.Dataset)  # whose event is that something was chosen
LONG_FIELDS = 100_000  # a field that says so much takes whole files, also odd ones


class Refused(gr.Error):
    """A coded error as Gradio tells it. The page takes the sentence for HTML; a program gets it as it is, and the code as title."""

    def __init__(self, error: OcrwebError, lang: str, *, to_program: bool) -> None:
        sentence = f"{error.message(lang)} {error.hint(lang)} [{error.code}]"
        if to_program:
            super().__init__(sentence, title=error.code, print_exception=False)
        else:
            super().__init__(escape(sentence), print_exception=False)


class GuardedPage(gr.Blocks):
    """Looks at each value before Gradio does, and tells every failure with its code; is opened as its visitor has to see it."""

    @property
    def config(self) -> Any:
        return for_visitor(self._built, self.blocks)

    @config.setter
    def config(self, built: Any) -> None:
        self._built = built

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        if is_endpoint(block_fn):
            inputs = with_defaults(block_fn.inputs, inputs)
        for block, value in zip(block_fn.inputs, inputs, strict=False):
            check(block, value)
        try:
            values = await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except Exception as failure:
            if isinstance(failure.__cause__, OcrwebError):  # of a field that reads its value itself
                raise failure.__cause__ from None
            if isinstance(failure, gr.Error) and "file type" in str(failure):
                raise _wrong_kind(block_fn.inputs, inputs) from failure
            raise OcrwebError("usage.bad-field", field="") from failure
        return [
            "" if value is None and isinstance(block, gr.Textbox) else value
            for block, value in zip(block_fn.inputs, values, strict=True)
        ]

    async def process_api(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            check_click(block_fn, kwargs.get("event_data"), self.blocks)
            return await super().process_api(block_fn, inputs, *args, **kwargs)
        except gr.Error:
            raise
        except OcrwebError as error:
            raise _told(error, block_fn, kwargs) from error
        except Exception as failure:
            raise _told(internal_error(failure), block_fn, kwargs) from failure


def _wrong_kind(blocks: list[Any], values: list[Any]) -> OcrwebError:
    """Of the first field that is given a file of a kind it does not take. The page says so before the file is sent."""
    for block, value in zip(blocks, values, strict=False):
        kinds = getattr(block, "file_types", None)
        for each in value if isinstance(value, list) else [value]:
            given = each if isinstance(each, dict) else {}
            name = given.get("orig_name") or PurePath(given.get("path") or "").name
            if kinds and name and not client_utils.is_valid_file(name, kinds):
                return OcrwebError("usage.file-kind", file=name, fits=" ".join(kinds).replace("image", PICTURES))
    return OcrwebError("usage.bad-field", field="")


def _told(error: OcrwebError, block_fn: Any, call: dict[str, Any]) -> Refused:
    """The error as this caller is told of it; its document is left with the caller's turn."""
    lang = _language(call.get("request"))
    current_turn().failure = error.to_dict(lang)
    return Refused(error, lang, to_program=is_endpoint(block_fn))


def is_endpoint(block_fn: Any) -> bool:
    """Whether an event has a name that programs call it by; all others are the page's own."""
    return bool(block_fn.api_visibility != "private")


def with_defaults(blocks: list[Any], given: list[Any]) -> list[Any]:
    """The values of a call: what is left out at the end, or is null, takes its default; an uploaded file is marked as one."""
    left_out = [None] * (len(blocks) - len(given))
    return [
        block.value if value is None and isinstance(block, gr.Textbox) else _marked(value)
        for block, value in zip(blocks, [*given, *left_out], strict=False)
    ]


def _marked(value: Any) -> Any:
    """``{"path": …}`` as Gradio's clients write it; a program by hand has no reason to."""
    if isinstance(value, list):
        return [_marked(item) for item in value]
    if isinstance(value, dict) and isinstance(value.get("path"), str):
        return {"meta": {"_type": "gradio.FileData"}, **value}
    return value


def check(block: Any, value: Any) -> None:
    """Raise `usage.bad-field` for a value that the widget of this kind does not send."""
    if block.stateful or (value is None and not isinstance(block, EVENTS)):
        return
    if isinstance(block, gr.UploadButton):
        fits = value is not None
    elif isinstance(block, gr.Dataset):
        fits = type(value) is int and 0 <= value < len(block.samples or ())
    elif isinstance(block, gr.Textbox):
        fits = _is_text(value, block.max_length)
    elif isinstance(block, gr.CheckboxGroup) or (isinstance(block, gr.Dropdown) and block.multiselect):
        fits = isinstance(value, list) and all(map(_is_choice, value))
    elif isinstance(block, gr.Dropdown | gr.Radio):
        fits = _is_choice(value)
    elif isinstance(block, gr.Number | gr.Slider):
        fits = _is_number(value)
    elif isinstance(block, gr.Checkbox):
        fits = isinstance(value, bool)
    elif isinstance(block, gr.BrowserState) and getattr(block, "holds_name", False):
        fits = _is_text(value, None)
    else:
        fits = True
    if not fits:
        name = block.elem_id or (block.label if isinstance(block.label, str) else "")
        raise OcrwebError("usage.bad-field", field=f" ({name})" if name else "")


def _is_text(value: Any, longest: int | None) -> bool:
    if not isinstance(value, str) or len(value) > max(longest or 0, LONGEST_TEXT):
        return False
    return (longest or 0) >= LONG_FIELDS or (
        "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    )


def _is_choice(value: Any) -> bool:
    return _is_text(value, None) if isinstance(value, str) else isinstance(value, bool) or _is_number(value)


def _is_number(value: Any) -> bool:
    return (
        not isinstance(value, bool)
        and isinstance(value, int | float)
        and math.isfinite(value)
        and abs(value) <= LARGEST
    )


def _language(request: Any) -> str:
    return texts.language_of(request[0] if isinstance(request, list) and request else request)
