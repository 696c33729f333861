"""What took long to find out is known again, by the same state only; a damaged file is as good as none."""

from __future__ import annotations

import pytest

from ocrweb.config import paths
from ocrweb.services.files.remembered import Remembered


def memory(schema: int = 2) -> Remembered:
    return Remembered("looks.json", "looks", schema=schema, kept=3)


def test_an_answer_is_known_by_its_key_to_another_console_too() -> None:
    memory().put("a", {"seconds": 1.5})
    assert memory().get("a") == {"seconds": 1.5}
    assert memory().get("b") is None


def test_only_the_latest_stay() -> None:
    for key in "abcd":
        memory().put(key, key)
    assert [memory().get(key) for key in "abcd"] == [None, "b", "c", "d"]


def test_what_was_written_under_another_schema_is_forgotten() -> None:
    memory(1).put("a", 1)
    assert memory(2).get("a") is None


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", '{"schema": 2}', '{"schema": 2, "looks": 3}', '{"looks": {"a": 1}}']
)
def test_a_damaged_file_is_as_good_as_none(damaged: str) -> None:
    file = paths.private_dir() / "looks.json"
    file.parent.mkdir(parents=True)
    file.write_text(damaged)
    assert memory().get("a") is None
    memory().put("a", 1)
    assert memory().get("a") == 1
