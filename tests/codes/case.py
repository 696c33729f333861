"""How a case is kept, and what cases share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocrweb import messages
from ocrweb.errors import OcrwebError

Case = Callable[[Path, pytest.MonkeyPatch], OcrwebError | None]


def keeping(cases: dict[str, Case]) -> Callable[[str], Callable[[Case], Case]]:
    """A decorator that keeps a function as the case of a code."""

    def code(name: str) -> Callable[[Case], Case]:
        def keep(case: Case) -> Case:
            assert name not in cases
            cases[name] = case
            return case

        return keep

    return code


def forbidden(path: Any = ".", *_: Any, **__: Any) -> None:
    raise PermissionError(13, "Permission denied", str(path))


def absent(*_: Any, **__: Any) -> None:
    return None


def refused_by(wrapper: Any, scope: dict[str, Any]) -> OcrwebError:
    """What a wrapper of the page answers to a browser of the language in force."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(wrapper({**scope, "headers": [(b"accept-language", messages.language().encode())]}, None, send))
    told = json.loads(b"".join(message.get("body", b"") for message in sent))["error"]
    error = OcrwebError(told["code"], limit="1")
    assert told == error.to_dict()
    return error
