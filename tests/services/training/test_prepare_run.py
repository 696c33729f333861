"""What is written down when a run is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrweb.config import own_dataset, paths
from ocrweb.config.loader import read_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.services.labels.entries import labelled_set
from ocrweb.services.labels.versions import version_of, versions_document
from ocrweb.services.training.labels_used import labels_used
from ocrweb.services.training.runs import prepare_run, run_info
from tests.sample_pages import sample_pages


@pytest.mark.parametrize("meant", ["latest", "receipts"])
def test_a_base_model_that_is_a_run_is_written_down_by_its_lasting_name(tmp_path: Path, meant: str) -> None:
    """The new run becomes ``latest`` and may have the same given name."""
    base = names.create_run(paths.workdirs_dir(), "receipts")
    (base / names.BEST).write_bytes(b"weights")
    sample_pages(tmp_path / "data", train=1, test=0)
    run = prepare_run(TrainingConfig(dataset=str(tmp_path / "data"), model=meant, name="receipts"))
    assert run != base
    assert read_yaml(run / names.CONFIG)["model"] == base.name


@pytest.mark.parametrize(("given", "called"), [("mine", "mine"), ("", "data")])
def test_a_run_is_called_as_it_was_named_or_else_as_its_dataset(tmp_path: Path, given: str, called: str) -> None:
    sample_pages(tmp_path / "data", train=1, test=0)
    run = prepare_run(TrainingConfig(dataset=str(tmp_path / "data"), name=given))
    assert run.name.endswith(f"_{called}")
    assert read_yaml(run / names.CONFIG)["name"] == called


def test_a_dataset_without_its_list_leaves_no_folder(tmp_path: Path) -> None:
    sample_pages(tmp_path / "data", train=1, test=0).joinpath("train_list.txt").unlink()
    with pytest.raises(OcrwebError) as caught:
        prepare_run(TrainingConfig(dataset=str(tmp_path / "data")))
    assert caught.value.code.startswith("dataset.")
    assert not names.list_runs(paths.workdirs_dir())


def test_a_copy_that_was_made_for_a_run_is_moved_into_its_folder_under_the_name_of_the_dataset(tmp_path: Path) -> None:
    for name, train in (("shop", 2), ("copy", 1)):
        sample_pages(tmp_path / name, train=train, test=0)
    run = prepare_run(TrainingConfig(dataset=str(tmp_path / "copy")), own=tmp_path / "shop")
    moved = Path(read_yaml(run / names.CONFIG)["dataset"])
    assert moved == run / own_dataset.FOLDER / "shop"
    assert (moved / "train_list.txt").is_file()
    assert not (tmp_path / "copy").exists()
    used = labels_used(run)
    assert used is not None
    assert (used["pictures"], used["version"]) == (1, version_of(labelled_set(tmp_path / "shop")).id)


def test_a_run_names_the_labels_that_it_learns_from(tmp_path: Path) -> None:
    """And a stored dataset keeps them, so that they can be brought back."""
    folder = paths.datasets_dir() / "pages"
    sample_pages(folder, train=2, test=0)
    (folder / "review.csv").write_text("picture,box,score,unsure\n1.jpg,1,0.9,\n")
    run = prepare_run(TrainingConfig(dataset="pages"))
    used = labels_used(run)
    assert used is not None
    assert (used["pictures"], used["unreviewed"]) == (2, 1)
    kept = versions_document(labelled_set(folder))["versions"]
    assert [(version["id"], version["why"], version["current"]) for version in kept] == [
        (used["version"], run.name, True)
    ]
    assert run_info(run.name).to_dict()["labels"] == used


def test_a_folder_of_somebodys_own_is_not_written_into(tmp_path: Path) -> None:
    sample_pages(tmp_path / "data", train=1, test=0)
    before = sorted(tmp_path.joinpath("data").rglob("*"))
    used = labels_used(prepare_run(TrainingConfig(dataset=str(tmp_path / "data"))))
    assert used is not None
    assert used["unreviewed"] == 0
    assert sorted(tmp_path.joinpath("data").rglob("*")) == before


def test_the_folder_of_pictures_without_labels_is_held_to_be_there_and_written_down_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_pages(tmp_path / "data", train=1, test=0)
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path)
    config = TrainingConfig.model_validate({"dataset": str(tmp_path / "data"), "unlabelled": {"folder": "plain"}})
    with pytest.raises(OcrwebError) as caught:
        prepare_run(config)
    assert caught.value.code == "train.unlabelled-none"
    assert not names.list_runs(paths.workdirs_dir())
    (tmp_path / "plain" / "1.jpg").write_bytes(b"x")
    assert read_yaml(prepare_run(config) / names.CONFIG)["unlabelled"]["folder"] == str(tmp_path / "plain")
