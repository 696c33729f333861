"""Values of clients before they reach a handler: of the kind of their field, of a length that is meant, or refused with a code.

The page's widgets send nothing else; programs and forged requests do. Gradio by itself hands any JSON to the handlers, or
answers with the text of the exception.
"""

from __future__ import annotations

import math
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape

LONGEST_TEXT = 4000  # characters, unless the field says more: paths have 4096 bytes at most
LARGEST = 2.0**53
LONG_FIELDS = 100_000  # a field that says so much takes whole files, also odd ones


class Refused(gr.Error):
    """A coded error as Gradio tells it to the page and to programs. It takes the sentence for HTML."""

    def __init__(self, error: OcrwebError, lang: str) -> None:
        super().__init__(escape(f"{error.message(lang)} {error.hint(lang)} [{error.code}]"), print_exception=False)


class GuardedPage(gr.Blocks):
    """Looks at each value before Gradio does, and tells every failure with its code."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        for block, value in zip(block_fn.inputs, inputs, strict=False):
            check(block, value)
        try:
            values = await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except OcrwebError:
            raise
        except Exception as failure:
            if isinstance(failure, gr.Error) and "file type" in str(failure):  # for people, and without a path
                raise
            raise OcrwebError("usage.bad-field", field="") from failure
        return [
            "" if value is None and isinstance(block, gr.Textbox) else value
            for block, value in zip(block_fn.inputs, values, strict=True)
        ]

    async def process_api(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return await super().process_api(block_fn, inputs, *args, **kwargs)
        except gr.Error:
            raise
        except OcrwebError as error:
            raise Refused(error, _language(kwargs.get("request"))) from error
        except Exception as failure:
            forged = kwargs.get("event_data") is not None and isinstance(
                failure, TypeError | AttributeError | LookupError
            )
            told = OcrwebError("usage.bad-field", field="") if forged else internal_error(failure)
            raise Refused(told, _language(kwargs.get("request"))) from failure


def check(block: Any, value: Any) -> None:
    """Raise `usage.bad-field` for a value that the widget of this kind does not send."""
    if value is None and isinstance(block, gr.UploadButton):  # its event is an upload
        raise OcrwebError("usage.bad-field", field=f" ({block.elem_id})")
    if value is None or block.stateful:
        return
    if isinstance(block, gr.Textbox):
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
        raise OcrwebError("usage.bad-field", field=f" ({block.elem_id})" if block.elem_id else "")


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
