"""What the batch tab does: widgets in, changes of widgets out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.config.detection import DecodeOptions
from ocrweb.errors import OcrwebError
from ocrweb.services.batch.jobs import batch_job, pack_batch, resume_batch, start_batch
from ocrweb.services.batch.originals import shown_original
from ocrweb.services.batch.past import JobSnapshot, list_batches
from ocrweb.services.batch.rows import Row, shown_document
from ocrweb.services.batch.run import BatchRequest
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.detect.settings import model_decode_options
from ocrweb.services.models.listing import check_model
from ocrweb.ui.batch.present import batch_choices, gallery_items, progress_card, rows_table, shown_rows
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.next_step import next_step
from ocrweb.ui.parts.opening import drawn_at_opening
from ocrweb.ui.parts.problems import caught, note_card, problem_card
from ocrweb.ui.parts.seen import NOTHING, Seen, Sight, sight
from ocrweb.ui.parts.server_folder import server_folder
from ocrweb.ui.viewer.element import Layers, held_against, listed_boxes, viewer


@dataclass(frozen=True)
class View:
    """The widgets that show a batch. Handlers answer with those that change."""

    job: gr.Textbox
    said: gr.HTML  # what is wrong with what was asked for
    batches: gr.Dropdown
    status: gr.HTML
    resume: gr.Button
    pack: gr.Button
    download: gr.DownloadButton
    gallery: gr.Gallery
    closely: gr.HTML
    table: gr.Dataframe
    rest: gr.HTML
    stop: gr.Button
    timer: gr.Timer
    seen: Seen
    looked: gr.Textbox  # the batch that the picture looked at closely is of
    packed: gr.Textbox  # the batch whose zip was made last

    @property
    def outputs(self) -> list[Any]:
        """All that `present` changes."""
        others = ("job", "said", "seen", "packed")
        parts = [getattr(self, name) for name in self.__dataclass_fields__ if name not in others]
        return [*parts, *self.seen.values]

    @property
    def looks(self) -> list[Any]:
        """What `refresh` takes."""
        return [self.job, *self.seen.values]

    def draw_at_opening(self) -> None:
        drawn_at_opening(self.status, lambda lang: {"value": empty(lang)})

    def refresh(self, job: str, whose: str, word: str, request: gr.Request) -> dict[Any, Any]:
        """The whole present state of the batch, or nothing when that is what the page shows. whose, word: of `seen`."""
        found, before = batch_job(job), Sight(whose, word)
        if found is None and before == NOTHING:
            return gr.skip()
        return self.present(found, before, texts.language_of(request))

    def go_on(self, job: str, request: gr.Request) -> dict[Any, Any]:
        """Do the rest of a batch that stopped."""
        lang = texts.language_of(request)
        answer = caught(lambda: resume_batch(job))
        told = problem_card(answer, lang) if isinstance(answer, OcrwebError) else ""
        return {self.said: told} | self.present(batch_job(job), NOTHING, lang)

    def pack_results(self, job: str, request: gr.Request) -> dict[Any, Any]:
        """The zip of a batch that has none yet.

        Another batch may be shown by the time that the zip is made: its own state is looked at again.
        """
        answer = caught(lambda: pack_batch(job))
        if isinstance(answer, OcrwebError):
            return {self.said: problem_card(answer, texts.language_of(request))}
        button = gr.DownloadButton(value=str(answer), interactive=True)
        made = {self.said: "", self.pack: gr.Button(visible=False), self.download: button, self.packed: job}
        return made | self.seen.now(Sight(f"{job} packed"))

    def present(self, job: JobSnapshot | None, before: Sight, lang: str) -> dict[Any, Any]:
        """What is different from what the visitor sees. before: that."""
        if job is None:
            return self._empty(lang)
        done = job.progress.done if job.progress else 0
        now = sight(job, done, job.archive)
        answer: dict[Any, Any] = {self.timer: gr.Timer(active=job.active), **self.seen.now(now)}
        if now == before:
            return answer
        if now.whose != before.whose:
            answer[self.batches] = listed(job.id, lang)
        if now.job != before.job:
            answer |= {self.closely: "", self.looked: ""}
        problem = problem_card(job.error, lang) if job.error else ""
        card = progress_card(job, lang) if job.progress or not problem else ""
        packable = done > 0 and not job.active and job.archive is None
        archive = str(job.archive) if job.archive else None
        return answer | {
            self.status: f'<div class="ocrweb-stack">{problem}{card}</div>',
            self.resume: gr.Button(visible=job.resumable),
            self.pack: gr.Button(visible=packable),
            self.download: gr.DownloadButton(value=archive, interactive=archive is not None),
            self.gallery: gr.Gallery(gallery_items(job), visible=bool(job.rows)),
            self.table: gr.Dataframe(rows_table(job, lang), visible=done > 0),
            self.rest: shown_rows(job, lang),
            self.stop: gr.Button(interactive=job.active),
        }

    def _empty(self, lang: str) -> dict[Any, Any]:
        return {
            self.batches: listed("", lang),
            self.status: empty(lang),
            self.resume: gr.Button(visible=False),
            self.pack: gr.Button(visible=False),
            self.download: gr.DownloadButton(interactive=False),
            self.gallery: gr.Gallery(visible=False),
            self.closely: "",
            self.table: gr.Dataframe(visible=False),
            self.rest: "",
            self.stop: gr.Button(interactive=False),
            self.timer: gr.Timer(active=False),
            self.looked: "",
            **self.seen.now(NOTHING),
        }


def empty(lang: str) -> str:
    """What stands in the place of results before there are any."""
    choose = texts.say("batching.choose", lang)
    return next_step(texts.say("batching.empty", lang), choose, press="#batch-files input[type=file]")


def begin(files: list[str] | None, folder: str, threshold: float, model: str, request: gr.Request) -> tuple[Any, Any]:
    """Start a batch in the background; its id, whose change shows it, or what is wrong."""
    lang = texts.language_of(request)
    if not files and not folder.strip():
        return gr.skip(), note_card(texts.say("batching.nothing", lang), "warning")

    def work() -> str:
        wanted = BatchRequest(
            paths=(server_folder(folder),) if folder.strip() else (),
            detect=DetectRequest(model=check_model(model), decode=chosen_decode(model, threshold)),
            confined=True,
            names_only=True,
        )
        return start_batch(wanted, tuple(Path(path) for path in files or ()), request.session_hash or "")

    answer = caught(work)
    return (gr.skip(), problem_card(answer, lang)) if isinstance(answer, OcrwebError) else (answer, "")


def of_another(looked: str, job: str) -> tuple[Any, Any]:
    """A picture of a batch that is not the shown one any more goes again."""
    return ("", "") if looked not in ("", job) else (gr.skip(), gr.skip())


def open_picture(job: str, event: gr.SelectData, request: gr.Request) -> tuple[Any, Any]:
    """A drawn picture was clicked: the picture itself with its boxes over it, and the batch that it is of.

    Rows come meanwhile, so the drawing's file counts.
    """
    found, value = batch_job(job), event.value
    image = value.get("image") if isinstance(value, dict) else None
    path = image.get("path") if isinstance(image, dict) else None
    drawn = {str(row.drawing): row for row in found.rows if row.drawing} if found else {}
    if not isinstance(path, str) or path not in drawn:
        return gr.skip(), gr.skip()
    document = shown_document(Path(path))
    given = given_picture(drawn[path], (document["width"], document["height"]) if document else None)
    layers = Layers(listed_boxes(document)) if document else Layers()
    if given and document:
        layers = held_against(given, layers.boxes, document["model"])
    return viewer(given or path, layers, texts.language_of(request)), job


def given_picture(row: Row, size: tuple[int, int] | None) -> str | None:
    """The picture of a row as it was given, upright, where the page may fetch it; None when it is not there any more.
    size: (width, height) that its boxes are of."""
    original = row.original
    if original is None:
        return None
    shown = caught(lambda: shown_original(original, row.name, size))
    return None if isinstance(shown, OcrwebError) else shown


def offered(request: gr.Request) -> Any:
    """The newest batches to choose from."""
    return gr.Dropdown(choices=batch_choices(list_batches(), texts.language_of(request)))


def listed(job: str, lang: str) -> Any:
    """The newest batches; the one that is shown is the chosen one."""
    choices = batch_choices(list_batches(), lang)
    return gr.Dropdown(choices=choices, value=job if job in {identifier for _, identifier in choices} else None)


def choose(chosen: str | None) -> tuple[Any, str]:
    """Look at another batch."""
    return chosen or gr.skip(), ""


def recommended(model: str) -> Any:
    """The threshold of the chosen model's card, for the slider."""
    answer = caught(lambda: card_threshold(model))
    return gr.skip() if isinstance(answer, OcrwebError) else answer


def card_threshold(model: str) -> float:
    """Raises what `check_model` raises."""
    return model_decode_options(check_model(model)).threshold


def chosen_decode(model: str, threshold: float) -> DecodeOptions:
    """The card's settings while the slider stands where the card put it, else those that follow from the slider."""
    card = model_decode_options(model)
    return card if threshold == card.threshold else model_decode_options(model, threshold=threshold)
