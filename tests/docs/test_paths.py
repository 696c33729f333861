"""What the documents for newcomers point to is there, and the picture of the architecture is the code's."""

from __future__ import annotations

import re

import pytest

from ocrweb.config.paths import CHECKOUT
from tools import draw_map

NAMED = re.compile(r"`((?:ocrweb|tests|docs|tools|benchmarks|deploy|configs)/[\w./-]*)`")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_path_that_a_document_names_is_there(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    named = {CHECKOUT / path for path in NAMED.findall(text)}
    linked = {(CHECKOUT / name).parent / path for path in LINKED.findall(text)}
    assert named | linked, "the document names no path: the pattern looks past it"
    assert not [str(path) for path in named | linked if not path.exists()]


def test_the_picture_is_drawn_from_the_imports_of_today() -> None:
    assert draw_map.TARGET.read_text(encoding="utf-8") == draw_map.draw(), "python -m tools.draw_map"
