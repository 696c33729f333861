"""`ocrweb serve`: the console."""

from __future__ import annotations

from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, command, say, text
from ocrweb.errors import OcrwebError


@command
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 opens it to the network.", envvar="OCRWEB_HOST")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, envvar="OCRWEB_PORT")] = 7860,
    auth: Annotated[
        str | None, typer.Option(help="user:password that the page asks for.", envvar="OCRWEB_AUTH")
    ] = None,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Open to the network without any login.")] = False,
    lang: Annotated[str | None, typer.Option(help="en or zh for every visitor; else the browser's language.")] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve the API as MCP tools too.")] = False,
) -> int:
    """Open the console; the same as `python app.py`."""
    from ocrweb import messages
    from ocrweb.services.access import decide_access
    from ocrweb.ui.server import ServeOptions
    from ocrweb.ui.server import serve as listen

    if lang:
        if (short := lang.lower()[:2]) not in messages.LANGUAGES:
            raise OcrwebError("usage.bad-value", name="--lang", value=lang, expected=", ".join(messages.LANGUAGES))
        lang = short
        messages.set_language(lang)
    access = decide_access(host, auth, no_auth)
    if access.generated and access.login:
        say(text("serve.login", user=access.login[0], password=access.login[1]))
    elif access.open_to_all and no_auth:
        say(text("serve.no-login"))
    listen(ServeOptions(host, port, lang, mcp), access)
    return GOOD
