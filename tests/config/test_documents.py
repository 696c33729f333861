"""Documents of others: whatever is wrong with them is one kind of error."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ocrweb.config.documents import LARGEST, is_number, parse_json, parse_yaml
from ocrweb.config.loader import read_yaml
from ocrweb.data.formats.tree import read_source
from ocrweb.errors import OcrwebError

DEEP = "[" * 100_000


@pytest.mark.parametrize("content", ["", "{", DEEP, '{"a": ' * 100_000, b"\xff\xfe\x00", "9" * 10_000], ids=range(6))
def test_what_is_no_json_is_a_value_error(content: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_json(content)


@pytest.mark.parametrize("content", ["a: [", DEEP, "day: 2020-13-45", "time: 2020-01-01 99:99:99"], ids=range(4))
def test_what_is_no_yaml_is_a_yaml_error(content: str) -> None:
    with pytest.raises(yaml.YAMLError):
        parse_yaml(content)


def test_settings_that_nest_too_deep_are_told_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "deep.yml").write_text(DEEP)
    with pytest.raises(OcrwebError) as told:
        read_yaml(tmp_path / "deep.yml")
    assert told.value.code == "config.no-yaml"


def test_labels_that_nest_too_deep_are_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text(DEEP)
    with pytest.raises(ValueError, match="deep"):
        read_source(tmp_path).json("labels.json")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, True), (-1.5, True), (LARGEST, True), (-LARGEST, True), (2 * LARGEST, False), (float("inf"), False),
     (float("nan"), False), (True, False), (False, False), ("1", False), (None, False), ([1], False)],
)  # fmt: skip
def test_a_number_is_finite_and_true_is_none(value: object, expected: bool) -> None:
    assert is_number(value) is expected
