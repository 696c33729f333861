"""What the page says of a finished run."""

from __future__ import annotations

import pytest

from ocrweb.services.proof import Proof
from ocrweb.ui.present_training import proof_card

THRESHOLDS = {"threshold": 0.3, "box_threshold": 0.6, "unclip_ratio": 1.5}


@pytest.mark.parametrize(("new", "base", "said"), [(0.6, 0.7, True), (0.7, 0.6, False), (0.6, None, False)])
def test_a_model_that_is_worse_than_its_base_is_called_so(new: float, base: float | None, said: bool) -> None:
    figures = {"labels": 10, "missed": 2, "new_hmean": new, "pictures": 3, "golden": "ok"}
    figures |= {} if base is None else {"base_hmean": base}
    proof = Proof("run", thresholds=THRESHOLDS, figures=figures, split="test")
    assert ("worse than the base model" in proof_card(proof, "en")) is said
    assert ("不如基础模型" in proof_card(proof, "zh")) is said
