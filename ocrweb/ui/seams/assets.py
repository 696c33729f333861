"""The scripts, styles and fonts of Gradio's page: packed once a process, and kept by browsers for as long as they like.

Gradio packs each of them, more than a hundred, anew for whoever opens the page, and lets the browser guess how long it may keep
them. Their names hold a digest of what is in them, so what a name stands for never changes.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response
from gradio.route_utils import BUILD_PATH_LIB

FOLDER = Path(BUILD_PATH_LIB)
NAMED_BY_CONTENT = re.compile(r"[\w.-]+-[\w-]{8,9}(\.\w+)")
KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
PACKED_ALREADY = (".woff", ".woff2")
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"


def mount(application: FastAPI, exchanged: Mapping[str, str]) -> None:
    """Serve them before Gradio is asked. exchanged: by name, what is served in the place of Gradio's own; kept for a day."""

    @cache
    def content(name: str, packed: bool) -> bytes:
        whole = exchanged[name].encode() if name in exchanged else (FOLDER / name).read_bytes()
        return gzip.compress(whole) if packed else whole

    async def serve(name: str, request: Request) -> Response:
        named = NAMED_BY_CONTENT.fullmatch(name)
        kind = named[1] if named else ""
        if kind not in KINDS:
            return Response(status_code=404)
        packed = kind not in PACKED_ALREADY and "gzip" in request.headers.get("accept-encoding", "")
        try:
            body = await asyncio.to_thread(content, name, packed)
        except FileNotFoundError:
            return Response(status_code=404)
        headers = {"Cache-Control": FOR_A_DAY if name in exchanged else FOR_GOOD, "Vary": "Accept-Encoding"}
        if packed:
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=KINDS[kind], headers=headers)

    application.add_api_route("/assets/{name}", serve, methods=["GET"])
