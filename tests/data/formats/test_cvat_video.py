"""Which picture is which frame of a CVAT video, and what tracks are on frames that a file leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, corners, planned, put

BOX = 'xtl="10" ytl="20" xbr="90" ybr="40"'


def box(frame: int | str, more: str = 'outside="0" keyframe="1"', sides: str = BOX) -> str:
    return f'<box frame="{frame}" {sides} occluded="0" {more} z_order="0"></box>'


def xml(tracks: Iterable[Iterable[str]], size: int = 0, start: int = 0, step: int = 0, more: str = "") -> str:
    rows = f"<size>{size}</size><start_frame>{start}</start_frame><frame_filter>{f'step={step}' if step else ''}</frame_filter>"
    known = f"<original_size><width>{WIDTH}</width><height>{HEIGHT}</height></original_size>"
    inner = "".join(
        f'<track id="{n}" label="text" source="manual">{"".join(one)}</track>' for n, one in enumerate(tracks)
    )
    return f"<annotations><version>1.1</version><meta><task>{rows}{known}{more}</task></meta>{inner}</annotations>"


def on(folder: Path, content: str, file: str = "annotations.xml") -> dict[str, list[object]]:
    (folder / file).write_text(content, encoding="utf-8")
    return corners(planned(folder))


@pytest.mark.parametrize(
    ("names", "meta"),
    [
        (["images/frame_000000.PNG", "images/frame_000001.PNG", "images/frame_000002.PNG"], {"size": 3}),
        (["图片/第0帧.png", "图片/第1帧.png", "图片/第2帧.png"], {}),
        (["frames/frame_000001.png", "frames/frame_000002.png", "frames/frame_000003.png"], {"size": 3}),
        (["a.jpg", "b.jpg", "c.jpg"], {"size": 3}),
    ],
    ids=["as CVAT writes them", "by number", "from 1, as many as frames", "by order"],
)  # fmt: skip
def test_each_frame_finds_its_picture_and_one_without_shapes_has_no_text(tmp_path: Path, names: list[str], meta: dict[str, int]) -> None:  # fmt: skip
    put(tmp_path, *names)
    tracks = [[box(0), box(1, 'outside="1" keyframe="1"')], [box(2)]]
    assert on(tmp_path, xml(tracks, **meta)) == {names[0]: [QUAD], names[1]: [], names[2]: [QUAD]}


def test_a_video_of_which_every_fifth_frame_was_taken_is_in_order(tmp_path: Path) -> None:
    put(tmp_path, "0.png", "1.png", "2.png", "3.png", "4.png", "5.png")
    found = on(tmp_path, xml([[box(0), box(5, 'outside="1"')]], size=6, step=5))
    assert {name: len(boxes) for name, boxes in found.items()} == {"0.png": 1, **{f"{n}.png": 0 for n in range(1, 6)}}


def test_a_job_takes_its_own_frames_of_a_folder_with_all(tmp_path: Path) -> None:
    put(tmp_path, *(f"frame_{number:06}.png" for number in range(8)))
    found = on(tmp_path, xml([[box(4), box(5)]], size=3, start=4))
    assert {name: len(boxes) for name, boxes in found.items()} == {f"frame_00000{n}.png": n < 6 for n in (4, 5, 6)}


@pytest.mark.parametrize("named", ["video.xml", "annotations.xml"])
def test_each_video_finds_the_folder_of_its_name(tmp_path: Path, named: str) -> None:
    put(tmp_path, "video/frame_000000.png", "other/frame_000000.png")
    source = "<source>video.mp4</source>" if named == "annotations.xml" else ""
    assert on(tmp_path, xml([[box(0)]], size=1, more=source), named) == {"video/frame_000000.png": [QUAD]}


def test_between_keyframes_boxes_move_evenly_and_stand_still_before_they_end(tmp_path: Path) -> None:
    put(tmp_path, *(f"frame_{number:06}.png" for number in range(5)))
    moved = box(2, sides='xtl="30" ytl="20" xbr="110" ybr="40"')
    found = on(tmp_path, xml([[box(0), moved, box(4, 'outside="1"')]], size=5))
    assert [boxes[0][0][0] if boxes else None for boxes in found.values()] == [10, 20, 30, 30, None]


def test_outlines_that_change_between_keyframes_are_counted_where_nobody_knows_them(tmp_path: Path) -> None:
    put(tmp_path, *(f"frame_{number:06}.png" for number in range(3)))
    drawn = [f'<polygon frame="{frame}" outside="0" points="{points}"/>' for frame, points in ((0, "10,20;90,20;90,40;10,40"), (2, "10,20;90,20;90,40"))]  # fmt: skip
    (tmp_path / "a.xml").write_text(xml([drawn], size=3))
    plan = planned(tmp_path)
    assert [len(boxes) for boxes in corners(plan).values()] == [1, 0, 1]
    assert plan.tally.counts["bad-shape"] == 1


@pytest.mark.parametrize(
    ("names", "content"),
    [
        (["1.png", "2.png", "10.png"], xml([[box(0)]], size=3)),
        (["1.png", "2.png", "3.png"], xml([[box(0)]], size=9)),
        (["frame_000001.png", "frame_000002.png"], xml([[box(0)]], size=9)),
        (["a/0.png", "b/0.png"], xml([[box(0)]], size=1)),
        (["0.png"], xml([[box(0)], [box(0)]], size=1).replace('id="0"', 'id="0" task_id="1"')),
        (["0.png"], xml([[box(10**17)]], size=1)),
    ],
    ids=["two orders", "too few from 1", "cut from 1", "two of a number", "several tasks", "a frame far away"],
)  # fmt: skip
def test_frames_whose_pictures_are_not_sure_are_left_out_and_told(tmp_path: Path, names: list[str], content: str) -> None:  # fmt: skip
    put(tmp_path, *names)
    put(tmp_path, "elsewhere.jpg")
    (tmp_path / "annotations.xml").write_text(content)
    with pytest.raises(OcrwebError, match=r"formats\.no-pictures") as refused:
        planned(tmp_path)
    assert "frame_000000.png" in refused.value.message("en")
    assert "无法确定哪张图片" in refused.value.message("zh")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("frame", "sides"),
    [
        ("0", 'xtl="nan" ytl="20" xbr="90" ybr="40"'), ("0", 'xtl="1e308" ytl="-1e308" xbr="9" ybr="9"'), ("0", ""),
        ("0", 'xtl="一" ytl="二" xbr="三" ybr="四"'), ("-1", BOX), ("9" * 400, BOX), ("", BOX), ("nan", BOX),
    ],
)  # fmt: skip
def test_a_damaged_shape_costs_itself_alone(tmp_path: Path, frame: str, sides: str) -> None:
    put(tmp_path, "frame_000000.png")
    (tmp_path / "a.xml").write_text(xml([[box(0)], [box(frame, sides=sides)]], size=1), encoding="utf-8")
    plan = planned(tmp_path)
    assert corners(plan) == {"frame_000000.png": [QUAD]}
    assert plan.account.left_out.total() == 1
