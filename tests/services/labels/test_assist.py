"""Boxes are proposed from a map that is computed once, and follow the person after five corrected pictures."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocrweb.data.labelling.record import Done, PictureRecord
from ocrweb.errors import OcrwebError
from ocrweb.services.labels import assist
from ocrweb.services.labels.assist import box_at, divided, followed, proposed, settings_used, snapped, way_of
from ocrweb.services.labels.editing import Edit, read_labels, save_labels
from ocrweb.services.labels.entries import LabelledSet, stored_set
from ocrweb.services.labels.maps import KeptMaps

ONE = "train_images/1.png"


def test_a_map_is_computed_once_for_its_picture_and_model(labelled: LabelledSet) -> None:
    maps = KeptMaps()
    boxes = proposed(labelled, ONE, {}, maps)
    assert len(boxes) == 1
    (left, top), (right, bottom) = np.array(boxes[0].points).min(axis=0), np.array(boxes[0].points).max(axis=0)
    assert left < 30
    assert right > 90
    x, y = (left + right) / 2, (top + bottom) / 2
    assert box_at(labelled, ONE, {"x": x, "y": y}, maps) is not None
    assert box_at(labelled, ONE, {"x": 190, "y": 110}, maps) is None
    loose = [[2, 2], [198, 2], [198, 70], [2, 70]]
    assert snapped(labelled, ONE, {"points": loose}, maps) != tuple(map(tuple, loose))
    nothing = [[120, 80], [190, 80], [190, 110], [120, 110]]
    assert snapped(labelled, ONE, {"points": nothing}, maps) == tuple((float(x), float(y)) for x, y in nothing)
    assert maps.computed == 1
    with maps._computing, ThreadPoolExecutor(1) as meanwhile:  # another picture's is being computed
        known = meanwhile.submit(maps.get, labelled.places[ONE])
        waited = wait([known], timeout=20).not_done
    assert not waited
    shutil.copy(labelled.root / "train_images" / "2.png", labelled.root / ONE)
    proposed(labelled, ONE, {}, maps)
    assert maps.computed == 2


def test_maps_stay_within_their_budget(labelled: LabelledSet) -> None:
    maps = KeptMaps(budget=1)
    for picture in labelled.places.values():
        kept = maps.get(picture)
        assert maps.size() == kept.nbytes


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"x": "1", "y": 2}, "labels.bad-document"),
        ([], "labels.bad-document"),
        ({"x": 1, "y": 2, "threshold": 7}, "labels.bad-settings"),
        ({"x": 1, "y": 2, "unclip_ratio": True}, "labels.bad-settings"),
        ({"x": 1, "y": 2, "model": "/etc/passwd"}, "model.by-name"),
    ],
    ids=str,
)
def test_what_cannot_be_looked_at_has_a_code(labelled: LabelledSet, document: object, code: str) -> None:
    with pytest.raises(OcrwebError) as refused:
        box_at(labelled, ONE, document, KeptMaps())
    assert refused.value.code == code


def test_after_five_corrected_pictures_boxes_follow_the_person(labelled: LabelledSet) -> None:
    maps = KeptMaps()
    image = labelled.root / "train_images" / "1.png"
    names = [f"train_images/p{number}.png" for number in range(6)]
    for name in names:
        shutil.copy(image, labelled.root / name)
    mine = stored_set("shop")
    plain = np.array(proposed(mine, names[5], {}, maps)[0].points)
    wide = tuple((float(x), float(y)) for x, y in plain + np.array([[-6, -6], [6, -6], [6, 6], [-6, 6]]))
    for number, name in enumerate(names[:5]):
        assert way_of(stored_set("shop"), maps=maps) is None, number
        assert followed(stored_set("shop"), names[5], {"follow": True}, maps) is None
        first = read_labels(stored_set("shop"), name)
        drawn = [box.__class__(wide) for box in proposed(mine, name, {}, maps)]
        save_labels(stored_set("shop"), name, Edit(first.version, tuple(drawn), "checked"))
    mine = stored_set("shop")
    way = way_of(mine, maps=maps)
    assert way is not None
    assert way.options.unclip_ratio > maps.get(mine.place(names[5])).usual.unclip_ratio
    theirs = np.array(proposed(mine, names[5], {}, maps)[0].points)
    assert np.abs(theirs - np.array(wide)).max() < np.abs(plain - np.array(wide)).max()
    assert followed(mine, names[5], {"follow": True, "threshold": 0.9}, maps) == proposed(mine, names[5], {}, maps)


def test_a_line_is_divided_into_its_words_and_a_single_word_stays(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = np.full((120, 200, 3), 230, np.uint8)
    cv2.putText(page, "ab cd", (10, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, (20, 20, 20), 2)
    (labelled.root / ONE).write_bytes(cv2.imencode(".png", page)[1].tobytes())
    line, nothing = [[6, 12], [110, 12], [110, 46], [6, 46]], [[120, 80], [190, 80], [190, 110], [120, 110]]
    curved = [*line, [3, 30]]
    maps = KeptMaps()
    words, same, kept = divided(labelled, ONE, {"boxes": [line, nothing, curved]}, maps)
    assert maps.computed == 0  # words are told apart in the picture itself
    assert len(words) == 2
    assert max(x for x, _ in words[0]) < min(x for x, _ in words[1])
    assert [[list(point) for point in outline] for outline in (*same, *kept)] == [nothing, curved]
    monkeypatch.setattr(assist, "MOST_BOXES", 3)
    assert len(divided(labelled, ONE, {"boxes": [nothing] * 3}, maps)) == 3
    for document in (None, {"boxes": 5}, {"boxes": [[1]]}, {"boxes": [nothing] * 4}):
        with pytest.raises(OcrwebError):
            divided(labelled, ONE, document, KeptMaps())


def test_the_settings_that_were_given_are_those_that_are_used(labelled: LabelledSet) -> None:
    maps = KeptMaps()
    usual = maps.get(labelled.place(ONE)).usual
    assert settings_used(labelled, ONE, [], maps) == {
        "threshold": usual.threshold,
        "unclip_ratio": usual.unclip_ratio,
    }
    assert settings_used(labelled, ONE, {"threshold": 0.55}, maps) == {
        "threshold": 0.55,
        "unclip_ratio": usual.unclip_ratio,
    }


def test_those_count_as_corrected_that_a_person_changed_and_checked_in_fives(
    labelled: LabelledSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order in which that was done, the last fives of the first five, ten and so on."""
    names = [f"train_images/p{number:02}.png" for number in range(14)]
    records = {
        name: PictureRecord(state="checked", original="x", history=(Done(100.0 - number, "saved", 1),))  # type: ignore[arg-type]
        for number, name in enumerate(names)
    }
    records[names[1]] = replace(records[names[1]], state="check")
    records[names[2]] = replace(records[names[2]], original=None)
    records[names[3]] = replace(records[names[3]], history=())
    for name in names:
        shutil.copy(labelled.root / ONE, labelled.root / name)
    monkeypatch.setattr(assist, "known_record", lambda root, picture: records.get(picture, PictureRecord()))
    monkeypatch.setattr(assist, "latest", len)
    found = assist._corrected(stored_set("shop"), 0.0)
    assert [place.picture for place in found] == [names[number] for number in range(13, 3, -1)]
    assert [place.picture for place in assist._corrected(stored_set("shop"), 90.0)] == [names[number] for number in range(9, 4, -1)]  # fmt: skip
    assert assist._corrected(stored_set("shop"), 97.0) == []


def test_a_picture_file_that_is_gone_is_told(labelled: LabelledSet, tmp_path: Path) -> None:
    (labelled.root / ONE).unlink()
    with pytest.raises(OcrwebError) as refused:
        proposed(labelled, ONE, {}, KeptMaps())
    assert refused.value.code == "image.missing"
