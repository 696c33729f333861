"""What a session is put together of: parts of batches after a kill, batch norm, pictures that can be learnt from."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from paddle import nn

from ocrweb.config.loader import build
from ocrweb.config.training import TrainingConfig
from ocrweb.data.sample import LabelledBox, Sample
from ocrweb.errors import OcrwebError
from ocrweb.rundir import names
from ocrweb.training.feed.holdout import Parts
from ocrweb.training.run import session
from ocrweb.training.run.checkpoint import RunProgress


def config(**given: Any) -> TrainingConfig:
    return build(TrainingConfig, {"batch_size": 6, **given})


@pytest.mark.parametrize(
    ("parts", "accumulate", "after"), [(1, 1, 2), (2, 1, 4), (4, 1, 6), (5, 1, 6), (6, 1, None), (7, 1, None), (6, 2, 12)]
)  # fmt: skip
def test_after_a_kill_for_memory_batches_are_cut_in_twice_as_many_parts_down_to_single_pictures(
    parts: int, accumulate: int, after: int | None
) -> None:
    given = config(optimizer={"accumulate": accumulate})
    if after is not None:
        assert session._halved(RunProgress(parts=parts, step=7), given) == RunProgress(parts=after, step=7)
        return
    with pytest.raises(OcrwebError) as caught:
        session._halved(RunProgress(parts=parts), given)
    assert (caught.value.code, caught.value.params) == ("train.out-of-memory", {"reason": "SIGKILL"})


def sample(*ignored: bool) -> Sample:
    box = np.zeros((4, 2), np.float32)
    return Sample(Path("a.png"), None, tuple(LabelledBox(box, "a", flag) for flag in ignored))


@pytest.mark.parametrize(
    ("samples", "good"),
    [([], False), ([sample()], False), ([sample(True)], False), ([sample(), sample(True, False)], True), ([sample(False)], True)],
)  # fmt: skip
def test_something_can_be_learnt_where_one_box_counts(samples: list[Sample], good: bool) -> None:
    if good:
        assert session.learnable(samples) is samples
        return
    with pytest.raises(OcrwebError) as caught:
        session.learnable(samples)
    assert (caught.value.code, caught.value.params) == ("train.nothing-to-learn", {"pictures": len(samples)})


@pytest.mark.parametrize(
    ("choice", "batch", "pretrained", "frozen"),
    [
        ("on", 16, False, [True, True]), ("off", 1, True, [False, False]), ("auto", 8, True, [False, False]),
        ("auto", 7, True, [False, True]), ("auto", 7, False, [False, False]),
    ],
)  # fmt: skip
def test_batch_norm_keeps_its_statistics_where_batches_are_too_small_and_it_has_some(
    choice: str, batch: int, pretrained: bool, frozen: list[bool]
) -> None:
    model = nn.Sequential(nn.BatchNorm2D(1), nn.BatchNorm2D(1))
    base: Any = SimpleNamespace(model=model, pretrained=pretrained, fresh=frozenset({"0._mean"}))
    model.eval()
    session.into_training(base, config(batch_size=batch, optimizer={"freeze_bn": choice}))
    assert model.training
    assert [not layer.training for layer in model] == frozen


@pytest.mark.parametrize(("resume", "there", "read"), [(True, True, True), (True, False, False), (False, True, False)])
def test_a_checkpoint_counts_for_a_run_that_goes_on_and_has_one(
    resume: bool, there: bool, read: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "load_checkpoint", lambda path: path)
    if there:
        (tmp_path / names.LATEST_OPTIMIZER).write_bytes(b"x")
    assert session._checkpoint(tmp_path, resume=resume) == (tmp_path / names.LATEST_OPTIMIZER if read else None)


@pytest.mark.parametrize(("held_out", "tests", "judged"), [(True, True, ["v", "t"]), (False, True, ["t"]), (True, False, ["v"])])  # fmt: skip
def test_pictures_without_labels_are_none_that_the_run_is_judged_on(
    held_out: bool, tests: bool, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(dataset: Path, split: str) -> list[str]:
        assert (dataset, split) == (Path("data"), "test")
        if not tests:
            raise OcrwebError("image.empty")
        return ["t"]

    monkeypatch.setattr(session, "read_split", read)
    monkeypatch.setattr(session, "choose_plain", lambda folder, judged: (folder, judged))
    parts: Any = Parts(("a",), ("v",), held_out=held_out)  # type: ignore[arg-type]
    found: Any = session._plain(config(unlabelled={"folder": "/plain"}), Path("data"), parts)
    assert found == (Path("/plain"), judged)
    assert session._plain(config(), Path("data"), parts) is None
