"""A command line called in this process."""

from __future__ import annotations

import pytest

from ocrweb import messages
from ocrweb.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *arguments: object, lang: str = "en") -> tuple[int, str, str]:
    """Its exit code, and what it wrote to stdout and stderr."""
    with messages.use_language(lang), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err
