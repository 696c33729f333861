"""A picture upload that hands over the file as it came."""

from __future__ import annotations

from typing import Any

import gradio as gr


def picture_input(**settings: Any) -> gr.Image:
    """A picture field whose handler gets the path of the untouched upload; settings are those of `gr.Image`.

    Gradio's own preprocessing opens every upload with Pillow and rewrites some of them. Without it our decoder, which
    knows EXIF, 16 bit and CMYK, sees the file itself, and answers a damaged or renamed one with a coded sentence.
    """
    field = gr.Image(type="filepath", image_mode=None, **settings)
    by_gradio = field.preprocess

    def preprocess(payload: Any) -> Any:
        untouched = payload is not None and payload.path and not (payload.url or "").startswith("data:")
        return str(payload.path) if untouched else by_gradio(payload)  # a webcam shot comes as a data URL

    field.preprocess = preprocess  # type: ignore[method-assign]
    return field
