"""Whatever lies at a path that a person gave: every command answers at once, with a code and one document."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrweb.cli.main import main
from tests.data.corpus import make_good

Make = Callable[[Path], Path]


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _named_pipe(suffix: str) -> Make:
    def make(folder: Path) -> Path:
        os.mkfifo(folder / f"pipe{suffix}")
        return folder / f"pipe{suffix}"

    return make


def _socket(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "s"))
    return folder / "s"


def _loop(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a"


def _dangling(folder: Path) -> Path:
    (folder / "dangling").symlink_to(folder / "nothing")
    return folder / "dangling"


THINGS: dict[str, Make] = {
    "pipe": _pipe,
    "pipe.zip": _named_pipe(".zip"),
    "pipe.onnx": _named_pipe(".onnx"),
    "pipe.pdparams": _named_pipe(".pdparams"),
    "pipe.json": _named_pipe(".json"),
    "socket": _socket,
    "device": lambda folder: Path("/dev/zero"),
    "loop of links": _loop,
    "dangling link": _dangling,
    "too long": lambda folder: folder / ("n" * 5000),
    "turning letters": lambda folder: folder / "a\u202egnp.exe",
}
COMMANDS: dict[str, Callable[[Path, Path], list[str | Path]]] = {
    "detect": lambda thing, free: ["detect", thing, "--out", free],
    "validate": lambda thing, free: ["validate", thing],
    "import": lambda thing, free: ["import", thing, "--out", free],
    "autolabel": lambda thing, free: ["autolabel", thing, "--out", free],
    "resize": lambda thing, free: ["resize", thing, "--out", free],
    "diagnose": lambda thing, free: ["diagnose", thing],
    "train, settings": lambda thing, free: ["train", "-c", thing],
    "train, dataset": lambda thing, free: ["train", "-o", f"dataset={thing}"],
    "eval, data": lambda thing, free: ["eval", "--model", "ppocrv6-small", "--data", thing],
    "eval, model": lambda thing, free: ["eval", "--model", thing, "--data", free],
    "export": lambda thing, free: ["export", "--model", thing, "--out", free],
    "models --import": lambda thing, free: ["models", "--import", thing],
    "restore": lambda thing, free: ["restore", thing, "--out", free],
    "runs show": lambda thing, free: ["runs", "show", thing],
}


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCRWEB_LANG", "en")
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))


def answer(capsys: pytest.CaptureFixture[str], arguments: list[str | Path]) -> tuple[int, dict[str, object], str]:
    with pytest.raises(SystemExit) as left:
        main([*map(str, arguments), "--json"])
    shown = capsys.readouterr()
    return int(left.value.code or 0), json.loads(shown.out), shown.err


@pytest.mark.timeout(120)
@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_file_is_told(command: str, thing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document, said = answer(capsys, COMMANDS[command](THINGS[thing](tmp_path), tmp_path / "free"))
    assert code in (1, 2), document
    assert "Traceback" not in said
    assert "usage.internal" not in json.dumps(document)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", ["train_gts/1.txt", "train_images/1.jpg", "train_list.txt"])
def test_a_dataset_with_a_pipe_in_it_is_checked(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = make_good(tmp_path / "data")
    (data / name).unlink()
    os.mkfifo(data / name)
    code, document, _ = answer(capsys, ["validate", data])
    assert code == 1
    assert document["ok"] is False
    assert any(name.rpartition("/")[2] in json.dumps(finding) for finding in document["findings"])  # type: ignore[attr-defined]


@pytest.mark.timeout(120)
def test_a_folder_of_pictures_with_a_pipe_among_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = make_good(tmp_path / "data") / "train_images"
    os.mkfifo(data / "pipe.jpg")
    code, document, _ = answer(capsys, ["detect", data, "--out", tmp_path / "free"])
    failed = [result for result in document["results"] if not result["success"]]  # type: ignore[attr-defined]
    assert code == 1
    assert [result["error"]["code"] for result in failed] == ["image.not-a-file"]
