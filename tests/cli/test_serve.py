"""How `ocrweb serve` gets its login, and what it says about it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrweb.cli.main import main
from ocrweb.errors import OcrwebError
from ocrweb.services.access.logins import Access
from ocrweb.ui.page.server import ServeOptions

LONG = "anna:a-long-enough-password"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Runs the command without listening; gives exit code, what it would serve with, and what it said."""
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path))
    monkeypatch.setenv("OCRWEB_LANG", "en")
    monkeypatch.delenv("OCRWEB_AUTH", raising=False)
    monkeypatch.delenv("OCRWEB_TOKEN", raising=False)
    taken: list[tuple[ServeOptions, Access]] = []
    listened: list[bool] = []

    def serve(options: ServeOptions, access: Access, listening: Callable[[], None]) -> None:
        taken.append((options, access))
        if listened:
            listening()

    monkeypatch.setattr("ocrweb.ui.page.server.serve", serve)

    def run(*arguments: str, listens: bool = False) -> tuple[int, list[tuple[ServeOptions, Access]]]:
        listened[:] = [True] if listens else []
        monkeypatch.setattr("sys.argv", ["ocrweb", "serve", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), taken

    return run


def login(outcome: tuple[int, list[tuple[ServeOptions, Access]]]) -> tuple[str, str] | None:
    code, taken = outcome
    assert code == 0
    return taken[-1][1].login


def test_the_environment_gives_the_login_and_no_child_inherits_it(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_AUTH", LONG)
    assert login(served()) == ("anna", "a-long-enough-password")
    assert "OCRWEB_AUTH" not in os.environ


def test_a_file_gives_the_login_when_it_is_the_owners_alone(
    served: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "login"
    file.write_text(LONG + "\n")
    file.chmod(0o600)
    assert login(served("--auth-file", str(file))) == ("anna", "a-long-enough-password")
    file.chmod(0o640)
    assert served("--auth-file", str(file))[0] == 2
    assert f"chmod 600 {file}" in capsys.readouterr().err


def test_a_token_comes_from_a_file_or_the_environment_and_no_child_inherits_it(
    served: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OCRWEB_TOKEN", "a-token-of-24-characters")
    assert served("--auth", LONG)[1][-1][1].token == "a-token-of-24-characters"
    assert "OCRWEB_TOKEN" not in os.environ
    file = tmp_path / "token"
    file.write_text("another-token-of-a-file\n")
    file.chmod(0o600)
    assert served("--auth", LONG, "--token-file", str(file))[1][-1][1].token == "another-token-of-a-file"


@pytest.mark.parametrize(
    ("token", "arguments", "code"),
    [
        ("short", ("--auth", LONG), "access.bad-token"),
        ("a token with blanks", ("--auth", LONG), "access.bad-token"),
        ("a-token-of-24-characters", (), "access.token-alone"),
        ("a-token-of-24-characters", ("--auth", LONG, "--token-file", "x"), "access.two-tokens"),
    ],
)
def test_a_token_that_protects_nothing_is_refused(
    served: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    token: str,
    arguments: tuple[str, ...],
    code: str,
) -> None:
    monkeypatch.setenv("OCRWEB_TOKEN", token)
    assert served(*arguments) == (2, [])
    assert OcrwebError(code, least=16).message("en") in capsys.readouterr().err


def test_a_dash_asks_for_the_login(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(LONG + "\n"))
    assert login(served("--auth", "-")) == ("anna", "a-long-enough-password")


def test_a_login_on_the_command_line_works_and_is_warned_of(served: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert login(served("--auth", LONG)) == ("anna", "a-long-enough-password")
    said = capsys.readouterr().err
    assert "OCRWEB_AUTH" in said
    assert "long-enough" not in said


@pytest.mark.parametrize(
    ("host", "password", "warned"),
    [("0.0.0.0", "elevenchars", True), ("0.0.0.0", "twelve-chars", False), ("127.0.0.1", "short", False)],
)
def test_a_short_password_on_a_public_address_is_warned_of(
    served: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    password: str,
    warned: bool,
) -> None:
    monkeypatch.setenv("OCRWEB_AUTH", f"anna:{password}")
    served("--host", host)
    assert ("fewer than 12 characters" in capsys.readouterr().err) is warned


@pytest.mark.parametrize(
    "arguments",
    [
        ("--auth", LONG, "--no-auth"),
        ("--auth", LONG, "--auth-file", "x"),
        ("--auth-file", "/nowhere"),
        ("--auth", "anna"),
    ],
    ids=["waived", "twice", "no file", "no password"],
)
def test_contradictions_end_with_2(served: Any, arguments: tuple[str, ...]) -> None:
    code, taken = served(*arguments)
    assert (code, taken) == (2, [])


def test_names_proxies_and_origins_come_from_options_or_environment(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_ALLOWED_HOSTS", "a.example,b.example c.example")
    monkeypatch.setenv("OCRWEB_TRUSTED_PROXIES", "10.0.0.0/8")
    _, taken = served(
        "--allow-origin", "https://p.example", "--allow-origin", "https://q.example", "--root-path", "/ocr"
    )
    options = taken[-1][0]
    assert options.allow_hosts == ("a.example", "b.example", "c.example")
    assert options.allow_origins == ("https://p.example", "https://q.example")
    assert (options.trusted_proxies, options.root_path) == (("10.0.0.0/8",), "/ocr")


def test_nothing_is_said_of_an_open_console_that_has_a_login(
    served: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCRWEB_AUTH", LONG)
    assert served("--host", "0.0.0.0")[0] == 0
    assert capsys.readouterr().err == ""
    assert served("--host", "0.0.0.0", "--no-auth")[0] == 0
    assert capsys.readouterr().err != ""


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("host", "network"), [("127.0.0.1", False), ("0.0.0.0", True), ("::1", False)])
def test_once_it_listens_it_says_where_and_how_to_end_it(
    served: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    host: str,
    network: bool,
) -> None:
    monkeypatch.setenv("OCRWEB_LANG", lang)
    monkeypatch.setenv("OCRWEB_AUTH", LONG)
    served("--host", host, "--port", "8123", listens=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert ("http://[::1]:8123" if ":" in host else "http://127.0.0.1:8123") in said.err
    assert "Ctrl-C" in said.err
    assert {"en": "from others", "zh": "其他电脑"}[lang] in said.err if network else "IP" not in said.err


def test_detection_stays_in_the_console_unless_processes_are_asked_for(
    served: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert served()[1][-1][0].workers == 0
    assert served("--workers", "3")[1][-1][0].workers == 3
    assert served("--workers", "-1")[0] == 2
    assert "--workers" in capsys.readouterr().err
