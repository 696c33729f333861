"""A given login wins, this machine alone needs none, and any other address gets one that only its owner can read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.services.access.logins import (
    SHORT,
    SHORT_TOKEN,
    Access,
    decide_access,
    is_local,
    login_of_file,
    token_of_file,
)

LONG = "t" * SHORT_TOKEN


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("0.0.0.0", False), ("::", False),
     ("10.0.0.1", False), ("128.0.0.1", False), ("localhost.example.org", False), ("", False)],
)  # fmt: skip
def test_what_is_reached_from_this_machine_only(host: str, local: bool) -> None:
    assert is_local(host) is local
    assert decide_access(host, None, False).open_to_all is local


def test_a_given_login_wins_everywhere_and_a_waiver_is_said_aloud(home: Path) -> None:
    for host in ("127.0.0.1", "0.0.0.0"):
        assert decide_access(host, "me:a:b", False) == Access(("me", "a:b"))
        assert decide_access(host, None, True) == Access(None)
        assert decide_access(host, "", True) == Access(None)
    assert not home.exists(), "nothing is kept of it"


@pytest.mark.parametrize("auth", ["me", "me:", ":secret", ":"])
def test_half_a_login_is_none(auth: str) -> None:
    with pytest.raises(OcrwebError, match=r"access\.bad-auth"):
        decide_access("127.0.0.1", auth, False)


def test_a_login_and_none_contradict_each_other() -> None:
    with pytest.raises(OcrwebError, match=r"access\.contradiction"):
        decide_access("127.0.0.1", "me:secret", True)


def test_a_made_login_stays_and_only_its_owner_reads_it() -> None:
    file = paths.private_dir() / "login.json"
    made = decide_access("0.0.0.0", None, False)
    assert made.login is not None
    assert (made.generated, made.login[0], made.weak) == (True, "ocrweb", False)
    assert len(made.login[1]) >= SHORT
    assert file.stat().st_mode & 0o777 == 0o600
    assert decide_access("10.0.0.1", None, False) == made
    for damaged in ("", "{", "[]", json.dumps({"user": "ocrweb"})):
        file.write_text(damaged)
        file.chmod(0o644)
        again = decide_access("0.0.0.0", None, False)
        assert again.login != made.login
        assert file.stat().st_mode & 0o777 == 0o600, "not written into one that others may read"
        assert decide_access("0.0.0.0", None, False) == again


def test_a_password_that_somebody_thought_of_is_weak_below_its_length() -> None:
    for length, weak in ((SHORT - 1, True), (SHORT, False)):
        assert Access(("me", "x" * length)).weak is weak
        assert not Access(("me", "x" * length), generated=True).weak
    assert not Access(None).weak


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (LONG[1:], "access.bad-token"), (LONG + " ", "access.bad-token"), (LONG + "é", "access.bad-token"), (LONG + "\n", "access.bad-token"),
        (LONG, None), (LONG + "!~", None),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_token_is_long_and_fits_into_a_header(token: str, code: str | None) -> None:
    if code is None:
        assert decide_access("0.0.0.0", "me:secret", False, token) == Access(("me", "secret"), token=token)
        return
    with pytest.raises(OcrwebError, match=code):
        decide_access("0.0.0.0", "me:secret", False, token)


def test_a_token_beside_no_login_protects_nothing() -> None:
    for host, waived in (("127.0.0.1", False), ("0.0.0.0", True)):
        with pytest.raises(OcrwebError, match=r"access\.token-alone"):
            decide_access(host, None, waived, LONG)


def test_only_the_whole_login_and_the_whole_token_are_admitted() -> None:
    access = Access(("me", "秘密\ud800"), token=LONG)
    assert access.admits("me", "秘密\ud800")
    for user, password in (("me", ""), ("", "秘密\ud800"), ("Me", "秘密\ud800"), ("me", "秘密"), ("秘密\ud800", "me")):
        assert not access.admits(user, password)
    assert access.admits_token(LONG)
    assert not access.admits_token(LONG + "t")
    assert not access.admits_token("")
    nobody = Access(None)
    assert not nobody.admits("", "")
    assert not nobody.admits_token("")


def test_a_secret_of_a_file_is_its_first_line_if_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(" me:a b \nsecond\n", encoding="utf-8")
    file.chmod(0o600)
    assert login_of_file(file) == token_of_file(file) == "me:a b"
    for mode in (0o640, 0o604, 0o620, 0o601):
        file.chmod(mode)
        with pytest.raises(OcrwebError, match=r"access\.open-auth-file"):
            login_of_file(file)
    file.chmod(0o400)
    for content in (b"", b"\nme:secret", b"\xff\xfe"):
        file.unlink()
        file.write_bytes(content)
        file.chmod(0o600)
        assert token_of_file(file) == ""
        with pytest.raises(OcrwebError, match=r"access\.bad-auth"):
            login_of_file(file)
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(OcrwebError):
            token_of_file(missing)
