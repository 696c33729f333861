"""`ocrweb diagnose`: why a training run failed."""

from __future__ import annotations

from typing import Annotated

import typer

from ocrweb.cli.frame import GOOD, PROBLEMS, command, emit, text
from ocrweb.cli.parameters import JsonOption

HARMLESS = {"process.stopped"}  # somebody stopped it: nothing is wrong


@command
def diagnose(
    run: Annotated[str, typer.Argument(help="A run, `latest`, or a log file (ours, PaddleOCR's, ModelScope's).")],
    json: JsonOption = False,
) -> int:
    """Read a training log, name the cause and the fix."""
    from ocrweb.services.training.diagnosis.engine import words_for
    from ocrweb.services.training.named_causes import diagnose_named

    causes, notes = diagnose_named(run)
    if json:
        said = {"notes": [note.message() for note in notes]} if notes else {}
        emit({"causes": [cause.to_dict() for cause in causes], **said})
    elif not causes:
        print(text("diagnosis.healthy"))
    for note in () if json else notes:
        print(note.message())
    for cause in () if json else causes:
        print(f"■ {cause.title()}  [{cause.id}]")
        print(f"  {cause.explanation()}")
        if cause.evidence:
            print("  " + text("diagnosis.evidence", line=cause.line or "–", evidence=cause.evidence))
        words = words_for(cause, run)
        for remedy in cause.remedies:
            changes = " ".join(words.get(remedy.id, ()))
            print(f"  → {remedy.text()}{'   ' + changes if changes else ''}")
    return PROBLEMS if any(cause.id not in HARMLESS for cause in causes) else GOOD
