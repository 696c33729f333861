"""DB-ResNet18 is PaddleOCR's: same names and shapes, same maps, same training step."""

from __future__ import annotations

from typing import Any

import numpy as np
import paddle
import pytest

from ocrweb.model import DBLoss, DBOutput, DBResNet18, DBTargets
from tests.model.golden import GOLDEN, bits, fill

PICTURE = np.random.default_rng(0).standard_normal((1, 3, 160, 224)).astype(np.float32)


@pytest.fixture
def model() -> Any:
    layer = DBResNet18()
    fill(layer)
    return layer


@pytest.fixture(scope="module")
def forward() -> Any:
    return np.load(GOLDEN / "forward.npz")


def test_names_shapes_and_order_are_paddleocrs(model: Any) -> None:
    rows = [line.split("\t") for line in (GOLDEN / "keys.tsv").read_text().splitlines()[1:]]
    expected = [(row[0], [int(side) for side in row[1].split(",")]) for row in rows]
    assert [(name, list(tensor.shape)) for name, tensor in model.state_dict().items()] == expected
    assert sum(1 for parameter in model.parameters() if not parameter.stop_gradient) == 95


def test_eval_gives_the_probability_map(model: Any, forward: Any) -> None:
    model.eval()
    with paddle.no_grad():
        maps = model(paddle.to_tensor(PICTURE)).numpy()
    assert maps.shape == (1, 1, 160, 224)
    np.testing.assert_allclose(maps[:, :, ::3, ::3], forward["eval_maps"], atol=1e-5)


def test_train_gives_three_maps_and_moves_the_statistics(model: Any, forward: Any) -> None:
    model.train()
    with paddle.no_grad():
        output = model(paddle.to_tensor(PICTURE))
    assert isinstance(output, DBOutput)
    assert output._fields == ("probability_map", "threshold_map", "binary_map")
    for place, one in enumerate(output):
        assert one.shape == [1, 1, 160, 224]
        np.testing.assert_allclose(one.numpy()[0, 0, ::3, ::3], forward["train_maps"][0, place], atol=1e-5)
    state = model.state_dict()
    for key in forward.files:
        if key.startswith("after_train/"):
            np.testing.assert_allclose(state[key.removeprefix("after_train/")].numpy(), forward[key], atol=1e-5)


def test_three_adam_steps_lose_what_paddleocr_loses_with_the_same_gradients(model: Any) -> None:
    golden = np.load(GOLDEN / "trainstep.npz")
    shape = golden["threshold_map"].shape
    maps = {name: bits(golden[name], shape) for name in ("threshold_mask", "shrink_map", "shrink_mask")}
    targets = DBTargets(
        **{name: paddle.to_tensor(array) for name, array in {**maps, "threshold_map": golden["threshold_map"]}.items()}
    )
    picture = paddle.to_tensor(np.random.default_rng(1).standard_normal((2, 3, 128, 160)).astype(np.float32))
    loss = DBLoss()
    adam = paddle.optimizer.Adam(1e-3, parameters=model.parameters())
    model.train()
    for step in range(3):
        parts = loss(model(picture), targets)
        parts.loss.backward()
        assert float(parts.loss) == pytest.approx(float(golden[f"step{step}/loss"]), abs=5e-5)
        if step == 0:
            gradients = {name: tensor.grad for name, tensor in model.named_parameters()}
            for name, length in zip(golden["grad_keys"], golden["grad_l2"], strict=True):
                if "conv2.bias" not in str(name):  # the normalisation after it cancels it: rounding only
                    found = float(np.linalg.norm(gradients[str(name)].numpy().astype(np.float64)))
                    assert found == pytest.approx(float(length), rel=1e-3), name
        adam.step()
        adam.clear_grad()
