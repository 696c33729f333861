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
