"""`ocrweb sample-data`: a rendered dataset, ready to train."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, command, emit, text
from ocrweb.cli.parameters import JsonOption


@command
def sample_data(
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    train: Annotated[int, typer.Option(help="Pages to train from.")] = 40,
    test: Annotated[int, typer.Option(help="Pages to check with.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed draws the same pages.")] = 0,
    json: JsonOption = False,
) -> int:
    """Draw invoices, receipts, menus, notes, screens, signs and labels with their exact text boxes."""
    from ocrweb.services.datasets.sample_data import make_sample_data

    made = make_sample_data(out, train, test, seed, None if json or not sys.stderr.isatty() else _progress)
    if json:
        emit(made.to_dict())
    else:
        print(text("render.done", count=made.train + made.test, **made.to_dict()))
        print(text("render.next", path=made.path))
    return GOOD


def _progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print(f"\r{text('render.drawing', done=done, total=total)}", end=end, file=sys.stderr, flush=True)
