"""Training for the eye: state, log, runs, checklist, causes, proof. Pure functions."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ocrweb.config import paths
from ocrweb.config.judgement import POOR_BELOW, WEAK_BELOW
from ocrweb.services.files.retelling import retold
from ocrweb.services.training.by_group import groups_told
from ocrweb.services.training.checklist import CheckItem
from ocrweb.services.training.diagnosis import Cause
from ocrweb.services.training.diagnosis.apply import Change
from ocrweb.services.training.jobs import RunRow
from ocrweb.services.training.probe import Estimate
from ocrweb.services.training.proof import Proof
from ocrweb.services.training.told import doubt_of, outcome_told
from ocrweb.services.training.view import RunView
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape
from ocrweb.ui.parts.explained import explained
from ocrweb.ui.parts.manual import manual_link
from ocrweb.ui.parts.next_step import next_step
from ocrweb.ui.parts.problems import note_card
from ocrweb.ui.parts.training_fields import field_label

MARKS = {"ok": "✓", "warning": "!", "error": "✗"}
KINDS = {
    "queued": "note", "starting": "note", "running": "note", "finished": "good", "stopped": "warning",
    "failed": "problem", "lost": "problem",
}  # fmt: skip
OUTCOME_KINDS = {"improved": "good", "thresholds": "warning", "nothing": "problem", "worse": "problem"}
NOTE_LENGTH = 36


def idle_card(lang: str, *, ready: bool) -> str:
    """HTML in the place of a run. ready: there is a dataset to train with."""
    sentence = texts.say("training.idle", lang)
    if ready:
        return next_step(sentence, texts.say("training.start", lang), press="#training-start")
    return next_step(sentence, texts.say("training.get-data", lang), tab="datasets")


def status_card(view: RunView, lang: str) -> str:
    """HTML: what the run is doing, how far it is, and its best score."""
    status = view.status
    share = 100.0 if view.state == "finished" else 100 * status.step / max(status.steps, 1)
    heading = _state(view.state, view.place, began=bool(status.started), lang=lang)
    figures = _figures(view, lang)
    kind = KINDS.get(view.state, "note")
    cause = ""
    if view.state == "finished" and status.outcome in OUTCOME_KINDS:
        kind = OUTCOME_KINDS[status.outcome]
        cause = f"<br>{escape(outcome_told(status.outcome, doubt_of(status.verdict), lang))}"
    if status.cause:
        cause = f"<br>{escape(' '.join(retold(status.cause, lang)))}"
    return (
        f'<div class="ocrweb-{escape(kind)}" role="status" data-state="{escape(view.state)}" data-run="{escape(view.name)}"'
        f' data-step="{escape(status.step)}"><strong>{escape(heading)}</strong> {escape(view.name)}{cause}'
        f'<div class="ocrweb-bar" aria-hidden="true"><i style="width:{share:.1f}%"></i></div>'
        f'<span class="ocrweb-quiet">{escape(" · ".join(figures))}</span>{_failing(view, lang)}</div>'
    )


def _failing(view: RunView, lang: str) -> str:
    """HTML: on what the model fails, folded away; nothing where its card does not say."""
    if view.groups is None:
        return ""
    said = "".join(
        f"<p>{escape(heading)}<br>{'<br>'.join(map(escape, lines))}</p>"
        for heading, lines in groups_told(view.groups, lang)
    )
    heading = texts.say("training.failing", lang)
    return f'<details class="ocrweb-quiet" id="training-failing"><summary>{escape(heading)}</summary>{said}</details>'


def log_html(view: RunView | None, lang: str) -> str:
    """HTML: the latest lines coloured by level, and where the file is."""
    if view is None or not view.log:
        return f'<div class="ocrweb-log"><div>{escape(texts.say("training.log-empty", lang))}</div></div>'
    return f'<div class="ocrweb-log" data-size="{escape(view.log_size)}"><div>{_lines(view.log)}</div></div>'


@functools.lru_cache(maxsize=8)
def _lines(log: tuple[tuple[str, str], ...]) -> str:
    """Made once for all who watch."""
    return "".join(f'<span class="{escape(level)}">{escape(line) or " "}</span>' for level, line in log)


def log_place(view: RunView | None, lang: str) -> str:
    """HTML: path and size of the log."""
    if view is None:
        return ""
    size = f"{view.log_size / 1024:.0f} KiB" if view.log_size < 2**20 else f"{view.log_size / 2**20:.1f} MiB"
    return f'<span class="ocrweb-quiet"><code>{escape(paths.shown(view.folder / "log.txt"))}</code> · {size}</span> {manual_link("log", lang)}'


def runs_table(rows: Sequence[RunRow], lang: str) -> pd.DataFrame:
    """One row a run, the newest first."""
    columns = [
        texts.say(f"training.column-{name}", lang) for name in ("run", "state", "hmean", "time", "dataset", "notes")
    ]
    table = [
        (
            row.name,
            _state(row.state, row.place, began=row.seconds > 0, lang=lang),
            "–" if row.hmean is None else f"{row.hmean:.4f}",
            duration(row.seconds, lang) if row.seconds else "–",
            f"{row.dataset} ({row.mark[:8]})" if row.mark else row.dataset,
            shortened(row.notes),
        )
        for row in rows
    ]
    return pd.DataFrame(table, columns=columns)


def checklist_card(items: Sequence[CheckItem], lang: str) -> str:
    """HTML: each line with its tick and what was found."""
    lines = "".join(
        f'<li class="{escape(item.state)}" data-check="{escape(item.id)}">{_mark(item.state, lang)} '
        f"<strong>{escape(item.title(lang))}</strong> {escape(item.message(lang))}</li>"
        for item in items
    )
    ready = all(item.state != "error" for item in items)
    say = escape(texts.say("training.ready" if ready else "training.not-ready", lang))
    link = manual_link("checklist", lang)
    return f'<div class="ocrweb-checklist" data-ready="{escape(str(ready).lower())}"><ul>{lines}</ul><p>{say} {link}</p></div>'


def _mark(state: str, lang: str) -> str:
    words = texts.say(f"training.mark-{state}", lang)
    return f'<b role="img" aria-label="{escape(words)}">{MARKS[state]}</b>'


def estimate_card(found: Estimate, lang: str) -> str:
    """HTML: what the run will cost, and a warning when it is more than there is."""
    words = texts.say(
        "training.estimate",
        lang,
        steps=found.steps,
        train=found.pictures - found.held_out,
        held=found.held_out,
        evaluations=found.evaluations,
        time=duration(found.seconds, lang),
        memory=f"{found.memory:.1f}",
        free=f"{found.available:.1f}",
        device=found.device,
    )
    if found.too_large:
        return note_card(f"{words} {texts.say('training.estimate-too-large', lang)}", "warning")
    return note_card(words)


def cause_cards(causes: Sequence[Cause], lang: str) -> str:
    """HTML: each cause with its evidence and explanation; the buttons below carry the remedies out."""
    cards = []
    for cause in causes:
        place = f"{texts.say('training.line', lang, line=cause.line)} " if cause.line else ""
        evidence = f"<br>{escape(place)}<code>{escape(cause.evidence)}</code>" if cause.evidence else ""
        advice = "".join(
            f"<li>{escape(remedy.text(lang))}</li>" for remedy in cause.remedies if remedy.action == "none"
        )
        cards.append(
            f'<div class="ocrweb-warning" data-cause="{escape(cause.id)}"><strong>{escape(cause.title(lang))}</strong>'
            f"{evidence}<br>{escape(cause.explanation(lang))}{f'<ul>{advice}</ul>' if advice else ''}</div>"
        )
    return "".join([*cards, manual_link("remedies", lang)]) if cards else ""


def proof_card(proof: Proof, lang: str) -> str:
    """HTML: both scores, the back-test's misses, the recommended thresholds, the golden verdict."""
    if proof.error is not None:
        return note_card(" ".join(retold(proof.error, lang)), "warning")
    figures, thresholds = proof.figures, proof.thresholds
    new, base = figures["new_hmean"], figures.get("base_hmean")
    key = "training.proof-compared" if base is not None else "training.proof-new"
    split = texts.say(f"training.split-{proof.split}", lang)
    lines = [
        texts.say("training.proof-verified", lang),
        texts.say(key, lang, new=f"{new:.4f}", base=f"{base or 0:.4f}", pictures=figures["pictures"], split=split),
        *([texts.say("training.proof-worse", lang)] if base is not None and new < base else []),
        texts.say("training.proof-back", lang, labels=figures["labels"], missed=figures["missed"]),
        texts.say(
            "training.proof-thresholds",
            lang,
            threshold=f"{thresholds['threshold']:g}",
            box=f"{thresholds['box_threshold']:g}",
            unclip=f"{thresholds['unclip_ratio']:g}",
        ),
        texts.say(f"training.proof-golden-{figures['golden']}", lang),
    ]
    outcome = str(figures.get("outcome") or "")
    if outcome:
        lines[1:2] = [lines[1], *_by_one_rule(figures["verdict"], lang)]
    level = "healthy" if new >= WEAK_BELOW else "weak" if new >= POOR_BELOW else "poor"
    kind = {"healthy": "good", "weak": "warning", "poor": "problem"}[level]
    if OUTCOME_KINDS.get(outcome, "good") != "good":
        kind, level = OUTCOME_KINDS[outcome], outcome
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    judged = (
        escape(outcome_told(outcome, doubt_of(figures["verdict"]), lang))
        if level == outcome
        else escape(texts.say(f"training.hmean-{level}", lang, pictures=figures["pictures"], split=split))
    )
    link = "" if kind == "good" else manual_link("after", lang)
    return (
        f'<div class="ocrweb-{escape(kind)}" data-proof="{escape(level)}"><strong>{judged}</strong>'
        f"<ul>{items}</ul>{link}</div>{explained(('hmean', 'precision', 'recall'), lang)}"
    )


def _by_one_rule(verdict: dict[str, Any], lang: str) -> list[str]:
    """hmean of both models with their intervals; nothing for a network that had no base."""
    if "base_hmean" not in verdict:
        return []

    def shown(hmean: str, between: str) -> str:
        low, high = verdict[between]
        return f"{verdict[hmean]:.4f} ({low:.2f}–{high:.2f})"

    figures = {"new": shown("hmean", "interval"), "base": shown("base_hmean", "base_interval")}
    return [texts.say("training.proof-interval", lang, **figures)]


def duration(seconds: float, lang: str) -> str:
    """``12 s``, ``3:05 min`` or ``1:02:03 h``, in the visitor's own units."""
    whole = max(0, round(seconds))
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    unit = "hours" if hours else "minutes" if minutes else "seconds"
    figures = {"hours": hours, "minutes": f"{minutes:02d}" if hours else minutes, "seconds": left}
    figures["seconds"] = f"{left:02d}" if whole >= 60 else left
    return texts.say(f"training.time-{unit}", lang, **figures)


def shortened(note: str) -> str:
    """A note for one line of a table: a row that is taller than the table hides all its other cells."""
    line = " ".join(note.split())
    return line if len(line) <= NOTE_LENGTH else line[: NOTE_LENGTH - 1].rstrip() + "…"


def changes_line(changes: Sequence[Change], lang: str) -> str:
    """What a remedy makes different, by the names that the form's fields have."""
    return "; ".join(f"{field_label(change.key, lang)}: {change.values}" for change in changes)


def _state(state: str, place: int, *, began: bool, lang: str) -> str:
    """began: whether a worker has ever been started; a run that left the queue before that is no interrupted one."""
    name = "withdrawn" if state == "stopped" and not began else state
    return texts.say(f"training.state-{name}", lang, place=place)


def _figures(view: RunView, lang: str) -> list[str]:
    status = view.status
    parts = []
    if view.active and status.doing == "evaluate":
        parts.append(texts.say("training.evaluating" if status.step else "training.evaluating-base", lang))
    if status.steps and (status.step or not view.active):
        parts.append(
            texts.say("training.progress", lang, step=status.step, steps=status.steps, epoch=status.epoch, epochs=status.epochs)
        )  # fmt: skip
    if status.loss is not None:
        parts.append(texts.say("training.loss", lang, loss=f"{status.loss:.4f}"))
    if view.active and status.ips is not None:
        parts.append(texts.say("training.rate", lang, ips=f"{status.ips:.2f}"))
    if view.active and status.eta is not None:
        parts.append(texts.say("training.left", lang, time=duration(status.eta, lang)))
    if status.memory is not None:
        parts.append(f"{status.memory:.2f} GiB")
    if status.best:
        whose = "best-base" if status.best.get("step") == 0 else "best"
        best = {"hmean": f"{status.best['hmean']:.4f}", "epoch": status.best.get("epoch", 0)}
        parts.append(texts.say(f"training.{whose}", lang, **best))
    if status.device:
        parts.append(status.device)
    return parts
