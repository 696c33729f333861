"""The element that shows a picture with boxes over it, as HTML. Pure functions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from urllib.parse import quote, urlencode

import numpy as np

from ocrweb import messages
from ocrweb.services.access.file_address import KEY, key_of
from ocrweb.services.detect.detection import DetectionResult
from ocrweb.services.models.listing import another_model, title_of
from ocrweb.ui.parts.escape import escape

Kind = Literal["label", "marked", "ignored", "detection", "missed", "alarm"]


@dataclass(frozen=True, slots=True)
class ShownBox:
    """points: (P, 2) pixels of the picture. score: 0..1, None for a label."""

    points: Sequence[Sequence[float]] | np.ndarray
    kind: Kind
    text: str = ""
    score: float | None = None

    def to_dict(self) -> dict[str, Any]:
        points = [[round(float(x), 1), round(float(y), 1)] for x, y in self.points]
        score = None if self.score is None else round(float(self.score), 4)
        return {"points": points, "kind": self.kind, "text": self.text, "score": score}


@dataclass(frozen=True, slots=True)
class Layers:
    """What lies over a picture. name: of who made the boxes. other: another result on the same picture, with its name; as an
    address, it is fetched when a visitor wants to see it.

    map, edit: addresses below the page's own, of a heat map to stretch over the picture, and of its labels.
    """

    boxes: tuple[ShownBox, ...] = ()
    name: str = ""
    other: tuple[str, tuple[ShownBox, ...] | str] | None = None
    map: str = ""
    edit: str = ""


def detected(result: DetectionResult) -> tuple[ShownBox, ...]:
    """The regions of a result in reading order."""
    return tuple(
        ShownBox(region.quad if region.outline is None else region.outline, "detection", score=region.score)
        for region in result.regions
    )


def listed_boxes(document: Mapping[str, Any]) -> tuple[ShownBox, ...]:
    """The same of a result document."""
    pairs = zip(document["boxes"], document["scores"], strict=False)
    return tuple(ShownBox(np.reshape(box, (4, 2)), "detection", score=score) for box, score in pairs)


def viewer(picture: str, layers: Layers, lang: str) -> str:
    """HTML: the picture with its boxes.

    picture: the path of a file that the page may fetch. Without scripts the bare picture is seen.
    """
    address = file_address(picture)
    return (
        f'<ocrweb-viewer data-picture="{escape(address)}" data-document="{escape(_document(layers, lang))}">'
        f'<img src="{escape(address)}" alt="" loading="lazy" style="max-width: 100%"></ocrweb-viewer>'
    )


def held_against(picture: str, boxes: tuple[ShownBox, ...], model: str) -> Layers:
    """A model's boxes on a picture that the page may fetch, with its map, and another model's beside them for who asks."""
    other = another_model(model)
    theirs = (title_of(other), shown_boxes_address(picture, other)) if other else None
    return Layers(boxes, title_of(model), theirs, shown_map_address(picture, model))


def file_address(path: str) -> str:
    """Where the page fetches a file, below its own address, with the key that opens it."""
    return f"gradio_api/file={quote(path)}?{KEY}={key_of(path)}"


def map_address(handle: str) -> str:
    """Where the page fetches the probability map of a detection."""
    return f"viewer/map?{urlencode({'handle': handle})}"


def shown_map_address(picture: str, model: str) -> str:
    """Where the page fetches the probability map of a picture that it shows, by the path of its file."""
    return f"viewer/heat?{urlencode({'file': picture, KEY: key_of(picture), 'model': model})}"


def shown_boxes_address(picture: str, model: str) -> str:
    """Where it fetches the boxes that a model finds there."""
    return f"viewer/seen?{urlencode({'file': picture, KEY: key_of(picture), 'model': model})}"


def labelled_map_address(dataset: str, picture: str, model: str = "") -> str:
    """Where the page fetches the probability map of a stored dataset's picture. model: "" for the one that labels it."""
    return f"labels/api/map?{urlencode(_asked(dataset, picture, model), errors='replace')}"


def proposed_address(dataset: str, picture: str, model: str = "") -> str:
    """Where it fetches the boxes that a model would draw there."""
    return f"labels/api/propose?{urlencode(_asked(dataset, picture, model), errors='replace')}"


def _asked(dataset: str, picture: str, model: str) -> dict[str, str]:
    return {"dataset": dataset, "picture": picture} | ({"model": model} if model else {})


def _document(layers: Layers, lang: str) -> str:
    other = None
    if layers.other is not None:
        name, made = layers.other
        other = {"name": name, **({"address": made} if isinstance(made, str) else {"boxes": _listed(made)})}
    document = {
        "words": _words(lang),
        "name": layers.name,
        "boxes": _listed(layers.boxes),
        "other": other,
        "map": layers.map or None,
        "edit": layers.edit or None,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _listed(boxes: Iterable[ShownBox]) -> list[dict[str, Any]]:
    return [box.to_dict() for box in boxes]


@cache
def _words(lang: str) -> dict[str, str]:
    return messages.load_area(lang, "text", "ui_viewer")
