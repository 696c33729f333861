"""What spares a person drawing: boxes proposed, a box where they click, a loose box drawn to its text; by their own way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from ocrweb.config.documents import is_number
from ocrweb.config.model_names import IN_USE
from ocrweb.data.formats.quads import fit_quads
from ocrweb.data.labelling.drawn import DIGITS, MOST_BOXES, DrawnBox, labelled_boxes, parse_points
from ocrweb.data.labelling.files import read_files
from ocrweb.data.sample import Sample
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.sweep import JudgedMap
from ocrweb.evaluation.way import CORRECTED, MOST, Way, latest, learn_way
from ocrweb.geometry.quad import order_many_clockwise
from ocrweb.runtime.decode import decode
from ocrweb.runtime.nearby import region_at, region_within
from ocrweb.runtime.words import USUAL_GAP, split_words
from ocrweb.services.files.recent import Recent
from ocrweb.services.labels.entries import LabelledSet, LabelPlace
from ocrweb.services.labels.facts import known_record, label_facts, picture_size
from ocrweb.services.labels.maps import MAPS, KeptMaps, SeenPicture, gray_of
from ocrweb.services.labels.proposing import labelling_model, learnt_since
from ocrweb.services.labels.settings import decode_given
from ocrweb.services.models.listing import check_model

REMEMBERED = 32

Points = tuple[tuple[float, float], ...]
_ways: Recent[tuple[object, ...], Way] = Recent(REMEMBERED)


def box_at(labelled: LabelledSet, picture: str, document: Any, maps: KeptMaps = MAPS) -> Points | None:
    """The box of the text at a place; None where the model sees nothing, however weak.

    document: ``{"x", "y"}`` in picture pixels, and a ``"model"`` if it is not the one that labels this dataset.
    """
    place = labelled.place(picture)
    values = document if isinstance(document, dict) else {}
    if not (is_number(values.get("x")) and is_number(values.get("y"))):
        raise OcrwebError("labels.bad-document", expected='{"x": …, "y": …}')
    seen, way = _seen(labelled, place, values, maps)
    region = region_at(seen.map, seen.page, float(values["x"]), float(values["y"]), way.options)
    if region is None:
        return None
    parts = way.drawn([region.quad], seen.gray)
    return _points(min(parts, key=lambda part: _beside(part, float(values["x"]), float(values["y"]))), _size(seen))


def snapped(labelled: LabelledSet, picture: str, document: Any, maps: KeptMaps = MAPS) -> Points:
    """A loosely drawn outline as a box around the text in it; the outline itself where the model sees none."""
    place = labelled.place(picture)
    values = document if isinstance(document, dict) else {}
    drawn = parse_points(values.get("points"))
    seen, way = _seen(labelled, place, values, maps)
    region = region_within(seen.map, seen.page, np.array(drawn), way.options)
    return (_points(way.shaped(region.quad), _size(seen)) if region is not None else None) or drawn


def proposed(labelled: LabelledSet, picture: str, document: Any, maps: KeptMaps = MAPS) -> list[DrawnBox]:
    """The boxes that a model would draw, by the person's way unless settings say otherwise."""
    place = labelled.place(picture)
    values = document if isinstance(document, dict) else {}
    seen, way = _seen(labelled, place, values, maps)
    found = decode(seen.map, seen.page, way.options, tiles=seen.tiles)
    boxes = (_points(quad, _size(seen)) for quad in way.drawn([region.quad for region in found], seen.gray))
    return list(dict.fromkeys(DrawnBox(points) for points in boxes if points is not None))


def settings_used(labelled: LabelledSet, picture: str, document: Any, maps: KeptMaps = MAPS) -> dict[str, float]:
    """The ``threshold`` and ``unclip_ratio`` with which the same boxes are proposed."""
    values = document if isinstance(document, dict) else {}
    _, way = _seen(labelled, labelled.place(picture), values, maps)
    return way.options.model_dump(include={"threshold", "unclip_ratio"})


def followed(labelled: LabelledSet, picture: str, document: Any, maps: KeptMaps = MAPS) -> list[DrawnBox] | None:
    """The same by the person's way alone: None while that is not known."""
    model = document.get("model") if isinstance(document, dict) else None
    known = way_of(labelled, check_model(model or labelling_model(labelled)), maps)
    return None if known is None else proposed(labelled, picture, {"model": model}, maps)


def divided(labelled: LabelledSet, picture: str, document: Any, maps: KeptMaps = MAPS) -> list[list[Points]]:
    """Of each outline that was given the words in it, in the order of the line: the outline alone where it holds one.

    document: ``{"boxes": [points, …]}``. Outlines with more than four corners stay as they are. Raises labels.bad-document.
    """
    place = labelled.place(picture)
    values = document if isinstance(document, dict) else {}
    given = values.get("boxes")
    if not isinstance(given, list) or len(given) > MOST_BOXES:
        raise OcrwebError("labels.bad-document", expected='{"boxes": […]}')
    outlines = [parse_points(one) for one in given]
    gray = gray_of(place)
    way = way_of(labelled, check_model(values.get("model") or labelling_model(labelled)), maps)
    gap = way.words if way is not None and way.words else USUAL_GAP
    return [_words_of(outline, gray, gap) for outline in outlines]


def _words_of(outline: Points, gray: np.ndarray, gap: float) -> list[Points]:
    if len(outline) != 4:
        return [outline]
    level = order_many_clockwise(np.array([outline], np.float32))[0]
    words = [_points(piece, gray.shape[::-1]) for piece in split_words(gray, level, gap)]
    told = [word for word in words if word is not None]
    return told if len(told) > 1 else [outline]


def way_of(labelled: LabelledSet, model: str = IN_USE, maps: KeptMaps = MAPS) -> Way | None:
    """The settings that come nearest to what a person made of this dataset's pictures; None before five were corrected.

    Corrected is what a person changed and called checked. Told anew after five more, so that few have to wait for it. Of a
    model that has learnt from this dataset those count that were corrected since.
    """
    done = _corrected(labelled, learnt_since(labelled, model))
    if len(done) < CORRECTED:
        return None
    files = [(place, read_files(place.label)) for place in done]
    key = (str(labelled.root.resolve()), model, *(labels.version for _, labels in files))
    if (known := _ways.get(key)) is not None:
        return known
    judged = []
    for place, labels in files:
        seen = maps.get(place, model)
        judged.append(
            JudgedMap(
                Sample(place.image, place.label, labelled_boxes(labels)), seen.map, seen.page, seen.tiles, seen.gray
            )
        )
    return _ways.put(key, learn_way(judged, seen.usual))


def _corrected(labelled: LabelledSet, since: float) -> list[LabelPlace]:
    """The pictures that were corrected last, of the first five, ten, fifteen and so on: as many as tell a way."""
    found = []
    for place in labelled.places.values():
        record = known_record(labelled.root, place.picture)
        if record.state != "checked" or record.original is None or not record.history:
            continue
        if record.history[-1].at > since:
            found.append((record.history[-1].at, place))
    found.sort(key=lambda one: one[0])
    done = [place for _, place in found[: len(found) - len(found) % CORRECTED]]
    boxes = [label_facts(place, picture_size(place)).boxes for place in done[-MOST:]]
    return done[-latest(boxes) :] if boxes else []


def _seen(labelled: LabelledSet, place: LabelPlace, values: dict[str, Any], maps: KeptMaps) -> tuple[SeenPicture, Way]:
    """The picture's map, and the way to read it: that of the person, with the settings that were given in place of theirs. Raises labels.bad-settings, what naming a model raises."""
    model = check_model(values.get("model") or labelling_model(labelled))
    seen = maps.get(place, model)
    way = way_of(labelled, model, maps) or Way(seen.usual)
    return seen, replace(way, options=decode_given(values, way.options))


def _beside(quad: np.ndarray, x: float, y: float) -> float:
    """How far a place lies outside of a box; less than 0 within."""
    return -float(cv2.pointPolygonTest(np.asarray(quad, np.float32), (x, y), True))


def _size(seen: SeenPicture) -> tuple[int, int]:
    return seen.page.width, seen.page.height


def _points(quad: np.ndarray, size: tuple[int, ...]) -> Points | None:
    """As a label file would hold it; None for a box without area. size: (width, height) of the picture."""
    fitted = fit_quads([quad], (size[0], size[1]))[0].quad
    if fitted is None:
        return None
    return tuple((round(float(x), DIGITS), round(float(y), DIGITS)) for x, y in fitted)
