"""How far somebody has looked at a picture's labels.

What somebody said counts first. Else labels that came with a dataset count as checked, because a person made them, until
a rule or a model speaks against them; a model's own labels never do.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping

from ocrweb.data.labelling.record import PictureRecord
from ocrweb.data.labelling.state import PictureState

SUSPICIOUS = 0.5  # chance that something is wrong, from which a person should look


def state_of(
    record: PictureRecord, boxes: int, findings: Collection[str], suspicion: float | None, unsure: bool | None
) -> PictureState:
    """unsure: of a picture that a model labelled, whether it was unsure of a box; None where a model has labelled nothing."""
    if record.state is not None:
        return record.state
    if not boxes:
        return "new"
    doubted = bool(findings) or (suspicion or 0.0) >= SUSPICIOUS
    if unsure is not None:
        return "check" if unsure or doubted else "auto"
    return "check" if doubted else "checked"


def by_model_alone(record: PictureRecord, picture: str, boxes: int, unsure: Mapping[str, bool]) -> bool:
    """Whether a model drew the labels, or found nothing to draw, and nobody has changed or judged them.

    unsure: of the whole dataset, as `auto_labelled` tells it.
    """
    open_yet = record.state is None or record.state in OPEN
    return record.original is None and open_yet and bool(unsure) and (picture in unsure or not boxes)


def state_after_edit(before: PictureState) -> PictureState:
    """A picture that somebody changed and did not call checked."""
    return before if before in ("checked", "aside") else "check"


def minutes_left(checked_at: Collection[float], counts: Mapping[PictureState, int]) -> int | None:
    """How long the rest takes at the pace so far: the middle of the pauses between two pictures, long ones left out.

    checked_at: seconds since 1970. None before four pictures were checked.
    """
    times = sorted(checked_at)
    pauses = sorted(pause for a, b in itertools.pairwise(times) if 0 < (pause := b - a) <= LONGEST_PAUSE)
    if len(pauses) < LEAST_PAUSES:
        return None
    open_ones = sum(counts.get(state, 0) for state in OPEN)
    return round(open_ones * pauses[len(pauses) // 2] / 60)


OPEN: tuple[PictureState, ...] = ("new", "auto", "check")
LONGEST_PAUSE = 600.0  # seconds; whoever takes longer has been away
LEAST_PAUSES = 3
