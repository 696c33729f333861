"""A detection for the eye: timing line, summary sentence. Pure functions."""

from __future__ import annotations

from ocrweb import messages
from ocrweb.services.detect.detection import DetectionResult
from ocrweb.services.machine.system import device_words
from ocrweb.ui.parts import texts
from ocrweb.ui.parts.escape import escape


def chosen_line(model: str, lang: str) -> str:
    """HTML: the model that the button detects with, for its list may be folded away."""
    return f'<div class="ocrweb-chosen">{escape(texts.say("single.chosen-model", lang, name=model))}</div>'


def summary_line(result: DetectionResult, lang: str) -> str:
    """HTML: how many regions, the time of each stage, model and device."""
    stages = " · ".join(
        f"{escape(texts.say(f'single.stage-{name}', lang))} {getattr(result.timing, name) * 1000:.0f} ms"
        for name in ("decode", "preprocess", "network", "postprocess")
    )
    key = {0: "nothing", 1: "found-one"}.get(len(result.regions), "found")
    found = texts.say(f"single.{key}", lang, count=len(result.regions))
    kind = "good" if result.regions and not result.warnings else "warning"
    told = [messages.text("detect.tiles", lang, count=result.tiles)] if result.tiles > 1 else []
    told += [messages.text(f"detect.{code}", lang) for code in result.warnings]
    more = "".join(f"<br>{escape(line)}" for line in told)
    return (
        f'<div class="ocrweb-{escape(kind)}" role="status" id="single-summary"><strong>{escape(found)}</strong>'
        f' <span class="ocrweb-quiet">{result.timing.total * 1000:.0f} ms = {stages}<br>'
        f"{escape(result.model)} · {escape(device_words(result.device, lang))} · "
        f"{result.width}×{result.height}</span>{more}</div>"
    )
