"""Before a model is deleted a person hears what hangs on it; deleted, it can come back."""

from __future__ import annotations

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve_name
from ocrweb.runtime.registered import registered
from ocrweb.services.exporting.jobs import archive_of, list_exports
from ocrweb.services.models.bin import empty_model_bins, list_binned, restore_model
from ocrweb.services.models.register import promote, rename
from ocrweb.services.registry.losses import delete_model, losses
from ocrweb.services.registry.rows import model_facts
from tests.services.registry.made_models import RUN, make_export, make_model

LATER = "20260102_000000_later"


def test_what_would_be_lost_names_exports_runs_and_the_model_that_takes_over() -> None:
    make_model()
    make_model(LATER, model=RUN)
    make_export()
    promote(LATER)
    promote(RUN)
    lost = losses(RUN)
    assert (lost.exports, lost.runs, lost.before) == (("till-dynamic-fp32",), (LATER,), LATER)
    assert f"It is in use: {LATER} takes its place everywhere." in lost.told("en")
    assert "till-dynamic-fp32" in lost.told("zh")
    assert losses(LATER).told("en").endswith("It is not in use.")
    assert lost.to_dict() == {
        "model": RUN, "in_use": True, "in_use_then": LATER, "exports": ["till-dynamic-fp32"], "runs": [LATER],
    }  # fmt: skip
    assert losses(LATER).to_dict() == {
        "model": LATER, "in_use": False, "in_use_then": None, "exports": [], "runs": [],
    }  # fmt: skip


def test_a_deleted_model_in_use_gives_way_to_the_one_before_and_comes_back_whole() -> None:
    run = make_model()
    before = sorted(path.name for path in run.rglob("*"))
    rename(RUN, "till")
    promote("till")
    identifier = delete_model("till")
    assert (registered().in_use, run.exists()) == ("ppocrv6-small", False)
    assert [(each.kind, each.name) for each in list_binned()] == [("run", RUN)]
    assert restore_model(identifier) == RUN
    assert sorted(path.name for path in run.rglob("*")) == before
    assert (resolve_name("till").name, model_facts(RUN).in_use, list_binned()) == (RUN, False, [])


def test_an_export_goes_and_comes_with_its_zip_under_a_free_name() -> None:
    make_export()
    identifier = delete_model("till-dynamic-fp32")
    assert (list_exports(), archive_of("till-dynamic-fp32")) == ([], None)
    make_export()
    assert restore_model(identifier) == "till-dynamic-fp32_2"
    assert archive_of("till-dynamic-fp32_2") is not None


def test_an_emptied_bin_gives_nothing_back() -> None:
    make_model()
    identifier = delete_model(RUN)
    assert (empty_model_bins(), list_binned()) == (1, [])
    for unknown in (identifier, "run:1", "nothing"):
        with pytest.raises(OcrwebError, match="not-in-bin"):
            restore_model(unknown)


def test_what_came_with_the_program_stays() -> None:
    with pytest.raises(OcrwebError) as refused:
        delete_model("ppocrv6-small")
    assert refused.value.code == "registry.kept"
