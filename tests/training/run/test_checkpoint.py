from __future__ import annotations

import dataclasses
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from ocrweb.config.groups.optimizer import OptimizerOptions
from ocrweb.config.paths import CHECKOUT
from ocrweb.disk.passing import sweep_all
from ocrweb.errors import OcrwebError
from ocrweb.model.losses import DBLoss
from ocrweb.training.learn.optimizer import build_optimizer
from ocrweb.training.learn.step import Stepper
from ocrweb.training.machine.distributed import Group
from ocrweb.training.run.checkpoint import (
    Checkpoint,
    RunProgress,
    _owner,
    load_checkpoint,
    load_model,
    load_optimizer,
    model_arrays,
    optimizer_arrays,
    save_checkpoint,
)
from tests.training.tiny import TinyDetector, drawn_batch

OPTIONS = OptimizerOptions()


def test_a_checkpoint_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    progress = RunProgress(
        step=7, epoch=1, batch=3, seconds=12.5, parts=2, best={"hmean": 0.5}, base_hmean=0.4, stale=1
    )
    arrays = {"w": np.arange(6, dtype=np.float32).reshape(2, 3)}
    save_checkpoint(tmp_path / "latest.pdopt", Checkpoint(progress, arrays, {"w|_moment1_0": arrays["w"]}, arrays))
    found = load_checkpoint(tmp_path / "latest.pdopt")
    assert found.progress == progress
    np.testing.assert_array_equal(found.model["w"], arrays["w"])
    np.testing.assert_array_equal(found.optimizer["w|_moment1_0"], arrays["w"])


@pytest.mark.parametrize("kind", ["adam", "sgd"])
def test_a_restored_optimizer_goes_on_as_the_first_would_have(kind: str) -> None:
    options = OptimizerOptions(kind=kind)
    first = TinyDetector()
    first.train()
    optimizer = build_optimizer(first, options)
    trainer = Stepper(first, DBLoss(), optimizer, options, group=Group())
    for step in range(3):
        trainer.step(drawn_batch(step), 0.01)
    saved = model_arrays(first), optimizer_arrays(optimizer, first)

    TinyDetector()  # other parameters come into being in between: Paddle's own names shift
    second = TinyDetector(seed=99)
    second.train()
    restored = build_optimizer(second, options)
    load_model(second, saved[0])
    load_optimizer(restored, second, saved[1])
    other = Stepper(second, DBLoss(), restored, options, group=Group())
    for step in range(3, 6):
        assert trainer.step(drawn_batch(step), 0.01).losses == other.step(drawn_batch(step), 0.01).losses
    for name, array in model_arrays(first).items():
        np.testing.assert_array_equal(model_arrays(second)[name], array)


def test_a_state_belongs_to_the_longest_name_that_it_begins_with() -> None:
    names = {"conv2d_1.w_0": "stem.weight", "conv2d_1.w_0_x": "head.weight"}
    assert _owner("conv2d_1.w_0_x_moment1_0", names) == "conv2d_1.w_0_x"
    assert _owner("conv2d_1.w_0_moment1_0", names) == "conv2d_1.w_0"


def test_a_full_disk_leaves_the_older_checkpoint_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, arrays = tmp_path / "latest.pdopt", {"w": np.zeros(3, np.float32)}
    save_checkpoint(path, Checkpoint(RunProgress(step=7), arrays, {}, arrays))

    def torn(document: object, file: BinaryIO, protocol: int) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ocrweb.training.run.checkpoint.pickle.dump", torn)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(path, Checkpoint(RunProgress(step=8), arrays, {}, arrays))
    assert load_checkpoint(path).progress.step == 7
    assert [item.name for item in tmp_path.iterdir()] == ["latest.pdopt"]


@pytest.mark.parametrize("content", [b"", b"\x80\x04half", b"plain text"], ids=["empty", "torn", "text"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "latest.pdopt"
    path.write_bytes(content)
    with pytest.raises(OcrwebError) as caught:
        load_checkpoint(path)
    assert caught.value.code.startswith("weights.")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    import pickle

    path = tmp_path / "latest.pdopt"
    path.write_bytes(pickle.dumps({"LR_Scheduler": {}}))
    with pytest.raises(OcrwebError) as caught:
        load_checkpoint(path)
    assert caught.value.code == "train.bad-checkpoint"


def test_progress_of_a_newer_version_still_loads(tmp_path: Path) -> None:
    import pickle

    progress = {**dataclasses.asdict(RunProgress(step=3)), "invented": 1}
    document = {"schema": 1, "progress": progress, "model": {}, "optimizer": {}, "average": {}}
    (tmp_path / "latest.pdopt").write_bytes(pickle.dumps(document))
    assert load_checkpoint(tmp_path / "latest.pdopt").progress.step == 3


WRITER = """
import sys, time
import numpy as np
from pathlib import Path
from ocrweb.model.pdparams import write_pdparams
from ocrweb.training.run.checkpoint import Checkpoint, RunProgress, save_checkpoint
folder = Path(sys.argv[1])
step = 0
while True:
    step += 1
    arrays = {f"w{i}": np.full((200, 500), step, np.float32) for i in range(8)}
    save_checkpoint(folder / "latest.pdopt", Checkpoint(RunProgress(step=step), arrays, {}, arrays))
    write_pdparams(arrays, folder / "best.pdparams")
    print(step, flush=True)
"""


@pytest.mark.slow
def test_files_are_whole_whenever_the_writer_is_killed(tmp_path: Path) -> None:
    from ocrweb.model.pdparams import read_pdparams

    def look() -> None:
        checkpoint = load_checkpoint(tmp_path / "latest.pdopt")
        assert {float(a.min()) for a in checkpoint.model.values()} == {float(checkpoint.progress.step)}
        assert len({float(a.max()) for a in read_pdparams(tmp_path / "best.pdparams").values()}) == 1

    chance = random.Random(0)
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            cwd=CHECKOUT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
        )
        assert writer.stdout is not None
        for _ in range(3):
            writer.stdout.readline()
        for _ in range(8):  # stop it at any instant and look, then let it go on
            time.sleep(chance.random() * 0.02)
            writer.send_signal(signal.SIGSTOP)
            look()
            writer.send_signal(signal.SIGCONT)
        time.sleep(chance.random() * 0.02)
        writer.kill()
        writer.wait()
        look()
        last = load_checkpoint(tmp_path / "latest.pdopt").progress.step
    assert last >= 3
    sweep_all(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.pdparams", "latest.pdopt"]
