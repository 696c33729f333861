"""`ocrweb bench NAME`: run one of the programs in benchmarks/, which measure against peers in the same run."""

from __future__ import annotations

import contextlib
import difflib
import subprocess
import sys
from collections.abc import Iterator
from json import loads
from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, USAGE, command, emit, text
from ocrweb.cli.parameters import JsonOption
from ocrweb.config.paths import CHECKOUT
from ocrweb.disk.child import end_group, start_module
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence

SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@command
def bench(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which benchmark; without one they are listed.")] = None,
    json: JsonOption = False,
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
    if json:
        return _document_of(name, [*context.args, "--json"])
    with _ended_with_us(f"benchmarks.{name}", context.args, sys.stdout.fileno()) as child:
        return child.wait()


def _document_of(name: str, arguments: list[str]) -> int:
    """Pass the benchmark's document on; raise `bench.failed` when it left none."""
    with _ended_with_us(f"benchmarks.{name}", arguments, subprocess.PIPE) as child:
        said = child.communicate()[0].decode("utf-8", "replace")
    try:
        document = loads(said)
    except ValueError as failure:
        raise OcrwebError("bench.failed", name=name, exit_code=child.returncode) from failure
    emit(document)
    return child.returncode if 0 <= child.returncode <= USAGE else PROBLEMS


@contextlib.contextmanager
def _ended_with_us(module: str, arguments: list[str], stdout: int) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a benchmark; Ctrl-C ends it with all that it started, and is told once."""
    child = start_module(module, *arguments, stdout=stdout, start_new_session=True)
    try:
        yield child
    except BaseException:
        end_group(child)
        raise


def benchmarks() -> list[str]:
    """Names of the programs in benchmarks/, which a source checkout has and an installed package has not."""
    return sorted(path.stem for path in (CHECKOUT / "benchmarks").glob("*.py") if not path.name.startswith("_"))
