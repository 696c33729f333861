from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.called import run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    made = []
    for number in range(3):
        page = np.full((200, 300, 3), 255, np.uint8)
        cv2.putText(page, f"Text {number}", (30, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (0, 0, 0), 3, cv2.LINE_AA)
        made.append(tmp_path / f"g{number}.png")
        cv2.imwrite(str(made[-1]), page)
    return made


def test_the_shipped_set_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "golden", "--json")
    document = json.loads(out)
    assert (status, err, document["verdict"]) == (0, "", "ok")
    assert [entry["name"] for entry in document["pictures"]] == ["invoice.jpg", "menu.png", "handwritten.jpg"]


def test_own_pictures_for_people(capsys: pytest.CaptureFixture[str], three: list[Path]) -> None:
    status, out, _ = run(capsys, "golden", "--images", *three)
    assert status == 0
    assert out.count("✓") == 3
    assert "OK" in out


def test_a_weak_model_is_exit_1(capsys: pytest.CaptureFixture[str], three: list[Path]) -> None:
    cv2.imwrite(str(three[1]), np.full((200, 300, 3), 255, np.uint8))
    status, out, _ = run(capsys, "golden", "--images", *three, "--json")
    assert (status, json.loads(out)["verdict"]) == (1, "weak")


def test_own_pictures_are_kept_and_reset(capsys: pytest.CaptureFixture[str], three: list[Path], home: Path) -> None:
    mine = home / "golden"
    mine.mkdir(parents=True)
    images = [Path(shutil.copy(path, mine)) for path in three]
    (mine / "more.png").write_bytes(three[0].read_bytes())
    assert run(capsys, "golden", "--images", *images, "--keep")[0] == 0
    assert len(list(mine.iterdir())) == 4
    _, out, _ = run(capsys, "golden", "--json")
    assert [entry["name"] for entry in json.loads(out)["pictures"]] == ["1_g0.png", "2_g1.png", "3_g2.png"]
    _, out, _ = run(capsys, "golden", "--reset", "--json")
    assert json.loads(out)["pictures"][0]["name"] == "invoice.jpg"


def test_a_picture_that_cannot_be_read_is_exit_2(capsys: pytest.CaptureFixture[str], three: list[Path]) -> None:
    three[2].write_bytes(b"")
    status, out, _ = run(capsys, "golden", "--images", *three, "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, "image.empty")
