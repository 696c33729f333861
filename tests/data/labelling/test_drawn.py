"""What was drawn becomes lines that read back as the same boxes; what could not be read again is refused by its number."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from ocrweb.data.labelling import drawn
from ocrweb.data.labelling.drawn import DrawnBox, LabelFiles, compose, drawn_boxes, parse_drawn, parse_points
from ocrweb.data.outlines import MOST_POINTS
from ocrweb.errors import OcrwebError

SIZE = (200, 120)
QUAD = ((10.0, 10.0), (60.0, 10.0), (60.0, 30.0), (10.0, 30.0))
LOW = ((10.0, 60.0), (60.0, 60.0), (60.0, 80.0), (10.0, 80.0))
HEX = ((100.0, 10.0), (130.0, 5.0), (160.0, 10.0), (160.0, 30.0), (130.0, 34.0), (100.0, 30.0))


def box(points: Any = QUAD, text: str = "a", ignored: bool = False) -> DrawnBox:
    return DrawnBox(points, text, ignored)


def files(*lines: str) -> LabelFiles:
    return LabelFiles("".join(f"{line}\n" for line in lines).encode())


def refused(call: Any, *given: Any) -> tuple[str, Any]:
    with pytest.raises(OcrwebError) as caught:
        call(*given)
    return caught.value.code, caught.value.params.get("number")


def entry(points: Any = QUAD, **more: Any) -> dict[str, Any]:
    return {"points": [list(point) for point in points], **more}


@pytest.mark.parametrize(
    "boxes", [[], [box()], [box(), box(LOW, "b, c")], [box(HEX, "curved"), box()], [box(text=""), box(LOW, "x", True)], [box(HEX), box(HEX, "###", True)]],
    ids=["none", "one", "two", "an outline", "without text, ignored", "ignored outline"],
)  # fmt: skip
def test_what_was_drawn_reads_back(boxes: list[DrawnBox]) -> None:
    written = compose(boxes, SIZE)
    found = drawn_boxes(written)
    assert [(one.text if not one.ignored else "", one.ignored) for one in boxes] == [(one.text, one.ignored) for one in found]  # fmt: skip
    for one, other in zip(boxes, found, strict=True):
        np.testing.assert_allclose(other.points, one.points, atol=0.41)
    assert (written.outlines is not None) is any(len(one.points) > 4 for one in boxes)
    assert compose(found, SIZE, [written]) is written


def test_states_are_told_apart_by_every_byte_and_by_what_is_not_there() -> None:
    states = [LabelFiles(None), LabelFiles(b""), LabelFiles(b"a"), LabelFiles(b"", b""), LabelFiles(None, b""), LabelFiles(b"ab"), LabelFiles(b"a", b"b"), LabelFiles(b"-")]  # fmt: skip
    versions = [state.version for state in states]
    assert len({*versions}) == len(states)
    assert all(len(version) == 32 and int(version, 16) >= 0 for version in versions)
    assert LabelFiles(b"a", b"b").version == LabelFiles(b"a", b"b").version


def test_the_text_of_an_ignored_box_is_no_part_of_it() -> None:
    assert box(text="a", ignored=True).key == box(text="b", ignored=True).key != box(text="", ignored=False).key
    assert box(text="a").key != box(text="b").key
    assert box().to_dict() == {"points": [list(point) for point in QUAD], "text": "a", "ignored": False}


def test_a_box_that_nobody_touched_keeps_its_line_and_others_are_written_anew() -> None:
    before = files("10.00,10,60,10,60,30,10,30,  a", "10,60,60,60,60,80,10,80,b")
    kept, changed = drawn_boxes(before)
    after = compose([kept, DrawnBox(changed.points, "c")], SIZE, [before])
    first, second = (after.label or b"").decode().splitlines()
    assert first == "10.00,10,60,10,60,30,10,30,  a"
    assert second == "10,60,60,60,60,80,10,80,c"


def test_bytes_of_an_encoding_that_cannot_be_told_come_back_from_the_page_as_they_were() -> None:
    before = LabelFiles("10,10,60,10,60,30,10,30,Café\n10,60,60,60,60,80,10,80,é\n".encode("cp1252"))
    sent = [one.to_dict() for one in drawn_boxes(before)]
    sent[0]["points"] = [[x + 1, y] for x, y in sent[0]["points"]]
    sent.append(entry(HEX[:4], text="票"))
    moved = compose(parse_drawn(json.loads(json.dumps(sent, ensure_ascii=False).encode())), SIZE, [before])
    first, second, third = (moved.label or b"").splitlines()
    assert first == "11,10,61,10,61,30,11,30,Café".encode("cp1252")
    assert second == "10,60,60,60,60,80,10,80,é".encode("cp1252")
    assert third.endswith("票".encode())
    own = files("10,10,60,10,60,30,10,30,\uf7e9")  # such a letter of a file that is UTF-8 stays one
    (drawn_own,) = drawn_boxes(own)
    assert (compose([DrawnBox(LOW, drawn_own.text)], SIZE, [own]).label or b"").endswith("\uf7e9\n".encode())


def test_the_first_state_that_holds_a_box_gives_its_line() -> None:
    one, other = files("10,10,60,10,60,30,10,30,a", "1,2,3,broken"), files("10.0,10,60,10,60,30,10,30,a")
    (drawn_one,) = drawn_boxes(other)
    for known in ([one, other], [other, one]):
        assert compose([drawn_one], SIZE, known) is known[0]
        first = (known[0].label or b"").splitlines()[0]
        assert (compose([drawn_one, box(LOW)], SIZE, known).label or b"").splitlines()[0] == first


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (((5.0, 5.0), (50.0, 5.0), (50.0, 5.0), (5.0, 5.0)), "no area"), (((300.0, 5.0), (350.0, 5.0), (350.0, 25.0), (300.0, 25.0)), "outside"),
        (((300.0, 5.0), (350.0, 5.0), (360.0, 15.0), (350.0, 25.0), (300.0, 25.0)), "an outline outside"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_box_that_holds_nothing_is_refused_by_its_number(points: Any, why: str) -> None:
    assert refused(compose, [box(), box(LOW), box(points)], SIZE) == ("labels.bad-box", 3)


def test_a_text_that_would_be_read_for_points_is_refused_by_its_number() -> None:
    four = ((10.0, 20.0), (50.0, 15.0), (90.0, 20.0), (90.0, 40.0))
    assert refused(compose, [box(LOW), box(four, "10,40,HELLO")], SIZE) == ("labels.bad-text", 2)
    assert compose([box(LOW), box(four, "10, forty")], SIZE).label


@pytest.mark.parametrize(("most", "code"), [(2, ""), (1, "labels.too-many-boxes")])
def test_so_many_boxes_may_be_sent(most: int, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "MOST_BOXES", most)
    sent = [entry(), entry(LOW)]
    if code:
        assert refused(parse_drawn, sent)[0] == code
    else:
        assert parse_drawn(sent) == [box(text=""), box(LOW, "")]
    assert refused(parse_drawn, {"boxes": []})[0] == "labels.too-many-boxes"


@pytest.mark.parametrize(
    "bad",
    [
        None, [], {"points": None}, entry(QUAD[:3]), entry([*QUAD[:3], (1, 2, 3)]), entry([*QUAD[:3], ("1", 2)]), entry([*QUAD[:3], (True, 2)]),
        entry([*QUAD[:3], (float("nan"), 2)]), entry([*QUAD[:3], (1e6 + 1, 2)]), entry([*QUAD[:3], (-1e6 - 1, 2)]), entry(text=3), entry(text="a" * 1001),
        entry(text="\ud800"), entry(ignored=1), entry(ignored=None), entry(QUAD * (MOST_POINTS // 4 + 1)),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_box_is_refused_by_its_number(bad: Any) -> None:
    assert refused(parse_drawn, [entry(), entry(LOW), bad, entry()]) == ("labels.bad-boxes", 3)


def test_what_is_just_a_box_is_taken() -> None:
    sent = [entry([(-1e6, 1e6), *QUAD[1:]]), entry(text="a" * 1000), entry(ignored=True), entry(text=" text "), entry(text="a\tb "), entry(HEX)]  # fmt: skip
    found = parse_drawn(sent)
    assert found[0].points[0] == (-1e6, 1e6)
    assert [(len(one.text), one.ignored) for one in found[1:3]] == [(1000, False), (0, True)]
    assert [one.text for one in found[3:5]] == ["", "a b"]
    assert found[5].points == HEX
    assert len(parse_points([[n, n] for n in range(MOST_POINTS)])) == MOST_POINTS


def test_coordinates_are_kept_to_the_hundredth_and_nothing_is_minus_nothing() -> None:
    ((first, second, *_),) = (parse_points([[1.006, -0.001], [2, 3.3333], [4, 5], [6, 7]]),)
    assert (first, second) == ((1.01, 0.0), (2.0, 3.33))
    assert str(first[1]) == "0.0"
    assert refused(parse_points, "x", 7) == ("labels.bad-boxes", 7)


def test_two_outlines_of_one_box_are_told_apart_by_moving_one_of_them() -> None:
    other = (*HEX[:1], (130.0, 8.0), *HEX[2:4], (130.0, 33.0), HEX[5])  # of other shape, and nearly the same box
    same = [box(HEX, "a"), box(HEX, "b"), box(other, "c")]
    written = compose(same, SIZE)
    keys = [tuple(one.points.ravel().round(1).tolist()) for one in drawn.labelled_boxes(written)]
    assert len({*keys}) == 3
    assert [one.text for one in drawn_boxes(written)] == ["a", "b", "c"]
    assert all(len(one.points) == 6 for one in drawn_boxes(written))
    assert np.allclose(drawn_boxes(written)[0].points, HEX, atol=0.01)


def test_a_box_without_an_outline_stays_where_it_is_beside_one_with_it() -> None:
    quad = box(text="plain")
    written = compose([quad, box(HEX, "round"), quad], SIZE)
    plain = [one for one in drawn.labelled_boxes(written) if one.text == "plain"]
    assert [one.points.tolist() for one in plain] == [np.array(QUAD, float).tolist()] * 2
    assert drawn.apart(written, written) == written
