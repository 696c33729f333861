"""A picture upload that hands over the file as it came."""

from __future__ import annotations

from typing import Any

import gradio as gr


class PictureInput(gr.Image):
    """Gradio's picture component opens every upload with Pillow and rewrites some of them.

    Here the untouched file reaches our own decoder, which knows EXIF, 16 bit and CMYK, and answers a damaged or
    renamed file with a coded sentence.
    """

    is_template = True

    def preprocess(self, payload: Any) -> str | None:
        if payload is None:
            return None
        if payload.url and payload.url.startswith("data:"):  # a webcam shot
            return str(super().preprocess(payload))
        return str(payload.path) if payload.path else None


def picture_input(**settings: Any) -> PictureInput:
    """A `PictureInput`; settings are those of `gr.Image`. A function, because Gradio reads a widget's properties off the
    signature of its class."""
    return PictureInput(type="filepath", image_mode=None, **settings)
