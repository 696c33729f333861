"""What is known of a model, in words: the same on the page and on the command line."""

from __future__ import annotations

import time

from ocrweb.messages import text
from ocrweb.services.registry.rows import ModelFacts
from ocrweb.services.registry.scores import ModelScore
from ocrweb.services.registry.speed import Speed


def fact_lines(facts: ModelFacts, lang: str | None = None) -> list[tuple[str, str]]:
    """Name and content of each line; what a model has not is left out, but what could be measured is asked for."""
    lines = [("kind", text(f"registry.kind-{facts.kind}", lang))]
    if facts.described:
        lines.append(("described", facts.described))
    if facts.base:
        lines.append(("base", facts.base))
    if facts.dataset:
        lines.append(("dataset", dataset_told(facts, lang)))
    lines += [("scores", score_told(score, lang)) for score in facts.scores] or [
        ("scores", text("registry.no-score", lang))
    ]
    lines.append(("size", text("registry.megabytes", lang, size=f"{facts.megabytes:g}")))
    lines.append(("speed", speed_told(facts.speed, lang)))
    if facts.since is not None:
        lines.append(("since", since_told(facts.since, lang)))
    if facts.notes:
        lines.append(("notes", facts.notes))
    return [(text(f"registry.field-{name}", lang), said) for name, said in lines]


def dataset_told(facts: ModelFacts, lang: str | None = None) -> str:
    """The dataset with the version of its labels, where there is one."""
    if not facts.version:
        return facts.dataset
    return text("registry.version", lang, dataset=facts.dataset, version=facts.version)


def score_told(score: ModelScore, lang: str | None = None) -> str:
    """hmean with its interval, on what."""
    split = text(f"registry.split-{score.split}", lang)
    figures = {"split": split, "hmean": f"{score.hmean:.3f}", "pictures": score.pictures}
    if score.interval is None:
        said = text("registry.score-alone", lang, **figures)
    else:
        low, high = score.interval
        said = text("registry.score", lang, **figures, low=f"{low:.3f}", high=f"{high:.3f}")
    return text("registry.on-dataset", lang, score=said, dataset=score.dataset) if score.dataset else said


def speed_told(speed: Speed | None, lang: str | None = None) -> str:
    if speed is None:
        return text("registry.not-measured", lang)
    return text("registry.speed", lang, seconds=f"{speed.seconds:.2f}", device=speed.device)


def since_told(since: float, lang: str | None = None) -> str:
    """since: 0 for always."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(since)) if since else text("registry.always", lang)
