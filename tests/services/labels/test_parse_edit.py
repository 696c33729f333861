"""An edit as a client sends it is taken whole or refused by what is wrong in it."""

from __future__ import annotations

from typing import Any

import pytest

from ocrweb.data.labelling.record import STATES
from ocrweb.errors import OcrwebError
from ocrweb.services.labels.editing import (
    LONGEST_TAG,
    MOST_TAGS,
    Edit,
    history_of,
    parse_edit,
    parse_state,
    parse_tags,
    put_state,
)
from ocrweb.services.labels.entries import LabelledSet

PICTURE = "train_images/1.png"


def test_an_edit_leaves_out_what_it_does_not_change() -> None:
    assert parse_edit({"version": "v", "boxes": []}) == Edit("v", ())
    assert parse_edit({"version": "v", "boxes": [], "state": "checked", "tags": ["a"]}) == Edit("v", (), "checked", ("a",))  # fmt: skip


@pytest.mark.parametrize("document", [None, [], "v", {}, {"version": 1, "boxes": []}, {"boxes": []}], ids=str)
def test_what_names_no_version_is_no_edit(document: Any) -> None:
    with pytest.raises(OcrwebError, match=r"labels\.bad-document"):
        parse_edit(document)


def test_a_state_is_one_of_those_that_are_told() -> None:
    assert [parse_state(state) for state in (None, *STATES)] == [None, *STATES]
    for wrong in ("", "Checked", 0, "x" * 50):
        with pytest.raises(OcrwebError) as refused:
            parse_state(wrong)
        assert refused.value.code == "labels.bad-state"
        assert refused.value.params == {"value": str(wrong)[:40], "states": ", ".join(STATES)}


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        (None, None), ([], ()), (["b", "a", "b"], ("b", "a")), (["  two \t words "], ("two words",)), (["a", " a"], ("a",)),
        ([str(number) for number in range(MOST_TAGS)], tuple(str(number) for number in range(MOST_TAGS))),
        (["x" * LONGEST_TAG], ("x" * LONGEST_TAG,)), ([" " + "x" * LONGEST_TAG + " "], ("x" * LONGEST_TAG,)),
    ],
    ids=["none", "empty", "twice", "spaces", "the same", "most", "longest", "longest with spaces"],
)  # fmt: skip
def test_tags_are_kept_in_order_once_each_without_needless_spaces(tags: Any, kept: Any) -> None:
    assert parse_tags(tags) == kept


@pytest.mark.parametrize(
    "tags",
    ["a", {"a": 1}, [1], [""], [" "], ["a", None], ["x" * (LONGEST_TAG + 1)], [str(number) for number in range(MOST_TAGS + 1)]],
    ids=["text", "object", "number", "empty", "blank", "nothing", "long", "many"],
)  # fmt: skip
def test_other_tags_are_refused(tags: Any) -> None:
    with pytest.raises(OcrwebError) as refused:
        parse_tags(tags)
    assert (refused.value.code, refused.value.params) == (
        "labels.bad-tags",
        {"most": MOST_TAGS, "longest": LONGEST_TAG},
    )


def test_what_was_done_is_told_the_newest_first_and_the_same_twice_is_done_once(labelled: LabelledSet) -> None:
    assert history_of(labelled, PICTURE) == ()
    assert put_state(labelled, [PICTURE], "check") == [PICTURE]
    assert put_state(labelled, [PICTURE], "check") == []
    assert put_state(labelled, [PICTURE, "train_images/2.png"], "checked") == [PICTURE, "train_images/2.png"]
    assert [done.state for done in history_of(labelled, PICTURE)] == ["checked", "check"]
    assert [done.state for done in history_of(labelled, "train_images/2.png")] == ["checked"]
    with pytest.raises(OcrwebError, match=r"store\.no-such-picture"):
        put_state(labelled, ["train_images/3.png", "train_images/9.png"], "checked")
    assert history_of(labelled, "train_images/3.png") == (), "nothing is written before all are known"
