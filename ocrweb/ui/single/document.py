"""Documents on the tab of single pictures: a button that takes a PDF or a TIFF, and which of its pages is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.detect.detection import Detection
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.texts import label

NO_PAGE = "document.no-such-page"


@dataclass(frozen=True)
class DocumentFields:
    """opened: the path of the document that is looked at, None while a picture is."""

    button: gr.UploadButton
    page: gr.Number
    opened: gr.State

    def shown(self, answer: Detection | OcrwebError | None, document: str | None, lang: str) -> dict[Any, Any]:
        """The page field and the opened document after an answer; None: nothing is looked at.

        What is no document stays opened too: the picture that it took the place of goes, and its problem must not go along.
        The number is left alone: another may have been typed since the answer was asked for.
        """
        if isinstance(answer, OcrwebError) and answer.code == NO_PAGE:
            return {self.opened: document}  # another number may be given
        if not isinstance(answer, Detection):
            return {self.page: gr.Number(visible=False), self.opened: document}
        count = texts.say("single.page-of", lang, pages=answer.pages)
        return {self.page: gr.Number(info=count, visible=answer.pages > 1), self.opened: document}


def build() -> DocumentFields:
    button = gr.UploadButton(
        label("single.open-document"), file_types=[".pdf", ".tif", ".tiff"], elem_id="single-open-document"
    )
    page = gr.Number(1, precision=0, step=1, visible=False, label=label("single.page"), elem_id="single-page")
    return DocumentFields(button, page, gr.State(None, time_to_live=3600))
