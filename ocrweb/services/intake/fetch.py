"""One file over HTTP, resumed where it was interrupted."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_error

OnBytes = Callable[[int, int | None], None]
PATIENCE = 20.0  # seconds without a byte
MOST = 1 << 30
_CHUNK = 1 << 18


def fetch(url: str, part: Path, on_bytes: OnBytes = lambda done, total: None) -> None:
    """Fill ``part`` with what an http(s) url gives; what is there already is not fetched again.

    A server that has another version by now, or knows no ranges, sends the whole file anew. on_bytes: called with bytes
    done and in all (None when the server does not say). After any failure ``part`` stays for the next try, except where
    its content is wrong. Raises ``download.offline``, ``download.refused`` (an HTTP error), ``download.incomplete``,
    ``download.damaged`` (the server's MD5 does not fit), ``download.too-large``, usage.disk-full, usage.not-writable.
    """
    tag = part.with_name(part.name + ".etag")
    start = part.stat().st_size if part.is_file() and tag.is_file() else 0
    try:
        with _open(url, start, tag) as answer:
            _receive(answer, url, part, tag, on_bytes)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and start:
            if _total(error.headers, start) == start:
                return
            part.unlink()
            fetch(url, part, on_bytes)
            return
        raise OcrwebError("download.refused", url=url, status=error.code) from error
    except urllib.error.URLError as error:
        raise OcrwebError("download.offline", url=url, reason=str(error.reason)) from error
    except (TimeoutError, http.client.HTTPException, ConnectionError) as error:
        raise OcrwebError("download.offline", url=url, reason=str(error) or type(error).__name__) from error


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(url: str, start: int, tag: Path) -> Any:
    if not url.startswith(("http://", "https://")):
        raise OcrwebError("download.refused", url=url, status="no http")
    request = urllib.request.Request(url)
    if start:
        request.add_header("Range", f"bytes={start}-")
        if known := tag.read_text(encoding="utf-8"):
            request.add_header("If-Range", known)
    return urllib.request.urlopen(request, timeout=PATIENCE)


def _receive(answer: Any, url: str, part: Path, tag: Path, on_bytes: OnBytes) -> None:
    goes_on = answer.status == http.client.PARTIAL_CONTENT
    done = part.stat().st_size if goes_on else 0
    total = _total(answer.headers, done)
    if (total or 0) > MOST:
        raise OcrwebError("download.too-large", url=url, limit=MOST >> 20)
    try:
        tag.write_text(answer.headers.get("ETag", ""), encoding="utf-8")
        file = part.open("ab" if goes_on else "wb")
    except OSError as error:
        raise write_error(error, part) from error
    with file:
        while chunk := answer.read(_CHUNK):
            try:
                file.write(chunk)
            except OSError as error:
                raise write_error(error, part) from error
            done += len(chunk)
            if done > MOST:
                raise OcrwebError("download.too-large", url=url, limit=MOST >> 20)
            on_bytes(done, total)
        file.flush()
        os.fsync(file.fileno())
    if total is not None and done != total:
        raise OcrwebError("download.incomplete", url=url, done=done, total=total)
    _check_md5(answer.headers, url, part)


def _total(headers: Message, done: int) -> int | None:
    """Bytes of the whole file: from ``Content-Range: bytes 5-9/10`` or ``*/10``, else what is there and what comes."""
    whole = headers.get("Content-Range", "").rpartition("/")[2]
    if whole.isdigit():
        return int(whole)
    coming = headers.get("Content-Length", "")
    return done + int(coming) if coming.isdigit() else None


def _check_md5(headers: Message, url: str, part: Path) -> None:
    """Servers of object stores tell the whole file's MD5."""
    told = headers.get("Content-MD5")
    if not told:
        return
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "md5").digest()
    if base64.b64encode(digest).decode() != told.strip():
        part.unlink()
        raise OcrwebError("download.damaged", url=url, reason="MD5")
