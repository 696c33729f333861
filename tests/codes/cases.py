"""The smallest input that makes the program say each of these codes: what is rare, or asked nowhere else.

A case raises the error or returns it, as functions do that judge without ending. Each is called with an empty folder.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from ocrweb.config.loader import build, parse_overrides
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from tests.codes.case import Case, absent, forbidden, keeping, refused_by

CASES: dict[str, Case] = {}
code = keeping(CASES)


# access


@code("access.bad-auth")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.access.logins import decide_access

    decide_access("0.0.0.0", "without-a-colon", no_auth=False)


@code("access.open-auth-file")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.access.logins import login_of_file

    (folder / "login").write_text("user:password")
    (folder / "login").chmod(0o644)
    login_of_file(folder / "login")


@code("access.two-logins")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.cli.serve import _login

    _login("user:password", folder / "login")


@code("access.bad-origin")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.ui.guard.order import checked_origin

    checked_origin("example.org/page")


@code("access.bad-root-path")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.ui.guard.order import checked_root_path

    checked_root_path("/a/../b")


@code("access.bad-upload")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    """The page's own reader refuses with a bare 400; the visitor gets a sentence in the language of the browser."""
    from ocrweb.ui.guard.uploads import BAD, UPLOAD, UploadAnswers

    async def refusing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": BAD, "headers": []})
        await send({"type": "http.response.body", "body": b"Bad Request"})

    return refused_by(UploadAnswers(refusing, limit=1 << 20), {"type": "http", "path": UPLOAD, "method": "POST"})


@code("access.login-needed")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    from ocrweb.services.access.brake import Brake
    from ocrweb.services.access.logins import Access
    from ocrweb.ui.guard.basic_login import TOOLS, BasicLogin

    asking = BasicLogin(absent, Access(("anna", "a right password")), Brake(), None)  # type: ignore[arg-type]
    return refused_by(asking, {"type": "http", "path": f"{TOOLS}/", "method": "POST"})


# archives, backups, batches


@code("archive.unreadable")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.data import archive

    (folder / "a.zip").write_bytes(b"PK")
    patch.setattr(archive, "open_ordinary", forbidden)
    archive.extract_archive(folder / "a.zip", folder / "out")


@code("backup.changed")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    import tarfile

    from ocrweb.services.root.backup.contents import Member
    from ocrweb.services.root.backup.pack import _pack

    with tarfile.open(folder / "a.tar", "w") as archive:
        _pack(archive, Member("datasets/gone.jpg", folder / "gone.jpg"))


@code("backup.unreadable")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.root.backup import unpack

    (folder / "a.tar").write_bytes(b"x")
    patch.setattr(unpack, "open", forbidden, raising=False)
    unpack.check_backup(folder / "a.tar")


@code("batch.no-results")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.batch.jobs import pack_batch

    pack_batch("nobody's")


@code("batch.no-resume")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.services.batch.jobs import resume_batch

    resume_batch("nobody's")


@code("batch.unreadable-folder")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError | None:
    from ocrweb.services.intake.sources import open_sources

    patch.setattr(os, "scandir", forbidden)
    with open_sources([folder]) as (source,):
        return source.error


# commands, settings


@code("bench.not-here")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.cli import bench

    patch.setattr(bench, "benchmarks", list)
    bench.bench.__wrapped__(None)  # type: ignore[attr-defined]


@code("bench.no-browser")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from benchmarks._console import run_slider

    patch.setattr(shutil, "which", absent)
    patch.delenv("OCRWEB_CHROMIUM", raising=False)
    run_slider(None, None, 1)  # type: ignore[arg-type]


@code("bench.no-pictures")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from benchmarks._pictures import pictures

    pictures(folder, None)


@code("command.usage")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    from click import UsageError

    from ocrweb.cli.usage import usage_error

    return usage_error(UsageError("Something no rule knows."), ["detect"], ["detect"])


@code("config.crop-multiple")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    build(TrainingConfig, parse_overrides(["crop_size=100"]))


@code("config.bad-field")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.ui.parts.training_fields import config_of

    config_of({"epochs": -1})


@code("config.bad-fields")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.ui.parts.training_fields import config_of

    config_of({"augmentation.scale_min": 1.9, "augmentation.scale_max": 0.6})


@code("usage.output-lost")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    from ocrweb.cli import frame
    from ocrweb.cli.streams import OutputLost

    told: list[OcrwebError] = []

    def lost() -> int:
        raise OutputLost(28, "No space left on device")

    patch.setattr(frame, "forget_standard", absent)
    patch.setattr(frame, "report_error", lambda error, as_json: told.append(error))
    assert frame.guarded(lost, as_json=True) == frame.USAGE
    return told[0]


@code("usage.no-report")
def _(folder: Path, patch: pytest.MonkeyPatch) -> OcrwebError:
    """Where even the module that keeps reports cannot be imported."""
    from ocrweb.cli import frame

    patch.setitem(sys.modules, "ocrweb.services.files.reports", None)
    patch.setattr(frame, "missing_library", absent)
    return frame._internal(ZeroDivisionError("odd"))


@code("imports.name-without-file")
def _(folder: Path, patch: pytest.MonkeyPatch) -> None:
    from ocrweb.cli.models import listed

    listed.__wrapped__(name="mine")  # type: ignore[attr-defined]


@code("usage.page-failed")
def _(folder: Path, patched: pytest.MonkeyPatch) -> OcrwebError:
    from ocrweb.ui.page.theme import unknown_failure

    return unknown_failure()
