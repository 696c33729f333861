"""What a cookie of ours lets a browser do."""

from __future__ import annotations

import pytest

from ocrweb.ui.guard.cookies import hardened


@pytest.mark.parametrize(
    "cookie",
    ["t=abc; HttpOnly; Path=/; SameSite=none; Secure", "t=abc; HttpOnly; Path=/", "t=abc"],
    ids=["cross-site", "lax", "bare"],
)
def test_no_other_site_sends_it_and_no_script_reads_it(cookie: str) -> None:
    assert hardened(cookie, path="/", secure=False) == "t=abc; Path=/; HttpOnly; SameSite=Strict"


def test_behind_tls_it_never_travels_in_the_open_and_stays_below_its_path() -> None:
    assert hardened("t=abc", path="/ocr", secure=True) == "t=abc; Path=/ocr; HttpOnly; SameSite=Strict; Secure"


def test_a_deleted_cookie_stays_deleted() -> None:
    assert "Max-Age=0" in hardened('t=""; Max-Age=0; Path=/', path="/", secure=False)
