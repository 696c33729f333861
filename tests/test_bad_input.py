"""Bad input on the command line: right boxes, or one coded, translated line with a hint and exit 2; nothing is lost."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrweb import messages
from tests.bad_input import BAD_ZIPS, READABLE, UNREADABLE, gbk_names, saved
from tests.cli.called import run

ROOT = Path(__file__).parent.parent
Make = Callable[[], bytes]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The code of the error; the answer for people is one line and a hint, in both languages."""
    sentences = {}
    for lang in messages.LANGUAGES:
        status, out, err = run(capsys, *arguments, lang=lang)
        _, hint = err.strip().splitlines()
        assert (status, out) == (2, "")
        assert hint.strip().startswith("→")
        sentences[lang] = hint
    assert sentences["en"] != sentences["zh"]
    status, out, err = run(capsys, *arguments, "--json")
    assert (status, err) == (2, "")
    return str(json.loads(out)["error"]["code"])


@pytest.mark.parametrize(("name", "make", "boxes"), READABLE.values(), ids=list(READABLE))
def test_what_can_be_read_gets_its_boxes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, make: Make, boxes: int
) -> None:
    (tmp_path / name).write_bytes(make())
    status, out, _ = run(capsys, "detect", tmp_path / name, "--json")
    assert (status, len(json.loads(out)["results"][0]["boxes"])) == (0, boxes)


@pytest.mark.parametrize(("name", "make", "code"), UNREADABLE.values(), ids=list(UNREADABLE))
def test_what_is_no_picture_gets_a_code(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, make: Make, code: str
) -> None:
    (tmp_path / name).write_bytes(make())
    assert refused(capsys, "detect", tmp_path / name) == code


def test_in_a_folder_bad_pictures_are_rows_and_good_ones_have_boxes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for number, (name, make, _) in enumerate((*READABLE.values(), *UNREADABLE.values())):
        (tmp_path / f"{number:02}{name[-5:]}").write_bytes(make())
    status, out, _ = run(capsys, "detect", tmp_path, "--json", "--out", tmp_path / "out")
    answers = [
        result["error"]["code"] if result["error"] else len(result["boxes"]) for result in json.loads(out)["results"]
    ]
    assert status == 1
    assert answers == [row[2] for row in (*READABLE.values(), *UNREADABLE.values())]


@pytest.mark.parametrize(("make", "code"), BAD_ZIPS.values(), ids=list(BAD_ZIPS))
def test_unsafe_zips_are_refused_and_leave_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, home: Path, make: Make, code: str
) -> None:
    (tmp_path / "a.zip").write_bytes(make())
    assert refused(capsys, "detect", tmp_path / "a.zip") == code
    assert not list(home.rglob("*.png"))


def test_names_in_gbk_come_out_right(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(gbk_names())
    status, out, _ = run(capsys, "detect", tmp_path / "a.zip", "--json")
    assert (status, Path(json.loads(out)["results"][0]["image_path"]).name) == (0, "发票.png")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["none.jpg"], "usage.missing-path"),
        (["empty"], "batch.no-pictures"),
        (["a.png", "--model", "ppocrv6-smal"], "usage.unknown-name"),
        (["a.png", "--model", "broken.onnx"], "model.damaged"),
        (["a.png", "--out", "file/out"], "usage.not-writable"),
        (["a.png", "--out", "/proc/out"], "usage.not-writable"),
        (["a.png", "--limit-side", "7"], "usage.bad-value"),
        (["a.png", "--limit-side", "9999999"], "usage.bad-value"),
        (["a.png", "--threshold", "1.5"], "usage.bad-value"),
        (["a.png", "--threshold", "nan"], "usage.bad-value"),
        (["a.png", "--threshold", "abc"], "command.bad-value"),
        (["a.png", "--engine", "tensorrt"], "command.bad-value"),
        ([], "command.missing-argument"),
        (["a.png", "--treshold", "0.2"], "command.unknown-option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_command_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(saved("PNG"))
    (tmp_path / "broken.onnx").write_bytes(b"broken")
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    assert refused(capsys, "detect", *arguments) == code


def test_a_port_in_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert refused_port(capsys, other.getsockname()[1]) == 2


def refused_port(capsys: pytest.CaptureFixture[str], port: int) -> int:
    status, _, err = run(capsys, "serve", "--port", port)
    assert f"--port {port + 1}" in err.splitlines()[-1]
    return status


def test_a_full_disk_is_told_and_no_half_file_stays(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: writing stops in the middle in the same way."""
    (tmp_path / "a.png").write_bytes(saved("PNG"))
    out = tmp_path / "out"

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    ended = subprocess.run(
        [sys.executable, "-m", "ocrweb", "detect", str(tmp_path / "a.png"), "--out", str(out), "--json"],
        cwd=ROOT,
        env=os.environ | {"OCRWEB_LANG": "en"},
        capture_output=True,
        text=True,
        preexec_fn=small_files,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert json.loads(ended.stdout)["error"]["code"] == "usage.disk-full"
    assert not [*out.glob("json/*"), *out.glob("visualization/*")]
