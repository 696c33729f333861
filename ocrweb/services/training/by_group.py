"""On which text a finished run's model fails, as its card says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ocrweb.errors import OcrwebError
from ocrweb.messages import text
from ocrweb.rundir import names
from ocrweb.runtime.card import read_card


class GroupRow(BaseModel):
    """labels: texts of the group; matched: those found. hmean: None where detections have no such group. worst: names of the
    pictures with most mistakes, at most three."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    group: str
    labels: int
    matched: int
    hmean: float | None = None
    recall: float | None = None
    worst: tuple[str, ...] = ()


class CardGroups(BaseModel):
    """pictures: that it was measured on. by: look → its groups, as `ocrweb.evaluation.groups` makes them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pictures: int
    by: dict[str, tuple[GroupRow, ...]]


def card_groups(run: Path) -> CardGroups | None:
    """What the card of a run says; None when there is no card or it does not say."""
    try:
        return CardGroups.model_validate(read_card(run / names.CARD).metrics.get("groups"))
    except (OcrwebError, ValidationError):
        return None


def groups_document(run: Path) -> dict[str, Any] | None:
    """The same for ``--json``."""
    found = card_groups(run)
    return found.model_dump(mode="json") if found else None


def groups_told(found: CardGroups, lang: str | None = None) -> list[tuple[str, list[str]]]:
    """Each look in words with a line a group: its score, and the pictures that it fails in."""
    told = []
    for look, rows in found.by.items():
        if heading := _heading(look, lang):
            told.append((heading, [_line(row, lang) for row in rows]))
    return told


def _heading(look: str, lang: str | None) -> str:
    try:
        return text(f"evaluation.by-{look}", lang)
    except KeyError:  # a card of another version
        return ""


def _line(row: GroupRow, lang: str | None) -> str:
    figures = {"hmean": _figure(row.hmean), "recall": _figure(row.recall), "matched": row.matched, "labels": row.labels}
    line = text("evaluation.group", lang, name=row.group, **figures)
    return line + (f" · {', '.join(row.worst)}" if row.worst else "")


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
