from __future__ import annotations

from typing import Any

import pytest

from ocrweb.config.groups.optimizer import OptimizerOptions


@pytest.mark.parametrize("name", ["amp", "freeze_bn"])
@pytest.mark.parametrize(("given", "kept"), [(True, "on"), (False, "off"), ("auto", "auto")])
def test_what_yaml_reads_as_true_is_on(name: str, given: Any, kept: str) -> None:
    assert getattr(OptimizerOptions(**{name: given}), name) == kept
