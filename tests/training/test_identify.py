"""A process without Paddle says which network a file of weights is for, or why none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import Architecture
from ocrweb.training import identify
from tests.training.program import run_as_program


def test_it_answers_with_the_name_of_the_network_or_with_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    def named(path: Path) -> Architecture:
        if path != Path("a.pdparams"):
            raise OcrwebError("image.empty", where=path.name)
        return Architecture("db-resnet18")

    monkeypatch.setattr(identify, "architecture_of", named)
    assert [identify.main([file]) for file in ("a.pdparams", "b.pdparams")] == [0, 1]
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[0] == {"architecture": "db-resnet18"}
    assert (told[1]["code"], told[1]["where"]) == ("image.empty", "b.pdparams")
    ended = run_as_program(identify, monkeypatch, str(tmp_path / "none.pdparams"))
    assert (getattr(ended, "code", None), "code" in json.loads(capsys.readouterr().out)) == (1, True)
