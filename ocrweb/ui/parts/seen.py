"""What a tab shows of work that goes on in the background."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ocrweb.services.work.jobs import Snapshot


@dataclass(frozen=True)
class Sight:
    """The values of a `Seen`: whose work is shown, in which state, and a word for all that is shown of it; empty at first."""

    whose: str = ""
    word: str = ""

    @property
    def job(self) -> str:
        return self.whose.partition(" ")[0]


NOTHING = Sight()


class Seen:
    """In the page, not with the server: an answer that comes late, or never, then takes its word along, and the next look
    puts right what it shows. Who shows another work's state is looked at again at once: see `whose`.
    """

    def __init__(self, name: str) -> None:
        self.whose, self.word = (
            gr.Textbox("", visible="hidden", elem_id=f"{name}-{part}", show_label=False) for part in ("whose", "word")
        )

    @property
    def values(self) -> list[Any]:
        """As `Sight` takes them."""
        return [self.whose, self.word]

    def now(self, sight: Sight) -> dict[Any, Any]:
        return {self.whose: sight.whose, self.word: sight.word}


def sight(job: Snapshot, *told: object) -> Sight:
    """told: what else may change of it while its state stays."""
    return Sight(f"{job.id} {job.state}", word((job.id, job.state, *told)))


def word(news: Any) -> str:
    """A short word that is another when the news are."""
    return hashlib.sha256(repr(news).encode()).hexdigest()[:12]
