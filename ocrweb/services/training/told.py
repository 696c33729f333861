"""What a training was good for, in one sentence: the same on the page, in lists, on the command line and in a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocrweb.config.judgement import DOUBTS, OUTCOMES
from ocrweb.evaluation.outcome import doubt_error
from ocrweb.messages import text


def doubt_of(verdict: Mapping[str, Any]) -> str:
    """Why a verdict's figures prove nothing, one of `judgement.DOUBTS`; "" when nothing speaks against them."""
    found = verdict.get("doubt")
    return found if found in DOUBTS else ""


def outcome_told(outcome: str | None, doubted: str, lang: str | None = None) -> str:
    """The reason of a doubt, else what the outcome means; "" before there is one."""
    if outcome not in OUTCOMES:
        return ""
    return doubt_error(doubted).message(lang) if doubted else text(f"train.outcome-{outcome}", lang)
