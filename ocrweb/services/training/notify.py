"""Tell somebody that a run has ended: a POST to the address in ``OCRWEB_WEBHOOK``."""

from __future__ import annotations

import json
import logging
import os
import urllib.error
import urllib.request
from typing import Any

from ocrweb.services.training.runs import RunInfo
from ocrweb.services.training.told import doubt_of

TIMEOUT = 10.0
_log = logging.getLogger(__name__)


def webhook_document(info: RunInfo) -> dict[str, Any]:
    """What is sent: name, state, best score, cause. No path and nothing of the settings leaves the machine."""
    status = info.status
    best = {
        name: round(float(status.best[name]), 4) for name in ("hmean", "precision", "recall") if name in status.best
    }
    cause = {name: status.cause[name] for name in ("code", "message", "hint")} if status.cause else None
    doubted = doubt_of(status.verdict)
    told = f", {status.outcome}" if status.outcome else ""
    told += f" ({doubted})" if doubted else ""
    text = f"{info.name}: {status.state}{told}" + (f", hmean {best['hmean']:.4f}" if "hmean" in best else "")
    return {"event": "run-ended", "run": info.name, "state": status.state, "best": best, "cause": cause,
            "outcome": status.outcome, "hmean": status.hmean, "base_hmean": status.base_hmean, "doubt": doubted or None,
            "seconds": status.seconds, "text": text}  # fmt: skip


def notify_ended(info: RunInfo) -> bool:
    """Post the document; True when it was taken. Without an address nothing happens, and a failure is only logged."""
    address = os.environ.get("OCRWEB_WEBHOOK", "").strip()
    if not address:
        return False
    body = json.dumps(webhook_document(info), ensure_ascii=False).encode()
    try:
        if not address.lower().startswith(("http://", "https://")):
            raise ValueError("OCRWEB_WEBHOOK must start with http:// or https://")
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return True
    except (OSError, ValueError, urllib.error.URLError) as failure:
        reason = failure.reason if isinstance(failure, urllib.error.URLError) else failure
        _log.warning("webhook for %s failed: %s", info.name, reason)  # not the address: it may hold a secret
        return False
