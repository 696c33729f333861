from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.called import run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def draw(path: Path, lines: int = 3) -> Path:
    page = np.full((300, 360, 3), 255, np.uint8)
    for line in range(lines):
        cv2.putText(
            page, f"Total {line} 12.50", (20, 45 + 60 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2, cv2.LINE_AA
        )
    cv2.imwrite(str(path), page)
    return path


def test_one_picture_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    picture = draw(tmp_path / "票.png")
    status, out, err = run(capsys, "detect", picture, "--json", "--out", tmp_path / "out")
    document = json.loads(out)
    result = document["results"][0]
    assert (status, err) == (0, "")
    assert document["summary"].items() >= {"pictures": 1, "failed": 0}.items()
    assert result["image_path"] == str(picture)
    assert len(result["boxes"]) == len(result["scores"]) == 3
    assert all(len(box) == 8 and all(isinstance(value, int) for value in box) for box in result["boxes"])
    folder = Path(document["summary"]["folder"])
    assert folder == tmp_path / "out"
    assert json.loads((folder / "json" / "result.json").read_text()) == result
    assert (folder / "visualization" / "detection_result.png").is_file()


def everything(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_json_alone_writes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        draw(tmp_path / f"{name}.png")
    (tmp_path / "c.png").write_bytes(b"")
    before = everything(tmp_path)
    status, out, err = run(capsys, "detect", "a.png", "b.png", "c.png", "--json")
    document = json.loads(out)
    assert (status, err) == (1, "")
    assert [result["image_path"] for result in document["results"]] == ["a.png", "b.png", "c.png"]
    assert [len(result["boxes"]) for result in document["results"]] == [3, 3, 0]
    assert document["summary"].items() >= {"pictures": 3, "failed": 1, "folder": None}.items()
    assert everything(tmp_path) == before
    assert not home.exists()


def test_json_alone_needs_no_data_root_that_can_be_written(tmp_path: Path) -> None:
    """A process of its own: this one's detector is loaded already."""
    (tmp_path / "file").write_text("not a folder")
    ran = subprocess.run(
        [sys.executable, "-m", "ocrweb", "detect", str(draw(tmp_path / "a.png")), "--json"],
        capture_output=True,
        env={**os.environ, "OCRWEB_HOME": str(tmp_path / "file")},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert len(json.loads(ran.stdout)["results"][0]["boxes"]) == 3


def test_what_is_written_is_what_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    draw(tmp_path / "a.png")
    said = [
        json.loads(run(capsys, "detect", tmp_path / "a.png", "--json", *more)[1])
        for more in ((), ("--out", tmp_path / "o"))
    ]
    for document in said:
        for name in ("inference_time", "timing"):
            document["results"][0].pop(name)
    assert said[0]["results"] == said[1]["results"]


class Piped:
    """Standard input with bytes in it."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)

    def isatty(self) -> bool:
        return False


def test_a_dash_is_standard_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Piped(draw(tmp_path / "a.png").read_bytes()))
    status, out, _ = run(capsys, "detect", "-", "--json")
    result = json.loads(out)["results"][0]
    assert (status, result["image_path"], len(result["boxes"])) == (0, "stdin", 3)


def test_a_zip_may_come_through_standard_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(draw(tmp_path / "a.png"), "a.png")
    monkeypatch.setattr("sys.stdin", Piped((tmp_path / "a.zip").read_bytes()))
    _, out, _ = run(capsys, "detect", "-", "--json")
    assert [result["image_path"] for result in json.loads(out)["results"]] == ["stdin.zip/a.png"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-"], "command.no-stdin"),
        (["-", "x.png"], "command.stdin-alone"),
        (["x.png", "--out", "-"], "command.out-dash"),
    ],
    ids=["nothing comes", "two inputs", "no folder"],
)
def test_a_dash_in_the_wrong_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: str
) -> None:
    monkeypatch.setattr("sys.stdin", Piped(b""))
    status, out, _ = run(capsys, "detect", *arguments, "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, code)


def test_one_picture_for_people(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, err = run(capsys, "detect", draw(tmp_path / "a.png"))
    assert status == 0
    assert "a.png: 3 regions" in out
    assert "outputs_" in err


def test_a_folder_with_a_bad_picture_is_exit_1_and_the_rest_go_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    draw(folder / "1.png", 1)
    (folder / "2.png").write_bytes(b"")
    draw(folder / "3.png", 3)
    status, out, _ = run(capsys, "detect", folder, "--json", "--out", tmp_path / "out")
    document = json.loads(out)
    assert status == 1
    assert [len(result["boxes"]) for result in document["results"]] == [1, 0, 3]
    assert [result["success"] for result in document["results"]] == [True, False, True]
    assert document["results"][1]["error"]["code"] == "image.empty"
    assert (document["summary"]["pictures"], document["summary"]["failed"]) == (3, 1)
    assert "error" not in document


BAD = {
    "image.empty": b"",
    "image.is-text": b"hello, this is not a picture\n",
    "image.not-a-picture": b"%PDF-1.7 page",
    "image.truncated": cv2.imencode(".jpg", np.full((80, 80, 3), 99, np.uint8))[1].tobytes()[:200],
}


@pytest.mark.parametrize(("code", "content"), BAD.items(), ids=list(BAD))
def test_a_bad_picture_alone_is_exit_2_with_one_line_and_a_hint(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, code: str, content: bytes
) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    status, out, err = run(capsys, "detect", tmp_path / "a.jpg")
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 2
    status, out, err = run(capsys, "detect", tmp_path / "a.jpg", "--json")
    document = json.loads(out)
    assert (status, err) == (2, "")
    assert document["error"]["code"] == code
    assert document["error"]["hint"]
    assert document["results"][0]["error"]["code"] == code


def no_path(folder: Path) -> list[object]:
    return [folder / "none.jpg"]


def no_pictures(folder: Path) -> list[object]:
    (folder / "empty").mkdir()
    return [folder / "empty"]


def unknown_model(folder: Path) -> list[object]:
    return [draw(folder / "a.png"), "--model", "ppocrv6-smal"]


def damaged_model(folder: Path) -> list[object]:
    (folder / "m.onnx").write_bytes(b"broken")
    return [draw(folder / "a.png"), "--model", folder / "m.onnx"]


def not_writable(folder: Path) -> list[object]:
    (folder / "file").write_text("x")
    return [draw(folder / "a.png"), "--out", folder / "file" / "out"]


def not_a_zip(folder: Path) -> list[object]:
    (folder / "a.zip").write_bytes(b"no zip at all")
    return [folder / "a.zip"]


@pytest.mark.parametrize(
    ("make", "area", "words"),
    [
        (no_path, "usage.missing-path", "none.jpg"),
        (no_pictures, "batch.no-pictures", "empty"),
        (unknown_model, "usage.unknown-name", "ppocrv6-small"),
        (damaged_model, "model.damaged", "m.onnx"),
        (not_writable, "usage.not-writable", "out"),
        (not_a_zip, "archive.", "a.zip"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_stops_everything_is_exit_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, make: object, area: str, words: str
) -> None:
    arguments = make(tmp_path)  # type: ignore[operator]
    status, out, err = run(capsys, "detect", *arguments, "--json")
    error = json.loads(out)["error"]
    assert (status, err) == (2, "")
    assert error["code"].startswith(area)
    assert words in error["message"] + error["hint"]


def test_a_lower_threshold_never_shows_less_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    picture = draw(tmp_path / "a.png")
    found = []
    for threshold in ("0.05", "0.9"):
        _, out, _ = run(capsys, "detect", picture, "--threshold", threshold, "--box-threshold", threshold, "--json")
        result = json.loads(out)["results"][0]
        assert result["threshold"] == float(threshold)
        found.append(len(result["boxes"]))
    assert found[0] >= found[1]


@pytest.mark.slow
def test_a_killed_batch_goes_on_without_doing_finished_pictures_again(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(120):
        draw(folder / f"{number}.png", 1 + number % 4)
    command = [sys.executable, "-m", "ocrweb", "detect", str(folder), "--out", str(out), "--json"]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    while len(list(out.glob("json/*.json"))) < 10:
        assert first.poll() is None
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()
    done = {path: path.stat().st_mtime_ns for path in out.glob("json/*.json")}
    assert 10 <= len(done) < 120
    second = subprocess.run(command, capture_output=True, env=dict(os.environ), check=True)
    document = json.loads(second.stdout)
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert [len(result["boxes"]) for result in document["results"]] == [1 + number % 4 for number in range(120)]
    assert not list(out.rglob("*.tmp"))


@pytest.mark.slow
def test_an_interrupt_finishes_the_pictures_in_work_and_says_how_to_go_on(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(200):
        draw(folder / f"{number}.png", 1)
    command = [sys.executable, "-m", "ocrweb", "detect", str(folder), "--out", str(out)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "OCRWEB_LANG": "en"}
    )
    while len(list(out.glob("json/*.json"))) < 5:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"--out {out}" in err.decode()
    assert "Traceback" not in err.decode()
    assert 5 <= len(list(out.glob("json/*.json"))) < 200
