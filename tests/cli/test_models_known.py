"""`ocrweb models show|use|…`: what people say of the models here, told by one command and known to the next."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ocrweb.config import paths
from ocrweb.runtime.registered import model_in_use
from ocrweb.services.datasets.sample_data import make_sample_data
from tests.cli.conftest import Typed
from tests.services.registry.made_models import RUN, make_model

DEFAULT = "ppocrv6-small"


@pytest.fixture
def run(typed: Typed) -> Typed:
    """A command line beside a finished run, which `RUN` names."""
    make_model()
    return typed


def document(answer: tuple[int, str, str]) -> dict[str, Any]:
    code, out, _ = answer
    assert code == 0, answer
    return dict(json.loads(out))


def test_a_model_is_used_everywhere_until_it_is_rolled_back(run: Typed) -> None:
    assert document(run("models", "show", "in-use", "--json"))["name"] == DEFAULT
    code, out, _ = run("models", "use", RUN)
    assert (code, RUN in out, model_in_use()) == (0, True, RUN)
    shown = document(run("models", "show", "in-use", "--json"))
    assert (shown["name"], shown["in_use"], shown["in_use_since"] is None) == (RUN, True, False)
    assert document(run("models", "--json"))["in_use"] == RUN
    assert document(run("models", "rollback", "--json"))["name"] == DEFAULT == model_in_use()
    code, _, err = run("models", "rollback")
    assert (code, model_in_use()) == (2, DEFAULT)
    assert DEFAULT in err


def test_a_name_and_a_note_of_ones_own_are_told_with_it(run: Typed) -> None:
    assert document(run("models", "rename", RUN, "branch", "--json"))["title"] == "branch"
    run("models", "note", "branch", "of the second branch")
    code, out, _ = run("models", "show", "branch")
    assert code == 0
    assert out.splitlines()[0] == f"branch ({RUN})"
    assert "of the second branch" in out
    assert document(run("models", "note", "branch", "", "--json"))["notes"] == ""
    assert document(run("models", "rename", RUN, "", "--json"))["title"] == ""
    assert run("models", "show", "branch")[0] == 2


def test_speed_and_score_are_measured_and_kept(run: Typed) -> None:
    make_sample_data(paths.datasets_dir() / "pages", train=1, test=2, seed=5)
    measured = document(run("models", "measure", RUN, "--data", "pages", "--json"))
    assert (measured["model"], measured["score"]["pictures"]) == (RUN, 2)
    shown = document(run("models", "show", RUN, "--json"))
    assert (shown["speed"], shown["scores"][-1]) == (measured["speed"], measured["score"])


def test_deleting_says_first_what_is_lost_and_can_be_taken_back(run: Typed) -> None:
    run("models", "use", RUN)
    code, out, _ = run("models", "delete", RUN, "--json")
    asked = json.loads(out)
    assert (code, asked["deleted"], asked["in_use"], asked["in_use_then"]) == (1, False, True, DEFAULT)
    assert document(run("models", "show", RUN, "--json"))["name"] == RUN
    gone = document(run("models", "delete", RUN, "--yes", "--json"))
    assert (gone["deleted"], model_in_use()) == (True, DEFAULT)
    assert run("models", "show", RUN)[0] == 2
    listed = document(run("models", "restore", "--json"))["deleted"]
    assert [(each["id"], each["kind"], each["name"]) for each in listed] == [(gone["id"], "run", RUN)]
    assert document(run("models", "restore", gone["id"], "--json"))["name"] == RUN
    assert document(run("models", "restore", "--json"))["deleted"] == []


def test_what_comes_with_the_program_is_not_deleted(run: Typed) -> None:
    code, out, err = run("models", "delete", DEFAULT, "--yes")
    assert (code, out) == (2, "")
    assert DEFAULT in err
    assert run("models", "show", DEFAULT)[0] == 0
