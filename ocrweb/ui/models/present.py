"""The registry for the eye: which model is in use, the table of all, all that is known of one. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ocrweb.services.registry.jobs import MeasureSnapshot
from ocrweb.services.registry.rows import ModelFacts
from ocrweb.services.registry.told import fact_lines, score_told, since_told, speed_told
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.problems import note_card, problem_card

COLUMNS = ("name", "kind", "hmean", "size", "speed", "since")


def in_use_card(used: ModelFacts | None, before: str, lang: str) -> str:
    """HTML: the model that is used everywhere. used: None when it is gone. before: what a step back would bring, "" for nothing."""
    if used is None:
        return note_card(texts.say("models.in-use-gone", lang), "warning")
    since = texts.say("models.in-use-since", lang, since=since_told(used.since or 0.0, lang))
    back = f"<br>{escape(texts.say('models.in-use-before', lang, name=before))}" if before else ""
    return (
        f'<div class="ocrweb-good" role="status" data-model="{escape(used.name)}">{escape(texts.say("models.in-use", lang))} '
        f'<strong>{escape(used.shown)}</strong> <span class="ocrweb-quiet">{escape(since)}</span>{back}</div>'
    )


def model_rows(models: Sequence[ModelFacts], lang: str) -> pd.DataFrame:
    """One row a model. hmean: on the test pictures of its training, else on its validation pictures, with the interval."""
    rows = [
        (
            facts.shown,
            texts.say(f"models.kind-{facts.kind}", lang),
            _hmean(facts),
            f"{facts.megabytes:g} MB",
            f"{facts.speed.seconds:.2f} s" if facts.speed else "–",
            ("✓ " + since_told(facts.since, lang)) if facts.since is not None else "",
        )
        for facts in models
    ]
    return pd.DataFrame(rows, columns=[texts.say(f"models.column-{name}", lang) for name in COLUMNS])


def facts_card(facts: ModelFacts | None, lang: str) -> str:
    """HTML: all that is known of a model."""
    if facts is None:
        return note_card(texts.say("models.none-chosen", lang))
    own = f' <span class="ocrweb-quiet">{escape(facts.name)}</span>' if facts.title else ""
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in fact_lines(facts, lang))
    return (
        f'<div class="ocrweb-model" data-model="{escape(facts.name)}"><strong>{escape(facts.shown)}</strong>{own}'
        f"<dl>{lines}</dl></div>"
    )


def measure_card(job: MeasureSnapshot | None, lang: str) -> str:
    """HTML: how far a measurement is, or what it found."""
    if job is None:
        return ""
    if job.error is not None:
        return problem_card(job.error, lang) if job.state == "failed" else note_card(job.error.message(lang), "warning")
    if job.active:
        key = "models.scoring" if job.pictures else "models.measuring"
        line = texts.say(key, lang, name=job.model, done=job.done, pictures=job.pictures)
        share = 100 * job.done / job.pictures if job.pictures else 0
        return (
            f'<div class="ocrweb-note" role="status" data-state="{escape(job.state)}">{escape(line)}'
            f'<div class="ocrweb-bar" aria-hidden="true"><i style="width:{share:.1f}%"></i></div></div>'
        )
    found = [job.model, speed_told(job.speed, lang), *([score_told(job.score, lang)] if job.score else [])]
    return note_card(" · ".join(found), "good")


def _hmean(facts: ModelFacts) -> str:
    trained = [score for score in facts.scores if not score.dataset] or list(facts.scores)
    if not trained:
        return "–"
    score = next((each for each in trained if each.split == "test"), trained[0])
    if score.interval is None:
        return f"{score.hmean:.3f}"
    return f"{score.hmean:.3f} ({score.interval[0]:.2f}–{score.interval[1]:.2f})"
