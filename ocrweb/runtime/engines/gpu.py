"""How an engine says that it could not be started on a GPU."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence


def gpu_failed(engine: str, reason: str | Sentence) -> OcrwebError:
    """`engine.gpu-failed`. A network that cannot be read fails on a GPU as well: `load_engine` finds out which it was."""
    return OcrwebError(
        "engine.gpu-failed", engine=engine, reason=reason.rstrip(".。") if isinstance(reason, str) else reason
    )


@contextlib.contextmanager
def first_run(gpu: int | None) -> Iterator[None]:
    """Around an engine's first run: parts of CUDA (cuDNN, kernels for this GPU) are looked for only then.

    gpu: None on a CPU. Raises `engine.gpu-failed` for an `engine.run-failed` on a GPU; other errors pass.
    """
    try:
        yield
    except OcrwebError as failure:
        if gpu is None or failure.code != "engine.run-failed":
            raise
        raise gpu_failed(**failure.params) from failure
