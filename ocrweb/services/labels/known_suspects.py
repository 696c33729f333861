"""What a model found suspicious in a dataset's labels, as far as it still holds."""

from __future__ import annotations

from collections.abc import Mapping

from ocrweb.services.labels.entries import LabelledSet


def suspicions(labelled: LabelledSet) -> Mapping[str, float]:
    """Picture → the highest chance that something is wrong with its labels; empty before a model has looked."""
    return {}
