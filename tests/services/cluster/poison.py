"""A worker that one picture ends."""

from __future__ import annotations

import os
import signal
from typing import Any

from ocrweb.runtime.detector import Detector
from ocrweb.services.cluster.actor import ActorTask, ShardActor


class PoisonedActor(ShardActor):
    def __init__(self, task: ActorTask, ledger: Any) -> None:
        super().__init__(task, ledger)
        regions = Detector.regions

        def deadly(detector: Detector, *given: Any, image_path: str = "") -> Any:
            if "poison" in image_path:
                os.kill(os.getpid(), signal.SIGKILL)
            return regions(detector, *given, image_path=image_path)

        Detector.regions = deadly  # type: ignore[method-assign]
