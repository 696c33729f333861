"""A command line typed in English in a data root of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ocrweb.cli.main import main

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Exit code, standard output and standard error of a command line."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        said, code = capsys.readouterr(), left.value.code
        assert isinstance(code, int), "each command says its own"
        return code, said.out, said.err

    return run
