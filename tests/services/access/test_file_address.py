"""A key opens the path that it was made for, in this data root alone."""

from __future__ import annotations

import hmac
from pathlib import Path

import pytest

from ocrweb.services.access.file_address import key_of, opens
from ocrweb.services.access.secret import page_secret

PATH = "/srv/票据/a b.png"


def test_a_key_opens_its_path_and_no_other(home: Path) -> None:
    key = key_of(PATH)
    assert opens(PATH, key)
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")
    for path, other in ((PATH + "/", key), (PATH.upper(), key), ("", key), (PATH, ""), (PATH, key[:-1]), (PATH, key + "0"), (PATH, key.upper() + "x"), (PATH, "\ud800")):  # fmt: skip
        assert not opens(path, other)
    assert opens("\ud800.png", key_of("\ud800.png")), "a name of a disk that is no UTF-8"


def test_the_secret_is_the_key_and_the_path_the_message(home: Path) -> None:
    made = hmac.new(b"served file\0" + page_secret().encode(), PATH.encode(), "sha256").hexdigest()
    assert key_of(PATH) == made[:32]


def test_another_data_root_has_other_keys(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(PATH)
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "another"))
    assert not opens(PATH, key)
    monkeypatch.setenv("OCRWEB_HOME", str(home))
    assert opens(PATH, key)
