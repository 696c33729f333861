"""Files that a visitor names by a web address: fetched from public hosts alone, up to a size and within a time."""

from __future__ import annotations

import asyncio
import ipaddress
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import anyio
import httpx
from gradio import processing_utils
from gradio_client.utils import strip_invalid_filename_characters
from safehttpx import AsyncSecureTransport, async_validate_url, is_public_ip

from ocrweb.disk.atomic import replacing
from ocrweb.errors import OcrwebError
from ocrweb.ui.seams import taken

MOST_BYTES = 512 * 2**20
SECONDS = 120.0
REDIRECTS = 5
_most_bytes = [MOST_BYTES]


async def fetch(url: str, cache_dir: str) -> str:
    """The path of a file of the cache that holds what the address gives; nothing is left of one that fails.

    Takes the place of Gradio's own, which reads the whole answer into memory, however long it is. Raises
    `access.bad-url`.
    """
    try:
        name = strip_invalid_filename_characters(Path(urlsplit(url).path).name) or "file"
        target = Path(cache_dir) / processing_utils.hash_url(url) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target, lasting=False) as part:
            async with asyncio.timeout(SECONDS):
                await _receive(url, part)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as failure:
        raise OcrwebError("access.bad-url", url=url[:80]) from failure
    return str(target)


def take_over(most_bytes: int) -> None:
    """Have Gradio fetch by `fetch`. most_bytes: of a file, no more than `MOST_BYTES`."""
    _most_bytes[0] = min(most_bytes, MOST_BYTES)
    taken.fetch_files_by(fetch)


async def _receive(url: str, part: Path) -> None:
    for _ in range(REDIRECTS + 1):
        transport = await _way_to(url)
        async with httpx.AsyncClient(transport=transport) as client, client.stream("GET", url) as answer:
            if answer.has_redirect_location:
                url = urljoin(str(answer.url), answer.headers["location"])
                continue
            answer.raise_for_status()
            size = 0
            async with await anyio.open_file(part, "wb") as file:
                async for chunk in answer.aiter_bytes():
                    size += len(chunk)
                    if size > _most_bytes[0]:
                        raise ValueError(f"more than {_most_bytes[0]} bytes")
                    await file.write(chunk)
            return
    raise ValueError(f"more than {REDIRECTS} redirects")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public network alone.

    Stricter than safehttpx, which takes the addresses that carriers share inside (100.64.0.0/10), those of a site, and
    IPv6 ones that only wrap another for public.
    """
    number = ipaddress.ip_address(address)
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if inner is not None:
            return is_public(str(inner))
        if number.is_site_local:
            return False
    return number.is_global and is_public_ip(address)


async def _way_to(url: str) -> httpx.AsyncBaseTransport:
    """To the public address of its host as it was looked up once. Raises ValueError for one of this network."""
    host = httpx.URL(url).host
    if not host:
        raise ValueError("no host")
    address = await async_validate_url(host)
    if not is_public(address):
        raise ValueError("no public address")
    return AsyncSecureTransport(address)
