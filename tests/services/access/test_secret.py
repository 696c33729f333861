from __future__ import annotations

from pathlib import Path

from ocrweb.services.access.secret import page_secret


def test_a_new_console_has_the_secret_of_the_one_before_and_nobody_else_may_read_it(home: Path) -> None:
    secret = page_secret()
    assert len(secret) >= 16
    assert page_secret() == secret
    assert (home / ".ocrweb" / "page_secret").stat().st_mode & 0o777 == 0o600


def test_a_data_root_that_cannot_be_written_gives_one_for_now(home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file")
    assert len(page_secret()) >= 16
