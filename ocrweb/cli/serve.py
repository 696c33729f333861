"""`ocrweb serve`: the console."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrweb.cli.frame import GOOD, command, say, text
from ocrweb.errors import OcrwebError

if TYPE_CHECKING:
    from ocrweb.ui.page.server import ServeOptions

ASK = "-"
AUTH, TOKEN = "OCRWEB_AUTH", "OCRWEB_TOKEN"


@command
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 opens it to the network.", envvar="OCRWEB_HOST")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, envvar="OCRWEB_PORT")] = 7860,
    auth: Annotated[
        str | None,
        typer.Option(
            help="user:password that the page asks for; others see it in `ps`, so rather OCRWEB_AUTH, or - to be asked."
        ),
    ] = None,
    auth_file: Annotated[
        Path | None, typer.Option(help="File that holds user:password, readable by its owner only.")
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help="File that holds a token which programs may send instead of the login; or OCRWEB_TOKEN."),
    ] = None,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Open to the network without any login.")] = False,
    lang: Annotated[str | None, typer.Option(help="en or zh for every visitor; else the browser's language.")] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve the API as MCP tools too.")] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            help="Another name to answer under (repeatable); *.example.org for all below.",
            envvar="OCRWEB_ALLOWED_HOSTS",
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="Origin whose pages may use the API (repeatable).", envvar="OCRWEB_ALLOWED_ORIGINS"),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            help="Reverse proxy whose X-Forwarded-* are believed (repeatable).", envvar="OCRWEB_TRUSTED_PROXIES"
        ),
    ] = None,
    root_path: Annotated[
        str,
        typer.Option(help="Path below which a reverse proxy shows the console, as /ocr.", envvar="OCRWEB_ROOT_PATH"),
    ] = "",
    workers: Annotated[
        int,
        typer.Option(
            min=0, max=64, help="Processes that detect, each with its own copy of the model; 0: the console itself."
        ),
    ] = 0,
) -> int:
    """Open the console; the same as `python app.py`."""
    from ocrweb import messages
    from ocrweb.services.access.logins import decide_access, is_local
    from ocrweb.ui.page.server import ServeOptions
    from ocrweb.ui.page.server import serve as listen

    if lang:
        if (short := lang.lower()[:2]) not in messages.LANGUAGES:
            raise OcrwebError("usage.bad-value", name="--lang", value=lang, expected=", ".join(messages.LANGUAGES))
        lang = short
        messages.set_language(lang)
    access = decide_access(host, _login(auth, auth_file), no_auth, _token(token_file))
    if access.generated and access.login:
        say(text("serve.login", user=access.login[0], password=access.login[1]))
    elif access.open_to_all and no_auth:
        say(text("serve.no-login"))
    elif access.weak and not is_local(host):
        say(text("serve.auth-weak"))
    options = ServeOptions(
        host, port, lang, mcp, _several(allow_host), _several(allow_origin), _several(trusted_proxy), root_path, workers
    )
    listen(options, access, lambda: say(_open_at(options)))
    return GOOD


def _open_at(options: ServeOptions) -> str:
    """Where the console can be opened, and how to end it."""
    from ocrweb.services.access.logins import is_local

    if is_local(options.host):
        return text("serve.open", url=options.local_url)
    return text("serve.open-to-network", url=options.local_url, port=options.port)


def _login(auth: str | None, auth_file: Path | None) -> str | None:
    """The login as given: on the command line, in a file, asked for, or in the environment, where no child finds it later."""
    from ocrweb.services.access.logins import login_of_file

    kept = os.environ.pop(AUTH, None)
    if auth_file and (auth or kept):
        raise OcrwebError("access.two-logins")
    if auth_file:
        return login_of_file(auth_file)
    if auth == ASK:
        prompt = text("serve.auth-prompt")
        typed = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()
        if not typed.strip():
            raise OcrwebError("access.bad-auth")
        return typed.strip()
    if auth:
        say(text("serve.auth-seen"))
    return auth or kept or None


def _token(token_file: Path | None) -> str | None:
    """The token as given in a file or in the environment, where no child finds it later."""
    from ocrweb.services.access.logins import token_of_file

    kept = os.environ.pop(TOKEN, None) or None
    if token_file and kept:
        raise OcrwebError("access.two-tokens")
    return token_of_file(token_file) if token_file else kept


def _several(values: list[str] | None) -> tuple[str, ...]:
    """Values of a repeatable option; the environment may hold them with commas."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())
