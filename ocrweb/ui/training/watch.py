"""The right half of 训练微调: the chosen run as it is now, its log, curves and pictures, and the list of all runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from ocrweb.errors import OcrwebError
from ocrweb.services.files import scratch
from ocrweb.services.training import choices as training_choices
from ocrweb.services.training import jobs as training_jobs
from ocrweb.services.training import queue as training_queue
from ocrweb.services.training.view import RunView, run_view
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.address import asked_js, tells
from ocrweb.ui.parts.built import QUIET
from ocrweb.ui.parts.problems import caught, problem_card
from ocrweb.ui.parts.seen import word
from ocrweb.ui.parts.texts import label
from ocrweb.ui.training.list import Question, RunList, hidden, shown_run
from ocrweb.ui.training.present import idle_card, log_html, log_place, status_card

WATCHING, IDLE = 1.0, 4.0
PICTURES = 24
NO_RUN: tuple[Any, ...] = ()
MOST_COMPARED = 5
TITLE_JS = (Path(__file__).parent / "title.js").read_text(encoding="utf-8")
# The run that this browser looked at last, over reloads and restarts of the console.
KEEP_JS = "(run) => { localStorage.setItem('ocrweb-run', run || ''); return []; }"
RECALL_JS = asked_js("run", "localStorage.getItem('ocrweb-run') || ''")
SAVE_JS = "() => setTimeout(() => document.querySelector('#training-log-file a, a#training-log-file, #training-log-file')?.click(), 400)"


class RunWatch:
    """Widgets that show a run. Handlers answer with what changed only: a dict of widgets."""

    def __init__(self) -> None:
        self.run = gr.Textbox("", visible="hidden", elem_id="training-run", show_label=False)  # empty: the newest
        self.shown = gr.State({}, time_to_live=3600)
        # What the state and the log on the page are of. In the page, not with the server: an answer that comes late, or
        # never, then takes its word along, and the next look puts right what it shows.
        self.state_word, self.log_word = (
            gr.Textbox("", visible="hidden", elem_id=f"training-{part}-word") for part in ("state", "log")
        )
        self.asked = gr.State("", time_to_live=3600)  # the run that a question is about, whatever is shown meanwhile
        self.news_word = gr.Textbox("", visible="hidden", elem_id="training-news")
        self.curves_word = gr.Textbox("", visible="hidden", elem_id="training-curves-news")
        self.timer = gr.Timer(IDLE)
        self.status = gr.HTML(elem_id="training-status")
        self.title = gr.Textbox("", visible="hidden", elem_id="training-title")
        with gr.Row():
            self.stop = gr.Button(label("training.stop"), variant="stop", interactive=False, elem_id="training-stop")
            self.resume = gr.Button(label("training.resume"), interactive=False, elem_id="training-resume")
            self.copy = gr.Button(label("training.copy"), interactive=False, elem_id="training-copy")
            self.sooner = gr.Button(label("training.sooner"), visible=False, elem_id="training-sooner")
            self.later = gr.Button(label("training.later"), visible=False, elem_id="training-later")
        self.said = gr.HTML(elem_id="training-watch-said")
        with gr.Column(visible=False, elem_id="training-ask", elem_classes="ocrweb-ask") as self.ask:
            self.question = gr.Markdown()
            with gr.Row():
                self.really = gr.Button(label("training.stop-yes"), variant="stop", elem_id="training-stop-yes")
                self.rather_not = gr.Button(label("training.stop-no"), elem_id="training-stop-no")
        self.told = gr.Column()  # what is wrong with the run: where one looks, above what is long
        with gr.Tabs():
            with gr.Tab(label("training.view-log")):
                self.log = gr.HTML(elem_id="training-log")  # the style keeps its end in view
                with gr.Row():
                    self.follow = gr.Checkbox(
                        True, label=label("training.follow"), elem_id="training-follow", container=False
                    )
                    self.prepare = gr.Button(
                        label("training.log-download"), size="sm", interactive=False, elem_id="training-log-download"
                    )
                    self.file = gr.DownloadButton(visible="hidden", elem_id="training-log-file")
                self.place = gr.HTML(elem_id="training-log-place")
            with gr.Tab(label("training.view-curves")):
                self.losses = gr.Plot(show_label=False, elem_id="training-losses")
                self.scores = gr.Plot(show_label=False, elem_id="training-scores")
                # Any text is taken: a run that another window has just deleted must not fail the event of each second.
                self.other = gr.Dropdown(
                    [], value=[], multiselect=True, max_choices=MOST_COMPARED, label=label("training.compare"),
                    info=label("training.compare-help"), allow_custom_value=True, elem_id="training-other",
                )  # fmt: skip
                self.settings = gr.HTML(elem_id="training-other-settings")
            with gr.Tab(label("training.view-pictures")):
                gr.Markdown(label("training.pictures-help"))
                self.pictures = gr.Gallery(
                    show_label=False, columns=4, height=420, object_fit="contain", interactive=False, elem_id="training-pictures"
                )  # fmt: skip
            with gr.Tab(label("training.view-runs")):
                self.list = RunList()

    @property
    def outputs(self) -> list[Any]:
        return [
            self.shown, self.timer, self.stop, self.resume, self.copy, self.prepare, self.list.delete, self.sooner,
            self.later, self.other, self.pictures, *self.list.outputs,
        ]  # fmt: skip

    @property
    def live(self) -> list[Any]:
        """What every look may change."""
        return [*self.seen, self.status, self.title, self.log, self.place]

    @property
    def seen(self) -> list[Any]:
        """Words of what the page shows, as `look` takes them."""
        return [self.state_word, self.log_word, self.news_word, self.curves_word]

    def wire(self) -> None:
        """Events of this half."""
        question = Question("stop", self.said, self.asked, self.ask, self.question)
        self.stop.click(question.put, self.run, question.outputs, **QUIET)
        self.rather_not.click(hidden, None, self.ask, **QUIET)
        self.really.click(self.stop_asked, self.asked, [self.said, self.ask], **QUIET)
        self.resume.click(_resume, self.run, self.said, **QUIET)
        self.sooner.click(lambda run: _move(run, -1), self.run, None, **QUIET)
        self.later.click(lambda run: _move(run, 1), self.run, None, **QUIET)
        self.list.wire(self.run, self.said)
        prepared = self.prepare.click(self.log_file, self.run, [self.file, self.said], **QUIET)
        prepared.success(None, None, None, js=SAVE_JS)
        self.title.change(None, self.title, None, js=TITLE_JS)
        self.run.change(None, self.run, None, js=KEEP_JS, **QUIET)
        tells(self.run, "run")

    def stop_asked(self, run: str, request: gr.Request) -> dict[Any, Any]:
        answer = caught(lambda: training_jobs.stop(run))
        said = problem_card(answer, texts.language_of(request)) if isinstance(answer, OcrwebError) else ""
        return {self.said: said, self.ask: hidden()}

    def log_file(self, run: str | None, request: gr.Request) -> dict[Any, Any]:
        """The log as it is now for the hidden button, and what to say when it cannot be had."""
        view = run_view(run)
        if view is None or not (view.folder / "log.txt").is_file():
            return {self.said: ""}
        name = f"{view.name}_{view.log_size}_log.txt"
        answer = caught(lambda: served(view.folder / "log.txt", name))
        if isinstance(answer, OcrwebError):
            nothing = gr.DownloadButton(value=None, visible="hidden")
            return {self.file: nothing, self.said: problem_card(answer, texts.language_of(request))}
        return {self.file: gr.DownloadButton(value=answer, visible="hidden"), self.said: ""}

    def look(
        self, view: RunView | None, seen: Sequence[str], words: tuple[str, str], lang: str, *, follow: bool
    ) -> dict[Any, Any]:
        """State and log as far as they differ from what the page shows, each with its word. seen: the values of `seen`.

        words: the page asks for the rest, or for the curves, when the one or the other changes.
        """
        ready = bool(training_choices.dataset_names()) if view is None else None
        log = (view.name, view.log_size) if view else NO_RUN
        state_word, log_word = word((lang, view.key if view else ready)), word((lang, log))
        answer: dict[Any, Any] = {}
        if state_word != seen[0]:
            card = status_card(view, lang) if view else idle_card(lang, ready=bool(ready))
            answer |= {self.state_word: state_word, self.status: card, self.title: _title(view, lang)}
        if follow and log_word != seen[1]:
            answer |= {self.log_word: log_word, self.log: log_html(view, lang), self.place: log_place(view, lang)}
        asked = zip((self.news_word, self.curves_word), words, seen[2:], strict=True)
        return answer | {widget: now for widget, now, before in asked if now != before}

    def news(self, view: RunView | None) -> tuple[Any, ...]:
        """Changes when `refresh` has something to tell."""
        return _buttons_key(view), _rows_key(training_jobs.rows()), _pictures_key(view)

    def refresh(
        self,
        view: RunView | None,
        kept: tuple[str, Sequence[str] | None],
        now: dict[str, Any],
        shown: dict[str, Any],
        lang: str,
    ) -> dict[Any, Any]:
        """What is different from what the visitor sees, apart from `look`. now: is filled with the keys of it.

        kept: whose notes the box holds, as `RunList.refresh` has it, and the runs to compare with.
        """
        noted, other = kept
        rows = training_jobs.rows()
        listed = tuple(row.name for row in rows)
        now |= {
            "active": any(row.state in ("starting", "running", "queued") for row in rows),
            "rows": _rows_key(rows), "listed": listed, "buttons": _buttons_key(view),
            "pictures": _pictures_key(view),
        }  # fmt: skip
        fresh = shown if shown.get("lang") == lang else {}
        changed = {name for name in now if name not in fresh or now[name] != fresh[name]}
        answer = self.list.refresh(rows if "rows" in changed else None, view.name if view else "", noted, lang)
        if "active" in changed:
            answer[self.timer] = gr.Timer(value=WATCHING if now["active"] else IDLE)
        if "listed" in changed:
            answer[self.other] = compared(listed, other)
        if "buttons" in changed:
            answer |= self._buttons(view)
        if "pictures" in changed:
            samples = view.samples[:PICTURES] if view else ()
            answer[self.pictures] = served_pictures(
                [(path, texts.say("training.step", lang, step=step)) for step, path in samples]
            )
        return answer

    def _buttons(self, view: RunView | None) -> dict[Any, Any]:
        state = view.state if view else ""
        return {
            self.stop: gr.Button(interactive=state in ("starting", "running", "queued")),
            self.resume: gr.Button(interactive=state in ("stopped", "failed", "lost")),
            **{
                button: gr.Button(interactive=view is not None)
                for button in (self.copy, self.prepare, self.list.delete)
            },
            self.sooner: gr.Button(visible=view is not None and state == "queued" and view.place > 1),
            self.later: gr.Button(visible=view is not None and state == "queued" and not view.last),
        }


def compared(runs: Sequence[str], chosen: Sequence[str] | None) -> Any:
    """The runs to compare with; a chosen one that is gone is let go together with its choice."""
    choices = [(run, run) for run in runs]
    left = [run for run in chosen or () if run in runs]
    if left == list(chosen or ()):
        return gr.Dropdown(choices=choices, multiselect=True)
    return gr.Dropdown(choices=choices, value=left, multiselect=True)


def other_views(runs: Sequence[str] | None, shown: RunView | None) -> tuple[RunView, ...]:
    """The runs to compare with, without the shown one and those of which no run of the list has the very name (any more)."""
    known = {row.name for row in training_jobs.rows()} if runs else set()
    wanted = [run for run in dict.fromkeys(runs or ()) if run in known and (shown is None or run != shown.name)]
    return tuple(view for view in map(run_view, wanted[:MOST_COMPARED]) if view is not None)


def served(path: Path, name: str = "") -> str:
    """A file of a run where the page may fetch it: linked, or copied, into the upload cache. Raises as `scratch.link`."""
    return scratch.link(
        path, name or f"{path.parent.parent.name}_{path.parent.name}_{path.stem}_{path.stat().st_mtime_ns}{path.suffix}"
    )


def served_pictures(shown: Sequence[tuple[Path, str]]) -> list[tuple[str, str]]:
    """Pictures of a run with captions, for a gallery; none while they cannot be handed out, as on a full disk."""
    answer = caught(lambda: [(served(path), caption) for path, caption in shown])
    return [] if isinstance(answer, OcrwebError) else answer


def _title(view: RunView | None, lang: str) -> str:
    """What the script of the page's title reads: going on or not, run, percent, what to say at the end."""
    state = view.state if view else ""
    done = texts.say(f"training.title-{state}", lang) if state in ("finished", "failed", "stopped", "lost") else ""
    share = round(100 * view.status.step / max(view.status.steps, 1)) if view else 0
    going = "active" if state in ("starting", "running", "queued") else "ended"
    return f"{going}|{view.name if view else ''}|{share}|{done}"


def _buttons_key(view: RunView | None) -> tuple[Any, ...]:
    return (view.name, view.state, view.place, view.last) if view else NO_RUN


def _pictures_key(view: RunView | None) -> tuple[Any, ...]:
    return (view.name, len(view.samples)) if view else NO_RUN


def _rows_key(rows: list[training_jobs.RunRow]) -> tuple[Any, ...]:
    """Without the seconds of running runs, which change all the time: those are told twice a minute."""
    return tuple((row.name, row.state, row.place, row.hmean, int(row.seconds // 30), row.notes) for row in rows)


def _move(run: str | None, places: int) -> None:
    view = run_view(run)
    if view is not None:
        training_queue.move(view.name, places)


def _resume(run: str | None, request: gr.Request) -> str:
    answer = caught(lambda: training_jobs.resume(shown_run(run)))
    return problem_card(answer, texts.language_of(request)) if isinstance(answer, OcrwebError) else ""
