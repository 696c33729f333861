from __future__ import annotations

import shlex

import pytest

from ocrweb import messages
from ocrweb.errors import OcrwebError


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_command_that_is_suggested_can_be_pasted(lang: str) -> None:
    path = "/data/my sets; rm -rf $HOME"
    said = messages.text("dataset_tools.next-validate", lang, path=path)
    _, validate, _, train, *_ = said.split("`")
    assert shlex.split(validate) == ["ocrweb", "validate", path]
    assert shlex.split(train) == ["ocrweb", "train", "-o", f"dataset={path}"]


def test_what_is_no_command_is_not_quoted() -> None:
    said = OcrwebError("run.unknown", name="my run", nearest="a b").message("en")
    assert "my run" in said
    assert "'my run'" not in said


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 box is ignored"), ("1", "1 box is ignored"), (0, "0 boxes are ignored"), (21, "21 boxes are ignored")],
)
def test_one_is_told_in_the_singular(count: int | str, said: str) -> None:
    assert messages.text("dataset_tools.ignored", "en", count=count) == said


def test_both_forms_may_hold_values() -> None:
    assert OcrwebError("formats.all-ignored", boxes=1).message("en").startswith("The only box is marked")
    assert OcrwebError("formats.all-ignored", boxes=4).message("en").startswith("All 4 boxes are marked")
