"""`events.jsonl`: what counts as an event, and what a reader does with a file that shrank, was torn or is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.rundir.events import FIGURES, EventReader, EventWriter


def written(path: Path, *events: Any) -> list[dict[str, Any]]:
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    return EventReader(path).read()


def test_an_event_carries_time_kind_and_step_before_its_own_fields(tmp_path: Path) -> None:
    writer = EventWriter(tmp_path / "events.jsonl")
    writer.write("eval", 3, hmean=0.5, best={"a": 1})
    writer.close()
    (line,) = (tmp_path / "events.jsonl").read_bytes().splitlines()
    assert list(json.loads(line)) == ["time", "kind", "step", "hmean", "best"]
    assert b" " not in line
    with pytest.raises(ValueError, match="closed"):
        writer.write("end", 4)


def test_what_json_does_not_know_is_null_and_text_is_kept_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    EventWriter(path).write("step", 1, loss=float("inf"), lr=float("-inf"), note="票据", epoch=2)
    assert "票据" in path.read_text(encoding="utf-8")
    (event,) = EventReader(path).read()
    assert (event["loss"], event["lr"], event["note"], event["epoch"]) == (None, None, "票据", 2)


def test_a_line_that_a_killed_writer_left_open_is_closed_by_the_next_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"kind":"st')
    writer = EventWriter(path)
    for step in (1, 2):
        writer.write("step", step)
    lines = path.read_bytes().split(b"\n")
    assert [len(line) > 0 for line in lines] == [True, True, True, False]
    whole = EventWriter(path)
    whole.write("step", 3)
    assert path.read_bytes().count(b"\n") == 4, "a whole file gets no empty line"


def test_a_file_that_shrank_is_read_from_its_start_and_one_of_the_same_size_not_again(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    line = b'{"kind":"step","step":1}\n'
    path.write_bytes(line * 2)
    reader = EventReader(path)
    assert len(reader.read()) == 2
    assert reader.read() == []
    path.write_bytes(line)
    assert len(reader.read()) == 1
    path.unlink()
    assert reader.read() == []
    path.write_bytes(line * 2)
    assert len(reader.read()) == 1, "from where it was, since the file did not shrink"


def test_a_file_that_is_shorter_by_one_byte_has_shrunk(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"kind":"step","step":10}\n')
    reader = EventReader(path)
    reader.read()
    path.write_bytes(b'{"kind":"step","step":1}\n')
    assert [event["step"] for event in reader.read()] == [1]


@pytest.mark.parametrize(
    "event",
    [
        [], 7, {}, {"kind": 3, "step": 1}, {"kind": "end"}, {"kind": "end", "step": "1"}, {"kind": "end", "step": True},
        {"kind": "end", "step": 1e300}, {"kind": "step", "step": 1, "loss": "much"}, {"kind": "eval", "step": 1, "hmean": []},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_event_is_left_out_and_the_next_one_is_read(tmp_path: Path, event: Any) -> None:
    good = {"kind": "step", "step": 2, "loss": None}
    assert written(tmp_path / "events.jsonl", event, good) == [good]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in FIGURES.items() for name in names])
def test_every_figure_that_is_drawn_is_a_number_or_nothing(tmp_path: Path, kind: str, name: str) -> None:
    path = tmp_path / "events.jsonl"
    assert written(path, {"kind": kind, "step": 1, name: "x"}) == []
    assert len(written(path, {"kind": kind, "step": 1, name: 0.5}, {"kind": kind, "step": 1, name: None})) == 2
    assert len(written(path, {"kind": "warning", "step": 1, name: "x"})) == 1, "of other kinds it may be anything"
