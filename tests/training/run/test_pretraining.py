"""Learning without a dataset: rendered pages, a teacher, unlabelled pictures, a start from random weights."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from ocrweb.config.augmentation import AugmentOptions
from ocrweb.config.detection import ResizeOptions
from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.paths import CHECKOUT
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_picture
from ocrweb.render.page import render_page
from ocrweb.rundir import names
from ocrweb.rundir.status import FINISHED, read_status
from ocrweb.services.training.runs import make_config, prepare_run
from ocrweb.training.augment.compose import CropRecipe
from ocrweb.training.feed.feed import open_source
from ocrweb.training.feed.pages import held_out_pages
from ocrweb.training.feed.rendered import RenderedSamples
from ocrweb.training.feed.samples import SampleRecipe, TrainingSamples
from ocrweb.training.feed.teacher import TeacherMaps
from ocrweb.training.feed.unlabelled import WithUnlabelled, unlabelled_pictures
from ocrweb.training.learn.base import input_rule, load_base
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.rank import run_rank

RECIPE_FILE = CHECKOUT / "configs" / "pretrain_db_resnet18.yml"
RECIPE = SampleRecipe(CropRecipe(64, AugmentOptions(), ResizeOptions()), (0.5,) * 3, (0.5,) * 3)


def config(*words: str) -> TrainingConfig:
    return build(TrainingConfig, parse_overrides(words))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures" / "deep"
    folder.mkdir(parents=True)
    for seed in range(2):
        write_picture(folder / f"{seed}.jpg", render_page("label", seed, (96, 128)).pixels)
    return folder.parent


def test_the_shipped_recipe_is_valid_and_starts_from_random_weights_with_a_teacher() -> None:
    recipe = make_config(RECIPE_FILE)
    assert (recipe.model, recipe.optimizer.random_weights) == ("db-resnet18", True)
    assert recipe.pages.crops > 0
    assert recipe.distill.weight > 0
    assert recipe.dataset == ""
    assert 256 <= recipe.crop_size <= 384


def test_a_teacher_sees_the_text_of_a_page_as_detection_does_and_opens_anew_in_another_process() -> None:
    page = render_page("receipt", 3, (320, 320))
    teacher = TeacherMaps("ppocrv6-small")
    found = teacher(page.pixels)
    assert (found.shape, found.dtype) == ((320, 320), np.float32)
    middles = [found[tuple(box.points.mean(axis=0).astype(int)[::-1])] for box in page.boxes if not box.ignore]
    assert np.median(middles) > 0.5 > 10 * np.median(found)
    assert np.array_equal(pickle.loads(pickle.dumps(teacher))(page.pixels), found)


def test_a_share_of_the_crops_is_unlabelled_and_counts_for_the_teacher_only(pictures: Path) -> None:
    def teacher(crop: np.ndarray) -> np.ndarray:
        return np.full(crop.shape[:2], 0.7, np.float32)

    rendered = RenderedSamples(40, RECIPE, kinds=["label"], teacher=teacher)
    others = TrainingSamples(unlabelled_pictures(pictures), RECIPE, teacher=teacher)
    source = WithUnlabelled(rendered, others, 0.5, seed=1)
    masked = [not source.sample(0, index)["shrink_mask"].any() for index in range(40)]
    assert 10 < sum(masked) < 30
    unlabelled = source.sample(0, masked.index(True))
    assert not unlabelled["threshold_mask"].any()
    assert float(unlabelled["teacher_map"].mean()) == pytest.approx(0.7)
    assert np.array_equal(unlabelled["image"], source.sample(0, masked.index(True))["image"])
    assert not np.array_equal(unlabelled["image"], source.sample(1, masked.index(True))["image"])


def test_without_a_weight_there_is_no_teacher() -> None:
    rule = input_rule(load_base("db-resnet18", random_weights=True).card, config().evaluation)
    sizes = ("pages.crops=1", "crop_size=64", "pages.kinds=label")
    assert "teacher_map" not in open_source([], config(*sizes), rule).sample(0, 0)
    assert "teacher_map" in open_source([], config(*sizes, "distill.weight=1"), rule).sample(0, 0)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["distill.pictures={tmp}"], "pretrain.no-pictures"),
        (["distill.pictures={tmp}/nowhere"], "usage.missing-path"),
        (["distill.teacher=PP-OCRv5_server_det"], "pretrain.no-teacher"),
    ],
    ids=["empty-folder", "no-folder", "no-weights"],
)
def test_what_cannot_teach_is_named_before_the_first_step(words: list[str], code: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    given = [word.format(tmp=tmp_path / "empty") for word in words]
    rule = input_rule(load_base("db-resnet18", random_weights=True).card, config().evaluation)
    with pytest.raises(OcrwebError) as caught:
        open_source([], config("pages.crops=1", "distill.weight=1", *given), rule)
    assert caught.value.code == code


def test_held_out_pages_are_drawn_once_and_the_same_for_the_same_seed(tmp_path: Path) -> None:
    def pages(run: str, seed: int) -> list[bytes]:
        (tmp_path / run).mkdir(exist_ok=True)
        settings = config("pages.crops=1", "pages.held_out=2", f"seed={seed}")
        found = held_out_pages(tmp_path / run, settings, Group())
        assert (found.train, len(found.validation), found.held_out) == ((), 2, True)
        return [sample.image.read_bytes() for sample in found.validation]

    first = pages("a", 1)
    assert pages("a", 1) == first == pages("b", 1)
    assert pages("c", 2) != first


def test_an_unknown_kind_of_page_is_named(tmp_path: Path) -> None:
    with pytest.raises(OcrwebError, match="recipt"):
        held_out_pages(tmp_path, config("pages.crops=1", "pages.kinds=receipt recipt"), Group())


def test_only_the_house_model_starts_from_random_weights() -> None:
    base = load_base("db-resnet18", random_weights=True)
    assert not base.pretrained
    assert base.fresh == frozenset(base.model.state_dict())
    with pytest.raises(OcrwebError) as caught:
        load_base("ppocrv6-small", random_weights=True)
    assert caught.value.code == "pretrain.no-random-start"


def test_of_a_published_model_the_threshold_branch_alone_is_fresh() -> None:
    base = load_base("ppocrv6-small")
    assert base.fresh
    assert all(name.startswith("threshold.") for name in base.fresh)
    assert len(base.fresh) < len(base.model.state_dict()) / 4


@pytest.mark.slow
def test_a_run_without_a_dataset_trains_and_ends_with_a_usable_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    words = ["epochs=1", "crop_size=64", "batch_size=2", "pages.crops=2", "pages.held_out=1", "device=cpu"]
    words += ["pages.kinds=label", "evaluation.limit_side=128", "evaluation.tune_thresholds=false"]
    run = prepare_run(make_config(RECIPE_FILE, words))
    assert run.name.endswith("_pretrain")
    assert run_rank(run, {"pid": os.getpid()}, patience=0.0, resume=False, halve=False) == 0
    assert read_status(run).state == FINISHED
    assert "loss_distill" in (run / names.LOG).read_text(encoding="utf-8")
    assert (run / names.CARD).is_file()
