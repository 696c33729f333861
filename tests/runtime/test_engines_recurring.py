"""A network for one shape is compiled when that shape recurs, and only while that pays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrweb.runtime.engines.openvino import OpenVinoEngine
from ocrweb.runtime.engines.recurring import MOST, RecurringShape
from tests.runtime.networks import save_brightness

A, B = (1, 3, 64, 64), (1, 3, 96, 64)


class Compiler:
    """Notes what it was asked for; fails for shapes named in ``refused``."""

    def __init__(self, refused: tuple[tuple[int, ...], ...] = ()) -> None:
        self.asked: list[tuple[int, ...]] = []
        self.refused = refused

    def __call__(self, shape: tuple[int, ...]) -> str:
        self.asked.append(shape)
        if shape in self.refused:
            raise RuntimeError("no memory")
        return f"request {shape}"


def feed(recurring: RecurringShape, *shapes: tuple[int, ...]) -> list[str | None]:
    answers = []
    for shape in shapes:
        answers.append(recurring.request(shape))
        recurring.wait()
    return answers


def test_the_second_in_a_row_compiles_and_the_third_uses_it() -> None:
    compiler = Compiler()
    recurring = RecurringShape(compiler)
    assert feed(recurring, A, A, A, B, A) == [None, None, f"request {A}", None, f"request {A}"]
    assert compiler.asked == [A]


def test_ever_new_shapes_compile_nothing() -> None:
    compiler = Compiler()
    assert feed(RecurringShape(compiler), *(A, B) * 20) == [None] * 40
    assert compiler.asked == []


def test_pairs_that_never_use_what_was_compiled_make_it_wait_longer() -> None:
    compiler = Compiler()
    feed(RecurringShape(compiler), *(A, A, B, B) * 20)
    assert compiler.asked == [A, B]  # from then on it takes four in a row


def test_a_shape_that_replaces_one_that_paid_is_compiled_as_soon() -> None:
    compiler = Compiler()
    feed(RecurringShape(compiler), *[A] * 4, *[B] * 4)
    assert compiler.asked == [A, B]


def test_a_failure_leaves_the_network_for_any_shape_in_use() -> None:
    compiler = Compiler(refused=(A,))
    assert feed(RecurringShape(compiler), *[A] * (MOST - 1)) == [None] * (MOST - 1)
    assert compiler.asked == [A]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))


def test_both_networks_of_an_engine_give_the_same_map(tmp_path: Path) -> None:
    engine = OpenVinoEngine(save_brightness(tmp_path / "m.onnx"), precision="f32", threads=1)
    batch = np.random.default_rng(0).random((1, 3, 64, 96), np.float32)
    maps = []
    for _ in range(4):
        maps.append(engine.run(batch))
        assert engine._recurring is not None
        engine._recurring.wait()
    assert engine._recurring.request(batch.shape) is not None
    np.testing.assert_allclose(np.stack(maps), np.stack([batch.mean(axis=1)] * 4), atol=1e-6)
    np.testing.assert_allclose(engine.run(batch[:, :, :32]), batch[:, :, :32].mean(axis=1), atol=1e-6)
