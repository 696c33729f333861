"""Networks in processes of their own give the same maps, survive a kill, and end with the process that started them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.crew import Crew, Key, Member
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.pool import DetectorPool
from tests.runtime.networks import save_brightness


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("crew")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OCRWEB_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def crew(home: Path) -> Iterator[Crew]:
    made = Crew(2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def key(home: Path) -> Key:
    return str(save_brightness(home / "m.onnx")), "auto", "f32", "cpu"


def batch(seed: int, side: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).random((1, 3, side, side), np.float32)


def hurt(monkeypatch: pytest.MonkeyPatch, how: Any, times: int) -> list[Member]:
    """The first so many pictures are the end of the process that they are handed to; whom they were handed to."""
    real, handed = Member._shared, []

    def shared(self: Member, batch: np.ndarray | None) -> Any:
        handed.append(self)
        if len(handed) <= times:
            how(self)
        return real(self, batch)

    monkeypatch.setattr(Member, "_shared", shared)
    return handed


def kill(member: Member) -> None:
    os.kill(member.pid, signal.SIGKILL)


def test_the_maps_are_those_of_this_process_whatever_their_size(crew: Crew, key: Key) -> None:
    engine, known = crew.load(key).engine, load_engine(resolve(key[0]), "auto", "f32", "cpu").engine
    assert engine.device.endswith("2 processes")
    assert (engine.name, engine.fixed_size) == (known.name, known.fixed_size)
    for seed, side in enumerate((64, 1792, 96)):  # the second takes more memory than is kept
        picture = batch(seed, side)
        np.testing.assert_array_equal(engine.run(picture), known.run(picture))


def test_a_detector_of_the_pool_works_in_the_crew(crew: Crew, key: Key) -> None:
    pool = DetectorPool()
    pool.crew = crew
    detector = pool.get(*key, streams=2)
    assert detector.device.endswith("2 processes")
    assert pool.get(*key) is detector
    assert detector.detect(np.full((64, 64, 3), 255, np.uint8)).success


def test_what_cannot_be_loaded_is_told_as_here(crew: Crew, home: Path) -> None:
    path = save_brightness(home / "half.onnx", stride=2)
    with pytest.raises(OcrwebError) as here:
        load_engine(resolve(str(path)), "auto", "f32", "cpu")
    with pytest.raises(OcrwebError) as there:
        crew.load((str(path), "auto", "f32", "cpu"))
    assert there.value.to_dict() == here.value.to_dict()


def test_a_picture_whose_process_is_killed_goes_to_the_other_one(
    crew: Crew, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = crew.load(key).engine
    known = engine.run(batch(1))
    handed = hurt(monkeypatch, kill, times=1)
    np.testing.assert_array_equal(engine.run(batch(1)), known)
    assert len(set(handed)) == len(handed) == 2
    assert len(crew.pids()) == 2, "the killed one is there again"


def test_a_picture_that_kills_twice_is_told_and_both_are_there_again(
    crew: Crew, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = crew.load(key).engine
    handed = hurt(monkeypatch, kill, times=2)
    with pytest.raises(OcrwebError) as caught:
        engine.run(batch(1))
    assert (caught.value.code, len(handed)) == ("engine.run-failed", 2)
    assert engine.run(batch(2)).shape == (1, 64, 64)


def test_a_run_that_is_ended_is_not_tried_again(crew: Crew, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = crew.load(key).engine
    handed = hurt(monkeypatch, lambda member: engine.interrupt(), times=1)
    with pytest.raises(OcrwebError) as caught:
        engine.run(batch(1))
    assert (caught.value.code, len(handed)) == ("engine.run-failed", 1)


def test_a_process_ends_with_the_one_that_started_it(crew: Crew, key: Key) -> None:
    member = crew.members[0]
    member.ask(key, None)
    process = member._process
    assert process is not None
    assert process.stdin is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)  # the console still answers
    assert member.ask(key, batch(1)).shape == (1, 64, 64)
    process.stdin.close()
    assert process.wait(60) == 0
