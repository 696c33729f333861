"""Looking at a dataset, good or broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrweb.data.sample import LabelledBox
from ocrweb.data.validate import validate_dataset
from ocrweb.errors import OcrwebError
from ocrweb.services.datasets import view
from ocrweb.services.datasets.draw import IGNORED_COLOUR, draw_boxes, draw_kernels, draw_thresholds
from ocrweb.services.datasets.statistics import (
    ANGLE_EDGES,
    ASPECT_EDGES,
    COUNT_EDGES,
    HEIGHT_EDGES,
    SIDE_EDGES,
    histogram,
    statistics_of,
)
from ocrweb.services.datasets.view import MODES, GalleryItem, Mode, page_of, picture_view
from tests.data.corpus import make_good


def box(left: int, top: int, right: int, bottom: int, ignore: bool = False) -> LabelledBox:
    points = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return LabelledBox(points, "###" if ignore else "a", ignore)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_good(tmp_path / "d")


def test_pages_follow_the_lists_and_end_where_the_pictures_end(dataset: Path) -> None:
    first = page_of(dataset, 1, per_page=5)
    assert [item.image for item in first.items] == [f"train_images/{n}.jpg" for n in (1, 2, 3, 4, 5)]
    assert (first.pages, first.total) == (3, 12)
    last = page_of(dataset, 99, per_page=5)
    assert last.page == 3
    assert [item.image for item in last.items] == ["test_images/1.jpg", "test_images/2.jpg"]
    assert page_of(dataset, 0).page == 1
    assert page_of(dataset, split="test").total == 2


def test_a_filter_shows_the_pictures_that_break_the_rule(dataset: Path) -> None:
    (dataset / "train_gts" / "3.txt").write_text("5,5,40,5,40,20,5,20,a\n1,2,3\n")
    (dataset / "train_gts" / "7.txt").write_bytes(b"\xef\xbb\xbf5,5,40,5,40,20,5,20,a\n")
    report = validate_dataset(dataset)
    page = page_of(dataset, filter_rule="label.too-few", report=report)
    assert [item.image for item in page.items] == ["train_images/3.jpg"]
    assert page.rules == {"label.too-few": 1, "label.bom": 1}
    assert page_of(dataset, filter_rule="label.bom").items[0].label == "train_gts/7.txt"
    assert page_of(dataset, filter_rule="label.crlf", report=report).total == 0


def test_a_page_shows_what_lies_there_now(dataset: Path) -> None:
    assert page_of(dataset).total == 12
    lines = (dataset / "train_list.txt").read_text().splitlines(keepends=True)
    (dataset / "train_list.txt").write_text("".join(lines[:4]))
    assert page_of(dataset).total == 6
    (dataset / "train_images" / "1.jpg").unlink()
    assert page_of(dataset).items[0].image == ""


def test_only_the_box_with_the_finding_is_marked(dataset: Path) -> None:
    (dataset / "train_gts" / "1.txt").write_text("5,5,40,5,40,20,5,20,a\n5,25,5,40,50,40,50,25,b\n")
    item = page_of(dataset).items[0]
    plain = picture_view(dataset, item).pixels
    marked = picture_view(dataset, item, report=validate_dataset(dataset)).pixels
    changed = np.argwhere((plain != marked).any(axis=2))
    assert len(changed)
    assert changed[:, 0].min() >= 23


@pytest.mark.parametrize("broken", ["train_list.txt", "train_gts", "test_images"])
def test_a_dataset_without_a_part_can_be_looked_at(dataset: Path, broken: str) -> None:
    path = dataset / broken
    path.rename(dataset / f"{broken}.away")
    page = page_of(dataset)
    assert page.page == 1
    for item in page.items:
        if item.image:
            assert picture_view(dataset, item).pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("mode", MODES)
def test_each_view_shows_the_picture_at_the_asked_size(dataset: Path, mode: Mode) -> None:
    item = page_of(dataset).items[0]
    view = picture_view(dataset, item, mode, side=32)
    assert view.pixels.shape == (24, 32, 3)
    assert (view.width, view.height, len(view.boxes), view.ignored) == (64, 48, 2, 1)


def test_a_thumbnail_is_decoded_once_while_its_boxes_are_drawn_as_they_are_now(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = page_of(dataset).items[0]
    first = picture_view(dataset, item, side=40)
    monkeypatch.setattr(view, "read_small", lambda *_, **__: pytest.fail("decoded again"))
    (dataset / item.label).write_text("10,20,50,20,50,40,10,40,moved\n")
    again = picture_view(dataset, item, side=40)
    assert len(again.boxes) == 1
    assert (again.pixels != first.pixels).any()
    (dataset / item.image).touch()
    with pytest.raises(pytest.fail.Exception, match="decoded again"):
        picture_view(dataset, item, side=40)


@pytest.mark.parametrize(("side", "times"), [(640, 1), (641, 2)])
def test_only_what_is_small_is_kept(dataset: Path, monkeypatch: pytest.MonkeyPatch, side: int, times: int) -> None:
    item, read = page_of(dataset).items[0], view.read_small
    decoded: list[int] = []
    monkeypatch.setattr(
        view, "read_small", lambda path, side, name: decoded.append(side) or read(path, side, name=name)
    )
    for _ in range(2):
        picture_view(dataset, item, side=side)
    assert decoded == [side] * times


@pytest.mark.parametrize("name", ["train_images/99.jpg", "../secret.jpg", "/etc/passwd", ""])
def test_only_pictures_of_the_dataset_are_shown(dataset: Path, name: str) -> None:
    with pytest.raises(OcrwebError, match=r"store\.no-such-picture"):
        picture_view(dataset, GalleryItem("train", name, "", None))


def test_ignored_boxes_are_hatched_and_others_are_not() -> None:
    page = np.full((200, 300, 3), 255, np.uint8)
    drawn = draw_boxes(page, [box(20, 20, 140, 80), box(20, 120, 140, 180, ignore=True)])
    inside, ignored = drawn[30:70, 30:130], drawn[130:170, 30:130]
    assert (inside == 255).all()
    share = (ignored == IGNORED_COLOUR).all(axis=2).mean()
    assert 0.2 < share < 0.5
    assert (page == 255).all()


def test_the_shrink_map_is_green_inside_texts_and_hatched_where_nothing_is_learnt() -> None:
    page = np.full((200, 300, 3), 255, np.uint8)
    drawn = draw_kernels(page, [box(20, 20, 140, 80), box(20, 120, 140, 180, ignore=True), box(200, 100, 260, 105)])
    assert drawn[50, 80].tolist() == pytest.approx([159, 206, 125], abs=2)
    assert (drawn[22, 22] == 255).all()
    assert (drawn[130:170, 30:130] == IGNORED_COLOUR).all(axis=2).any()
    assert (drawn[100:106, 200:260] == IGNORED_COLOUR).all(axis=2).any()


def test_the_threshold_map_is_hot_on_outlines_only() -> None:
    page = np.full((200, 300, 3), 255, np.uint8)
    drawn = draw_thresholds(page, [box(40, 40, 240, 120)])
    assert (drawn[80, 140] == 255).all()
    assert not (drawn[40, 140] == 255).all()
    assert (drawn[190, 290] == 255).all()


def test_statistics_count_what_lies_in_the_files(dataset: Path) -> None:
    (dataset / "train_images" / "4.jpg").write_bytes(b"broken")
    numbers = statistics_of(dataset, train_side=32).to_dict()
    assert numbers["pictures"] == {"train": 10, "test": 2}
    assert numbers["boxes"] == {"train": 20, "test": 4}
    assert numbers["ignored"] == {"train": 10, "test": 2}
    assert numbers["unreadable"] == 1
    assert numbers["boxes_per_picture"]["median"] == 2
    assert sum(numbers["boxes_per_picture"]["counts"]) == 12
    assert numbers["text_heights"]["median"] == 7.5  # 15 px high in a picture shrunk by half
    assert numbers["aspects"]["median"] == pytest.approx(35 / 15, abs=0.01)
    assert numbers["angles"]["median"] == 0
    assert (numbers["sides"]["lowest"], sum(numbers["sides"]["counts"])) == (64, 11)


def test_numbers_follow_the_reading_direction_and_pictures_that_are_small_enough_are_not_shrunk(dataset: Path) -> None:
    for split, count in (("train", 10), ("test", 2)):
        for number in range(1, count + 1):
            (dataset / f"{split}_gts" / f"{number}.txt").write_text("")
    upwards, leaning = "10,45,10,5,20,5,20,45,a", "10,10,40,40,34,46,4,16,b"
    ignored, reversed_ = "5,5,60,5,60,40,5,40,###", "50,20,30,20,30,10,50,10,c"
    (dataset / "train_gts" / "1.txt").write_text("\n".join((upwards, leaning, ignored, reversed_)))
    calls: list[tuple[int, int]] = []
    numbers = statistics_of(dataset, train_side=640, progress=lambda done, total: calls.append((done, total)))
    assert numbers.ignored == {"train": 1, "test": 0}
    assert (numbers.angles.lowest, numbers.angles.median, numbers.angles.highest) == (-90, 0, 45)
    assert (numbers.aspects.lowest, numbers.aspects.highest) == (2, 5)
    assert numbers.text_heights.highest == 10
    assert calls == [(done, 12) for done in range(1, 13)]


def test_an_empty_dataset_has_empty_plots(tmp_path: Path) -> None:
    numbers = statistics_of(tmp_path)
    assert numbers.boxes_per_picture.median is None
    assert sum(numbers.angles.counts) == 0


def test_the_bars_of_each_plot_part_what_people_look_for() -> None:
    """Borders that a person reads: no text, a line three or five times as wide as high, and the usual sides of pictures."""
    for edges, whole, closed, labels in (
        (COUNT_EDGES, True, False, "0 1 2–4 5–9 10–19 20–29 30–49 50–74 75–99 100–149 150–199 200–499 ≥_500"),
        (HEIGHT_EDGES, False, False, "0–2 2–4 4–6 6–8 8–12 12–16 16–24 24–32 32–48 48–64 64–128 ≥_128"),
        (ASPECT_EDGES, False, False, "0–0.25 0.25–0.5 0.5–1 1–2 2–3 3–5 5–8 8–12 12–20 20–40 ≥_40"),
        (ANGLE_EDGES, False, True, "-90–-75 -75–-60 -60–-45 -45–-30 -30–-15 -15–0 0–15 15–30 30–45 45–60 60–75 75–90"),
        (SIDE_EDGES, False, False, "0–320 320–640 640–960 960–1280 1280–1600 1600–2000 2000–2600 2600–3200 3200–4000 4000–6000 ≥_6000"),
    ):  # fmt: skip
        bars = histogram(list(edges), edges, whole=whole, closed=closed)
        assert " ".join(label.replace(" ", "_") for label in bars.labels) == labels
        assert bars.counts == ((1,) * (len(bars.counts) - 1) + (2,) if closed else (1,) * len(edges))


def test_histogram_bars_say_what_they_hold() -> None:
    bars = histogram([0, 1, 2, 4, 5, 900], (0, 1, 2, 5, 10), whole=True)
    assert bars.labels == ("0", "1", "2–4", "5–9", "≥ 10")
    assert bars.counts == (1, 1, 2, 1, 1)
    assert (bars.lowest, bars.median, bars.highest) == (0, 3, 900)
