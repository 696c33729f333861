"""A finished run is judged on its own pictures beside its base, and what came of it is kept as it was."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.config.detection import DecodeOptions
from ocrweb.config.loader import dump_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.rundir.status import RunStatus, write_status
from ocrweb.runtime.card import ModelCard
from ocrweb.services.training import proof
from ocrweb.services.training.proof import FOLDER, SHOWN_SIDE, Proof, keep_failure, make_proof, read_proof
from ocrweb.services.training.runs import run_info
from tests.data.corpus import make_good
from tests.services.training.made_runs import make_run

CHOSEN = {"threshold": 0.4, "box_threshold": 0.5, "unclip_ratio": 1.7}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))


def test_without_weights_there_is_nothing_to_prove(tmp_path: Path) -> None:
    run = make_run()
    with pytest.raises(OcrwebError) as refused:
        make_proof(run.name)
    assert (refused.value.code, refused.value.params["name"]) == ("jobs.no-proof", run.name)
    (run / names.BEST).write_bytes(b"x")
    (run / names.CONFIG).write_text("epochs: many\n")
    with pytest.raises(OcrwebError, match=r"jobs\.no-proof"):
        make_proof(run.name)
    assert read_proof(run.name) is None


def test_what_was_kept_is_read_with_the_places_of_its_pictures(tmp_path: Path) -> None:
    run = make_run()
    keep_failure(run, OcrwebError("image.empty"))
    kept = read_proof(run.name)
    assert kept is not None
    assert (kept.run, kept.error and kept.error["code"], kept.back_test) == (run.name, "image.empty", ())
    document = {"run": run.name, "probe": [["a.jpg", "1"]], "compared": [["b.jpg", "2"]]}
    (run / FOLDER / "proof.json").write_text(json.dumps(document))
    kept = read_proof(run.name)
    assert kept is not None
    assert (kept.probe, kept.compared, kept.back_test) == (
        ((str(run / FOLDER / "a.jpg"), "1"),), ((str(run / FOLDER / "b.jpg"), "2"),), (),
    )  # fmt: skip
    for spoilt in ("{", "[]", '{"other": 1}', '{"run": "a", "probe": 3}'):
        (run / FOLDER / "proof.json").write_text(spoilt)
        assert read_proof(run.name) is None, spoilt


@pytest.mark.parametrize(("height", "width", "scale"), [(900, 10, 1.0), (901, 10, 900 / 901), (10, 1800, 0.5), (5, 5, 1.0)])  # fmt: skip
def test_pictures_are_shown_no_larger_than_they_need_to_be(height: int, width: int, scale: float) -> None:
    pixels = np.zeros((height, width, 3), np.uint8)
    assert proof._scale(pixels) == pytest.approx(scale)
    small = proof._small(pixels)
    assert max(small.shape[:2]) <= SHOWN_SIDE
    assert (small is pixels) is (scale == 1.0)
    both = proof._side_by_side(pixels, pixels + 7)
    assert both.shape == (height, 2 * width + 8, 3)
    assert (both[0, 0, 0], both[0, width, 0], both[0, width + 8, 0]) == (0, 255, 7)


def test_a_base_is_judged_with_its_own_best_thresholds_where_they_are_known() -> None:
    run, base = make_run(), SimpleNamespace(card=ModelCard(name="b", threshold=0.25))
    assert proof._own_thresholds(run_info(run.name), base).threshold == 0.25  # type: ignore[arg-type]
    write_status(run, RunStatus(state="finished", verdict={"base_thresholds": CHOSEN}))
    assert proof._own_thresholds(run_info(run.name), base) == DecodeOptions(**CHOSEN)  # type: ignore[arg-type]


@pytest.mark.parametrize("listed", ["", " \n", None])
def test_an_empty_test_list_or_none_has_no_pictures(listed: str | None, tmp_path: Path) -> None:
    root = make_good(tmp_path / "data")
    assert len(proof._test_samples(root)) == 2
    if listed is None:
        (root / "test_list.txt").unlink()
    else:
        (root / "test_list.txt").write_text(listed)
    assert proof._test_samples(root) == []


class Judged:
    """Stands for networks: what each model finds of a picture (pairs, labels, found), and what was drawn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.base_there = True
        self.missed = {"base": 2, "20260101_000000_demo": 1}
        monkeypatch.setattr(proof, "DetectRequest", lambda model: SimpleNamespace(model=model, detector=lambda: SimpleNamespace(model=model, card=ModelCard(name=model, threshold=0.33))))  # fmt: skip
        monkeypatch.setattr(proof, "resolve", lambda name: SimpleNamespace(available=self.base_there))
        monkeypatch.setattr(proof, "_judge", self._judge)
        monkeypatch.setattr(proof, "_hmean", lambda judged: round(1 - sum(item.missed for item in judged) / 10, 4))
        monkeypatch.setattr(proof, "_drawn", lambda item: np.full((4, 4, 3), item.missed, np.uint8))
        monkeypatch.setattr(proof, "judged_boxes", lambda item: ())
        monkeypatch.setattr(proof, "run_golden", lambda request: f"golden of {request.model}")
        monkeypatch.setattr(proof, "keep_golden", lambda name, report: f"kept {report}")
        monkeypatch.setattr(proof, "_probe", self._probe)

    def _judge(self, detector: Any, sample: Any, options: Any = None) -> Any:
        self.asked.append((detector.model, f"{sample.image.parent.name}/{sample.image.name}", options))
        missed = self.missed[detector.model]
        return SimpleNamespace(
            sample=sample, missed=missed, found=SimpleNamespace(labels=3, pairs=[None] * (3 - missed))
        )

    def _probe(self, detector: Any, image: Path, decode: DecodeOptions, folder: Path) -> Any:
        self.asked.append(("probe", image.name, decode.threshold))
        return [("probe_own.jpg", "0.33: 1"), ("probe_low.jpg", "0.05: 4")], [("0.33", ()), ("0.05", ())]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judged:
    return Judged(monkeypatch)


def finished(tmp_path: Path, **status: Any) -> Path:
    root, run = make_good(tmp_path / "data"), make_run(state=None)
    (run / names.CONFIG).write_text(dump_yaml(TrainingConfig(dataset=str(root), model="base")))
    (run / names.BEST).write_bytes(b"x")
    write_status(run, RunStatus(state="finished", started=1.0, **status))
    return run


def test_both_models_are_judged_on_the_test_pictures_and_the_new_one_on_its_own(judged: Judged, tmp_path: Path) -> None:
    run = finished(tmp_path, outcome="improved", verdict={"hmean": 0.9, "base_thresholds": CHOSEN})
    made = make_proof(run.name)
    assert read_proof(run.name) == Proof(
        **{**{name: getattr(made, name) for name in made.__dataclass_fields__}, **{key: tuple((str(run / FOLDER / file), said) for file, said in getattr(made, key)) for key in ("back_test", "probe", "compared")}}
    )  # fmt: skip
    train = [name for model, name, _ in judged.asked if name.startswith("train")]
    assert train == sorted(set(train))
    assert [(model, name) for model, name, _ in judged.asked if name.startswith("test")] == [
        (model, f"test_images/{number}.jpg") for model in (run.name, "base") for number in (1, 2)
    ]
    assert [options for model, _, options in judged.asked if model == "base"] == [DecodeOptions(**CHOSEN)] * 2
    assert made.figures == {
        "labels": 3 * len(train), "missed": len(train), "new_hmean": 0.8, "pictures": 2, "base_hmean": 0.6,
        "outcome": "improved", "verdict": {"hmean": 0.9, "base_thresholds": CHOSEN}, "golden": f"kept golden of {run.name}",
    }  # fmt: skip
    assert (made.split, made.model, made.thresholds["threshold"]) == ("test", "base", 0.33)
    assert made.compared == tuple((f"compare_{n}.jpg", f"{n}.jpg: 1 → 2 / 3") for n in (1, 2))
    assert made.back_test[0] == ("train_1.jpg", "1.jpg: 2 / 3")
    assert len(made.back_test) == len(train)
    assert ("probe", "1.jpg", 0.33) in judged.asked
    assert set(made.looks) == {
        "compare_1.jpg", "compare_2.jpg", "probe_own.jpg", "probe_low.jpg", *(f"train_{n}.jpg" for n in range(1, len(train) + 1)),
    }  # fmt: skip
    for name in ("compare_1.jpg", "train_1.jpg"):
        assert (run / FOLDER / name).is_file()
    look = made.look("/elsewhere/compare_1.jpg")
    assert look is not None
    assert (look.picture, look.name, look.other and look.other[0]) == ("test_images/1.jpg", run.name, "base")
    assert made.look("other.jpg") is None


def test_without_a_test_list_the_last_training_pictures_judge_and_a_base_that_is_gone_is_left_out(
    judged: Judged, tmp_path: Path
) -> None:
    run = finished(tmp_path)
    (tmp_path / "data" / "test_list.txt").write_text("")
    judged.base_there = False
    made = make_proof(run.name)
    assert made.split == "train"
    assert "base_hmean" not in made.figures
    assert "outcome" not in made.figures
    assert made.compared == ()
    assert {model for model, _, _ in judged.asked} == {run.name, "probe"}
    assert (made.figures["pictures"], len(made.back_test)) == (10, 6)
    assert made.figures["new_hmean"] == 0.0


def test_the_hmean_is_that_of_all_pictures_together() -> None:
    square = np.array([[0, 0], [20, 0], [20, 20], [0, 20]], np.float64)
    from ocrweb.evaluation.matching import match

    seen, blind = match([square], [False], [square]), match([square, square + 50], [False, False], [])
    both: Any = [SimpleNamespace(found=seen), SimpleNamespace(found=blind)]
    assert proof._hmean(both) == pytest.approx(0.5)  # 1 of 3 labels, 1 of 1 found
