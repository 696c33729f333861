"""What a failure that nobody foresaw is called."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.services.files import reports
from ocrweb.services.files.reports import internal_error
from ocrweb.services.intake.inbox import inbox, keep_uploads


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT], ids=["disk", "quota"])
def test_a_full_disk_is_not_reported_as_a_fault_of_the_program(home: Path, number: int) -> None:
    named = internal_error(OSError(number, os.strerror(number), "/data/x.png"))
    unnamed = internal_error(OSError(number, os.strerror(number)))
    assert named.code == unnamed.code == "usage.disk-full"
    assert "/data/x.png" in named.message("en")
    assert str(home) in unnamed.message("en")
    assert not (home / ".ocrweb" / "reports").exists()


def test_any_other_failure_is_kept_in_a_file_for_the_owner_alone(home: Path) -> None:
    error = internal_error(OSError(errno.EIO, os.strerror(errno.EIO)))
    assert (error.code, error.params["kind"]) == ("usage.internal", "OSError")
    (report,) = (home / ".ocrweb" / "reports").iterdir()
    assert report.stat().st_mode & 0o777 == 0o600
    assert report.parent.stat().st_mode & 0o777 == 0o700
    assert str(home) not in error.hint("en")
    assert f".ocrweb/reports/{report.name}" in error.hint("en")


@pytest.mark.parametrize(
    "failure",
    [ValueError("too many"), RuntimeError("null byte"), UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range(128)")],
    ids=["no NUL", "no name", "no half a character"],
)  # fmt: skip
def test_what_only_looks_like_a_name_that_no_disk_takes_is_reported(home: Path, failure: Exception) -> None:
    assert internal_error(failure).code == "usage.internal"
    (report,) = (home / ".ocrweb" / "reports").iterdir()
    assert report.name.endswith(f"_{type(failure).__name__}.txt")
    assert str(failure) in report.read_text()


def test_a_report_that_cannot_be_written_is_said_on_the_terminal(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / ".ocrweb").touch()
    assert internal_error(RuntimeError("odd")).code == "usage.internal"
    assert capsys.readouterr().err.strip() == "RuntimeError: odd"


def test_the_oldest_reports_make_room_for_new_ones(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "KEPT", 3)
    monkeypatch.setattr(reports, "LONGEST", 100)
    folder = home / ".ocrweb" / "reports"
    folder.mkdir(parents=True)
    for name in ("20250101_000000_a_X.txt", "20250102_000000_a_X.txt", "20250103_000000_a_X.txt"):
        (folder / name).touch()
    internal_error(RuntimeError("x" * 1000))
    left = sorted(folder.iterdir())
    assert [report.name[:8] for report in left[:2]] == ["20250102", "20250103"]
    assert len(left) == 3
    assert left[-1].stat().st_size == 100


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b", "\ud800"], ids=["long", "NUL", "half a character"])
def test_a_name_that_no_disk_takes_is_not_reported_as_a_fault_of_the_program(home: Path, name: str) -> None:
    with pytest.raises((OSError, ValueError)) as failed:
        os.stat(name)
    error = internal_error(failed.value)
    assert error.code == "usage.bad-name"
    assert len(error.message("en")) < 200
    assert not (home / ".ocrweb" / "reports").exists()


def test_an_upload_that_finds_no_room_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr("shutil.copy2", full)
    (tmp_path / "a.zip").write_bytes(b"zip")
    with pytest.raises(OcrwebError) as caught:
        keep_uploads((tmp_path / "a.zip",))
    assert caught.value.code == "usage.disk-full"
    assert list(inbox().iterdir()) == []


def test_what_has_a_code_already_keeps_it_and_leaves_no_report(home: Path) -> None:
    told = OcrwebError("usage.disk-full", path="disk")
    assert internal_error(told) is told
    assert not (home / ".ocrweb" / "reports").exists()
