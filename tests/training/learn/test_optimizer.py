"""How fast weights that were trained before go on."""

from __future__ import annotations

import pytest

from ocrweb.training.learn.optimizer import GENTLE, LONG_RUN, pretrained_ratio


@pytest.mark.parametrize(
    ("wanted", "architecture", "steps", "expected"),
    [
        (0.0, "db-resnet18", LONG_RUN, 1.0),
        (0.0, "db-resnet18", LONG_RUN - 1, GENTLE),
        (0.0, "ppocrv6-small", 10 * LONG_RUN, GENTLE),
        (0.0, "onnx", 10 * LONG_RUN, GENTLE),
        (0.1, "db-resnet18", LONG_RUN, 0.1),
    ],
)
def test_only_the_house_model_with_time_to_learn_goes_at_the_whole_rate(
    wanted: float, architecture: str, steps: int, expected: float
) -> None:
    assert pretrained_ratio(wanted, architecture, steps) == expected
