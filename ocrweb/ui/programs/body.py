"""What a program sends: a picture as it is or in a form, and what it asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ocrweb.errors import OcrwebError

FORM = "multipart/form-data"
FIELD = "file"  # what the form's file is called in the documents; any name does
NAMELESS = "picture"
LONGEST_NAME = 255
MOST_FIELDS, LONGEST_FIELD = 32, 1000  # of text in a form: more than there are settings


@dataclass(frozen=True, slots=True)
class Sent:
    """picture: encoded bytes. name: of the file, without folders. asked: parameters by name; the address wins over the form."""

    picture: bytes
    name: str
    asked: dict[str, str]


class _InMemory(MultiPartParser):
    """The body is in memory already, within the console's limit: nothing of it goes to the disk."""

    spool_max_size = 1 << 40


def read_sent(headers: Headers, body: bytes, query: Iterable[tuple[str, str]]) -> Sent:
    """Takes a while for a large form: not for the event loop. Raises `access.bad-form`, `image.empty`."""
    asked = dict(query)
    if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return _checked(body, NAMELESS, asked)
    try:
        form = asyncio.run(_parsed(headers, body))
    except (MultiPartException, KeyError, ValueError) as failure:  # a boundary that is missing or no text
        raise OcrwebError("access.bad-form", field=FIELD) from failure
    files = [(name, value) for name, value in form if not isinstance(value, str)]
    texts = {name: value for name, value in form if isinstance(value, str)}
    if len(files) != 1:
        raise OcrwebError("access.bad-form", field=FIELD)
    file = files[0][1]
    with file.file:
        return _checked(file.file.read(), _plain(file.filename or ""), texts | asked)


async def _parsed(headers: Headers, body: bytes) -> list[tuple[str, UploadFile | str]]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = _InMemory(headers, stream(), max_files=1, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD)
    return (await parser.parse()).multi_items()


def _plain(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2][:LONGEST_NAME] or NAMELESS


def _checked(picture: bytes, name: str, asked: dict[str, str]) -> Sent:
    if not picture:
        raise OcrwebError("image.empty")
    return Sent(picture, name, asked)
