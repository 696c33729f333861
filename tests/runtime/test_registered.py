"""What was said of the models is read whole, or the file is called damaged; a file that is not there says nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.model_names import DEFAULT
from ocrweb.errors import OcrwebError
from ocrweb.runtime.registered import SCHEMA, Registered, Used, model_in_use, registered, registry_file

WHOLE: dict[str, Any] = {
    "schema": SCHEMA,
    "titles": {"a": "till", "b": "door"},
    "notes": {"b": "receipts"},
    "used": [{"model": "a", "since": 1.5}, {"model": "b", "since": 2}],
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))


def written(document: Any) -> None:
    registry_file().parent.mkdir(exist_ok=True)
    registry_file().write_text(json.dumps(document), encoding="utf-8")


def test_a_whole_file_is_read_and_is_written_as_it_was() -> None:
    written(WHOLE)
    read = registered()
    assert read == Registered(WHOLE["titles"], WHOLE["notes"], (Used("a", 1.5), Used("b", 2.0)))
    assert (read.in_use, model_in_use(), read.named("door"), read.named("receipts")) == ("b", "b", "b", None)
    assert read.to_dict() == WHOLE


def test_without_a_file_nothing_was_said() -> None:
    assert (registered(), model_in_use()) == (Registered(), DEFAULT)


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": SCHEMA + 1}, {"schema": None}, {"titles": 7}, {"notes": None}, {"used": 7}, {"used": [{"model": "a"}]},
        {"used": [{"model": "a", "since": "soon"}]},
    ],
    ids=str,
)  # fmt: skip
def test_a_file_that_is_wrong_in_one_thing_alone_is_damaged(changed: dict[str, Any]) -> None:
    written(WHOLE | changed)
    with pytest.raises(OcrwebError) as refused:
        registered()
    assert refused.value.code == "registry.damaged"
    assert str(refused.value.params["path"]).endswith("registry.json")
    assert model_in_use() == DEFAULT


@pytest.mark.parametrize("gone", list(WHOLE))
def test_a_file_without_one_of_its_parts_is_damaged(gone: str) -> None:
    written({name: part for name, part in WHOLE.items() if name != gone})
    with pytest.raises(OcrwebError, match=r"registry\.damaged"):
        registered()
