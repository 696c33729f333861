"""Documents of others: whatever is wrong with them is one kind of error."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ocrweb.config.documents import LARGEST, fits, is_number, is_object, is_text, parse_json, parse_yaml
from ocrweb.config.loader import read_yaml
from ocrweb.data.formats.tree import read_source
from ocrweb.errors import OcrwebError

DEEP = "[" * 1_200  # further than Python follows; YAML of more takes seconds to read


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


@pytest.mark.parametrize(
    ("document", "expected"),
    [({}, True), ({"name": "a", "size": 1, "more": []}, True), ({"name": 1}, False), ({"size": "1"}, False),
     ({"name": "a", "size": None}, False), ([], False), (None, False), ("name", False)],
    ids=str,
)  # fmt: skip
def test_a_document_fits_when_each_named_value_that_it_has_is_of_its_kind(document: object, expected: bool) -> None:
    assert fits(document, {"name": is_text, "size": is_number}) is expected


def test_texts_and_objects_are_told_apart() -> None:
    assert [is_text(value) for value in ("", b"", None, {})] == [True, False, False, False]
    assert [is_object(value) for value in ({}, [], "", None)] == [True, False, False, False]
    assert LARGEST == 1e15


def test_what_can_be_read_comes_back_and_what_nests_too_deep_says_so() -> None:
    assert parse_json(b'{"a": [1, null]}') == {"a": [1, None]}
    assert parse_yaml("a: [1, ~]") == {"a": [1, None]}
    for parse in (parse_json, parse_yaml):
        with pytest.raises((ValueError, yaml.YAMLError), match="nests too deep"):
            parse(DEEP)
    with pytest.raises(yaml.YAMLError, match="month"):
        parse_yaml("day: 2020-13-45")
