"""`ocrweb`: one command a file, each importing its service only when it runs."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="ocrweb",
    help="Train, check and run a DB text detector. Commands print for people; --json prints one JSON document.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

runs_app = typer.Typer(help="List, show and stop training runs.", no_args_is_help=False)


def _register() -> None:
    """Name every command here, one line each."""


_register()


def main() -> None:
    app()
