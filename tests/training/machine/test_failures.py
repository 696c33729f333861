from __future__ import annotations

import errno
import subprocess
import sys

import pytest

from ocrweb.errors import OcrwebError
from ocrweb.training.machine.failures import cause_of, cause_of_exit


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (OcrwebError("train.not-trainable", name="x"), "train.not-trainable"),
        (OSError(errno.ENOSPC, "No space left on device", "/data/best.pdparams"), "train.disk-full"),
        (OcrwebError("usage.disk-full", path="/data/samples"), "train.disk-full"),
        (OSError(errno.ENOSPC, "No space left on device", "/dev/shm/psm_1"), "train.no-shared-memory"),
        (MemoryError(), "train.out-of-memory"),
        (RuntimeError("(External) ResourceExhaustedError: Out of memory error on GPU 0."), "train.out-of-memory"),
        (SystemError("(Fatal) Operator conv2d raises an std::bad_alloc exception."), "train.out-of-memory"),
        (OSError("(External) CUDA error(2), out of memory."), "train.out-of-memory"),
        (OSError("(External) MemoryError: Unable to allocate 44.0 MiB for an array"), "train.out-of-memory"),
        (OSError("(External) CUDNN error(4000), CUDNN_STATUS_ALLOC_FAILED."), "train.out-of-memory"),
        (OSError("(External) CUDA error(700), an illegal memory access was encountered."), "train.internal"),
        (RuntimeError("Unexpected BUS error encountered in DataLoader worker"), "train.no-shared-memory"),
        (ValueError("shapes differ"), "train.internal"),
    ],
    ids=str,
)
def test_what_went_wrong_gets_a_name(failure: Exception, code: str) -> None:
    cause = cause_of(failure, "/data/run")
    assert cause.code == code
    for lang in ("en", "zh"):
        assert cause.message(lang)
        assert cause.hint(lang)


@pytest.mark.parametrize(
    ("code", "memory_killed", "cause"),
    [
        (-9, True, "train.killed-for-memory"),
        (-9, False, "train.killed"),
        (-7, False, "train.no-shared-memory"),
        (-11, False, "train.killed"),
        (3, False, "train.crashed"),
        (0, True, "train.crashed"),
    ],
)
def test_a_process_that_ended_without_a_word_gets_a_cause(code: int, memory_killed: bool, cause: str) -> None:
    found = cause_of_exit(code, memory_killed=memory_killed)
    assert found.code == cause
    assert found.message("zh")


def test_the_supervisor_does_not_load_paddle() -> None:
    program = "import sys, ocrweb.training.worker; assert not {'paddle', 'cv2', 'shapely'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
