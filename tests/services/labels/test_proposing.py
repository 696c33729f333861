"""A model draws anew what nobody has touched; what a person changed, checked or is at stays byte by byte."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ocrweb.config.model_names import DEFAULT, IN_USE
from ocrweb.data.labelling.drawn import DrawnBox
from ocrweb.data.labelling.learnt import Learnt, read_learnt, write_learnt
from ocrweb.data.labelling.review import REVIEW, auto_labelled
from ocrweb.services.labels.assist import way_of
from ocrweb.services.labels.editing import Edit, history_of, put_state, read_labels, save_labels
from ocrweb.services.labels.entries import LabelledSet, stored_set
from ocrweb.services.labels.listing import list_pictures
from ocrweb.services.labels.maps import KeptMaps
from ocrweb.services.labels.proposing import labelling_model, learnt_since, propose_anew, untouched
from ocrweb.services.labels.versions import restore_version

ONE, TWO, THREE = (f"train_images/{number}.png" for number in (1, 2, 3))
MORE = [f"train_images/{name}.png" for name in ("edited", "checked", "opened", "broken")]
JUNK = "100,90,120,90,120,100,100,100,text\n"


@pytest.fixture
def by_model(labelled: LabelledSet) -> LabelledSet:
    """Of pictures that a model labelled wrongly some were changed, checked or are broken."""
    for name in MORE:
        shutil.copy(labelled.root / ONE, labelled.root / name)
        (labelled.root / name.replace("images", "gts")).with_suffix(".txt").write_text(JUNK)
    with (labelled.root / "train_list.txt").open("a") as listed:
        listed.writelines(f"{name} {name.replace('images', 'gts').removesuffix('png')}txt\n" for name in MORE)
    (labelled.root / MORE[3]).write_bytes(b"no picture")
    names = [Path(name).name for name in (ONE, TWO, *MORE)]
    (labelled.root / REVIEW).write_text("picture,unsure\n" + "".join(f"{name},yes\n" for name in names))
    mine = stored_set("shop")
    save_labels(mine, MORE[0], Edit(read_labels(mine, MORE[0]).version, ()))
    put_state(mine, [MORE[1]], "checked")
    return mine


def labels_of(labelled: LabelledSet) -> dict[str, bytes]:
    return {name: place.label.read_bytes() for name, place in labelled.places.items()}


def test_only_what_nobody_has_touched_is_drawn_anew_and_can_be_brought_back(by_model: LabelledSet) -> None:
    before = labels_of(by_model)
    assert [place.picture for place in untouched(by_model)] == [ONE, TWO, THREE, *MORE[2:]]
    assert list_pictures(by_model).untouched == 5
    steps: list[tuple[int, int]] = []
    renewed = propose_anew(by_model, DEFAULT, [MORE[2]], lambda done, total: steps.append((done, total)))
    assert steps == [(done, 4) for done in range(1, 5)]
    after = labels_of(by_model)
    assert {name for name in after if after[name] != before[name]} == {ONE, TWO, THREE}
    assert (renewed.model, renewed.pictures, renewed.boxes) == (DEFAULT, 3, 3)
    assert [(name, error.code) for name, error in renewed.failed] == [(MORE[3], "labels.broken-picture")]
    assert [done.what for done in history_of(by_model, ONE)] == ["proposed"]
    assert read_labels(by_model, ONE).by_model
    assert THREE in auto_labelled(by_model.root)
    document = renewed.to_dict("en")
    assert {name: document[name] for name in ("model", "pictures", "boxes", "unsure", "version")} == {
        "model": DEFAULT, "pictures": 3, "boxes": 3, "unsure": renewed.unsure, "version": renewed.version,
    }  # fmt: skip
    told = document["failed"][0]
    assert (told["picture"], told["code"]) == (MORE[3], "labels.broken-picture")
    assert propose_anew(by_model, DEFAULT, [MORE[2]]).pictures == 0, "the same boxes again"
    restore_version(by_model, renewed.version)
    assert labels_of(by_model) == before


def test_what_somebody_changes_while_the_model_looks_stays(by_model: LabelledSet) -> None:
    drawn = DrawnBox(((5.0, 5.0), (50.0, 5.0), (50.0, 25.0), (5.0, 25.0)), "mine")

    def meanwhile(done: int, total: int) -> None:
        if done == 1:
            save_labels(by_model, TWO, Edit(read_labels(by_model, TWO).version, (drawn,)))

    assert propose_anew(by_model, DEFAULT, progress=meanwhile).pictures == 3
    assert [box.text for box in read_labels(by_model, TWO).boxes] == ["mine"]


def test_what_has_drawn_last_helps_from_then_on_as_long_as_it_is_there(by_model: LabelledSet) -> None:
    assert labelling_model(by_model) == IN_USE
    learnt = Learnt(DEFAULT, 50.0, 10, before="db-resnet18", before_at=20.0)
    write_learnt(by_model.root, learnt)
    assert labelling_model(by_model) == "db-resnet18"
    assert (learnt_since(by_model, "db-resnet18"), learnt_since(by_model, DEFAULT)) == (20.0, 0.0)
    propose_anew(by_model, DEFAULT)
    assert read_learnt(by_model.root) == replace(learnt, renewed=4)
    assert labelling_model(by_model) == DEFAULT
    assert learnt_since(by_model, DEFAULT) == 50.0
    write_learnt(by_model.root, replace(learnt, model="gone", renewed=4))
    assert labelling_model(by_model) == IN_USE


def test_a_way_is_told_by_what_was_corrected_after_the_model_had_learnt(by_model: LabelledSet) -> None:
    names = [f"train_images/p{number}.png" for number in range(5)]
    for name in names:
        shutil.copy(by_model.root / ONE, by_model.root / name)
    wide = DrawnBox(((2.0, 2.0), (150.0, 2.0), (150.0, 60.0), (2.0, 60.0)))
    for name in names:
        mine = stored_set("shop")
        save_labels(mine, name, Edit(read_labels(mine, name).version, (wide,), "checked"))
    maps, mine = KeptMaps(), stored_set("shop")
    assert way_of(mine, DEFAULT, maps) is not None
    write_learnt(mine.root, Learnt(DEFAULT, history_of(mine, names[-1])[0].at + 1, 10, renewed=1))
    assert way_of(mine, DEFAULT, maps) is None
