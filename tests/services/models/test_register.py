"""Which model is in use, and what people call each: whole or not changed, for every process of this machine."""

from __future__ import annotations

import json
import multiprocessing

import pytest

from ocrweb.config import paths
from ocrweb.disk import atomic
from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve, resolve_name
from ocrweb.runtime.registered import registered, registry_file
from ocrweb.services.models import register
from ocrweb.services.models.listing import (
    another_model,
    check_model,
    models_document,
    models_here,
    title_of,
    titles_of_models,
    usable_models,
    used_since,
)
from ocrweb.services.models.register import forget_use, note, promote, rename, roll_back

HOUSE, DEFAULT = "db-resnet18", "ppocrv6-small"


def refused(code: str, deed: object, *given: str) -> None:
    with pytest.raises(OcrwebError) as caught:
        deed(*given)  # type: ignore[operator]
    assert caught.value.code == code


def test_the_model_in_use_is_what_in_use_stands_for_and_comes_first() -> None:
    assert (resolve("in-use").name, used_since()) == (DEFAULT, None)
    assert promote(HOUSE) == HOUSE
    assert (resolve("in-use").name, check_model("in-use"), usable_models()[0]) == (HOUSE, "in-use", HOUSE)
    assert models_document()["in_use"] == HOUSE
    promote(HOUSE)
    assert len(registered().used) == 1, "what is in use already is no news"
    assert roll_back() == DEFAULT
    refused("registry.nothing-before", roll_back)


def test_one_that_is_gone_or_no_detector_is_said_to_be() -> None:
    refused("usage.unknown-name", promote, "nothing")
    promote(HOUSE)
    document = json.loads(registry_file().read_text())
    registry_file().write_text(json.dumps(document | {"used": [{"model": "20260101_000000_gone", "since": 1.0}]}))
    refused("registry.gone", resolve, "in-use")
    forget_use("20260101_000000_gone")
    assert resolve("in-use").name == DEFAULT


def test_a_name_of_ones_own_leads_to_the_model_and_is_nobody_elses() -> None:
    rename(HOUSE, "收银-1")
    assert resolve_name("收银-1").name == HOUSE
    refused("imports.name-taken", rename, DEFAULT, "收银-1")
    refused("imports.name-taken", rename, DEFAULT, "latest")
    refused("imports.bad-name", rename, DEFAULT, "a/b")
    rename("收银-1", "house")
    refused("usage.unknown-name", resolve_name, "收银-1")
    rename("house", "")
    assert registered().titles == {}
    note(HOUSE, "  receipts  ")
    assert registered().notes == {HOUSE: "receipts"}


def test_a_damaged_file_is_neither_taken_for_an_empty_one_nor_written_over() -> None:
    paths.models_dir().mkdir(parents=True)
    registry_file().write_text('{"schema": 1}')
    refused("registry.damaged", resolve, "in-use")
    refused("registry.damaged", promote, HOUSE)
    assert registry_file().read_text() == '{"schema": 1}'
    assert resolve_name(HOUSE).name == HOUSE, "the models' own names need no file"


def test_a_crash_in_the_middle_of_a_change_leaves_what_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    promote(HOUSE)

    def killed(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(atomic, "sync_file", killed)
        with pytest.raises(KeyboardInterrupt):
            promote(DEFAULT)
    assert (registered().in_use, sorted(path.name for path in paths.models_dir().iterdir())) == (
        HOUSE,
        [".registry.lock", "registry.json"],
    )


def _note(number: int) -> None:
    note(HOUSE if number % 2 else DEFAULT, f"from process {number}")


def test_changes_of_several_processes_lose_nothing() -> None:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(_note, range(8))
    assert registered().notes.keys() == {HOUSE, DEFAULT}


def test_a_title_has_sixty_characters_a_note_two_thousand_and_fifty_uses_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rename(HOUSE, "t" * 60)
    refused("imports.bad-name", rename, DEFAULT, "u" * 61)
    note(HOUSE, "n" * 2001)
    assert (registered().titles[HOUSE], len(registered().notes[HOUSE])) == ("t" * 60, 2000)
    note(HOUSE, " ")
    assert registered().notes == {}
    monkeypatch.setattr(register.time, "time", lambda: 12.34567)
    for number in range(51):
        promote(DEFAULT if number % 2 else HOUSE)
    used = registered().used
    assert (len(used), used[-1].model, used[0].model, used[-1].since) == (50, HOUSE, DEFAULT, 12.346)
    assert used_since() == (HOUSE, 12.346)


def test_to_give_a_model_the_title_that_it_has_changes_nothing() -> None:
    rename(HOUSE, "house")
    before = registry_file().stat().st_ino
    rename(HOUSE, " house ")
    rename("house", "house")
    forget_use(DEFAULT)
    assert registry_file().stat().st_ino == before
    rename(HOUSE, HOUSE)  # its own name is nobody else's
    refused("imports.name-taken", rename, DEFAULT, "in-use")


def test_to_hold_boxes_against_there_is_the_model_in_use_else_the_next() -> None:
    here = models_here()
    assert here[:2] == [DEFAULT, HOUSE]
    assert (another_model(HOUSE), another_model(DEFAULT)) == (DEFAULT, HOUSE)
    promote(HOUSE)
    assert (models_here()[0], another_model(DEFAULT), another_model(HOUSE)) == (HOUSE, HOUSE, DEFAULT)
    assert title_of(HOUSE) == HOUSE
    rename(HOUSE, "house")
    assert (title_of(HOUSE), titles_of_models()) == ("house", {HOUSE: "house"})
    registry_file().write_text("{")
    assert (title_of(HOUSE), titles_of_models()) == (HOUSE, {})
