"""Deleted models of every kind lie in their own bins, and one list knows them all."""

from __future__ import annotations

import pytest

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.files import bin as files_bin
from ocrweb.services.models.bin import (
    empty_model_bins,
    list_binned,
    put_export,
    put_imported,
    put_run,
    restore_model,
    sweep_model_bins,
)
from tests.services.registry.made_models import RUN, make_export, make_imported, make_model


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(files_bin, "time", made)
    return made


def test_models_of_every_kind_are_listed_the_latest_first_with_their_bytes(clock: Clock) -> None:
    run, export, imported = make_model(), make_export("e"), make_imported("i")
    (run / "link").symlink_to(run / "best.pdparams")
    (imported / "inner").mkdir()
    (imported / "inner" / "more").write_bytes(b"x" * 1000)
    sizes = [sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) for folder in (run, export, imported)]  # fmt: skip
    identifiers = [put_run(run), put_export(export), put_imported(imported)]
    found = list_binned()
    assert [(one.kind, one.name) for one in found] == [("imported", "i"), ("export", "e"), ("run", RUN)]
    assert [one.id for one in found] == identifiers[::-1]
    assert [one.bytes - 2 for one in found] == [sizes[2], sizes[1] + len(b"zip"), sizes[0]]  # and a record of two
    assert not any(folder.exists() for folder in (run, export, imported, export.with_name("e.zip")))
    assert [restore_model(identifier) for identifier in identifiers] == [RUN, "e", "i"]
    assert (paths.exports_dir() / "e.zip").read_bytes() == b"zip"
    assert list_binned() == []


def test_a_name_that_another_model_has_by_now_gets_a_number() -> None:
    identifier = put_imported(make_imported("i"))
    make_export("i")  # names are one for all kinds
    assert restore_model(identifier) == "i_2"
    (paths.models_dir() / "j").touch()
    identifier = put_imported(make_imported("k"))
    (paths.models_dir() / "k").symlink_to("nowhere")
    assert restore_model(identifier) == "k_2"


def test_an_export_whose_zip_was_removed_comes_back_without_one() -> None:
    export = make_export("e")
    export.with_name("e.zip").unlink()
    assert restore_model(put_export(export)) == "e"
    assert not export.with_name("e.zip").exists()


def test_after_a_week_or_when_emptied_all_bins_are_empty(clock: Clock) -> None:
    for _ in range(2):
        put_imported(make_imported("i"))
        put_export(make_export("e"))
        put_run(make_model())
        assert len(list_binned()) == 3
        if clock.now < 1_000_100:
            assert empty_model_bins() == 3
            clock.now += 100
        else:
            clock.now += 8 * 86_400
            sweep_model_bins()
            clock.now -= 8 * 86_400
        assert list_binned() == []


@pytest.mark.parametrize("identifier", ["", "run", "run:", "other:1-00000000-a", "export:../x"])
def test_what_is_in_no_bin_is_said(identifier: str) -> None:
    with pytest.raises(OcrwebError, match=r"store\.not-in-bin"):
        restore_model(identifier)
