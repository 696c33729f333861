"""`ocrweb bench NAME`: run one of the programs in benchmarks/, which measure against peers in the same run."""

from __future__ import annotations

import difflib
import sys
from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, command, emit, text
from ocrweb.config.paths import CHECKOUT
from ocrweb.disk.child import start_module
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence

SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@command
def bench(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which benchmark; without one they are listed.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Measure, with ratios to peers in one run. Options after the name go to the benchmark (`ocrweb bench detect --help`)."""
    known = benchmarks()
    if not known:
        raise OcrwebError("bench.not-here", folder=str(CHECKOUT / "benchmarks"))
    if name in (None, "--help", "-h"):
        if json:
            emit({"benchmarks": known})
        else:
            print(text("bench.known", names=", ".join(known)))
        return GOOD
    if name not in known:
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
        raise OcrwebError("usage.unknown-name", what=Sentence("bench.word"), name=name, nearest=nearest)
    arguments = [*context.args, *(["--json"] if json else [])]
    return start_module(f"benchmarks.{name}", *arguments, stdout=sys.stdout.fileno()).wait()


def benchmarks() -> list[str]:
    """Names of the programs in benchmarks/, which a source checkout has and an installed package has not."""
    return sorted(path.stem for path in (CHECKOUT / "benchmarks").glob("*.py") if not path.name.startswith("_"))
