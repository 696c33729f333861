"""`ocrweb choose` on a pile of pages of which many are the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ocrweb.cli.main import main
from ocrweb.config import paths
from ocrweb.services.datasets.sample_data import make_sample_data
from ocrweb.services.labels.editing import put_state
from ocrweb.services.labels.entries import labelled_set


@pytest.mark.slow
def test_copies_are_chosen_last_and_each_choice_has_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    folder = paths.datasets_dir() / "pages"
    make_sample_data(folder, train=4, test=0, seed=3)
    pile = tmp_path / "pile"
    shutil.copytree(folder / "train_images", pile)
    for number in range(4):
        shutil.copy(pile / "1.jpg", pile / f"copy{number}.jpg")
    (pile / "broken.jpg").write_bytes(b"nothing")
    with pytest.raises(SystemExit) as left:
        main(["choose", str(pile), "--count", "4", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert left.value.code == 1  # a picture could not be read
    chosen = [Path(one["picture"]).name for one in document["chosen"]]
    assert len({name for name in chosen if name.startswith("copy") or name == "1.jpg"}) == 1
    assert {"2.jpg", "3.jpg", "4.jpg"} <= set(chosen)
    assert all(0 <= one["score"] <= 1 and one["why"] for one in document["chosen"])
    assert [Path(one["picture"]).name for one in document["failed"]] == ["broken.jpg"]

    monkeypatch.setenv("OCRWEB_LANG", "zh")
    put_state(labelled_set(folder), ["train_images/1.jpg", "train_images/2.jpg"], "check")
    with pytest.raises(SystemExit) as left:
        main(["choose", "pages"])
    lines = capsys.readouterr().out.strip().splitlines()
    assert left.value.code == 0
    assert "从 2 张图片中选出 2 张" in lines[-1], "of a dataset those that nobody has checked"
