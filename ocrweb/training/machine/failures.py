"""From whatever went wrong to a named cause."""

from __future__ import annotations

import errno
import signal

from ocrweb.errors import OcrwebError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_SHARED_MEMORY = ("bus error", "shared memory", "/dev/shm", "shm_open", "sigbus")
_MEMORY = (
    *("ResourceExhausted", "Out of memory", "out of memory", "bad_alloc", "Cannot allocate memory", "ALLOC_FAILED"),
    "MemoryError",  # of Python code in a backward pass: Paddle makes an OSError of it
)


def cause_of(failure: BaseException, run: str) -> OcrwebError:
    """The coded error of an exception. run: where files are written, for a full disk."""
    if isinstance(failure, OcrwebError):  # pictures of an evaluation are written with errors of their own
        return OcrwebError("train.disk-full", path=run) if failure.code == "usage.disk-full" else failure
    if isinstance(failure, OSError) and failure.errno in _FULL:
        shm = "shm" in str(failure.filename or "")
        return OcrwebError("train.no-shared-memory") if shm else OcrwebError("train.disk-full", path=run)
    if is_out_of_memory(failure):
        return OcrwebError("train.out-of-memory", reason=_short(failure))
    words = str(failure).lower()
    if any(sign in words for sign in _SHARED_MEMORY):
        return OcrwebError("train.no-shared-memory")
    return OcrwebError("train.internal", kind=type(failure).__name__, reason=_short(failure))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of Paddle, CUDA, numpy or the system says that memory ran out."""
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno == errno.ENOMEM
    kinds = (RuntimeError, SystemError, OSError)  # Paddle raises CUDA's own errors as an OSError without a number
    return isinstance(error, kinds) and any(sign in str(error) for sign in _MEMORY)


def cause_of_exit(code: int, *, memory_killed: bool) -> OcrwebError:
    """The coded error of a worker process that ended without a word. code: as `subprocess` gives it."""
    if code == -signal.SIGKILL and memory_killed:
        return OcrwebError("train.killed-for-memory")
    if code == -signal.SIGBUS:
        return OcrwebError("train.no-shared-memory")
    if code < 0:
        return OcrwebError("train.killed", signal=signal.Signals(-code).name)
    return OcrwebError("train.crashed", exit_code=code)


def _short(failure: BaseException) -> str:
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    return (lines[-1] if lines else type(failure).__name__)[:300]
