"""PaddleOCR's official detectors by name, through `paddleocr.TextDetection`: downloaded once, kept in PaddleX's cache."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as Late
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.runtime.engines.base import MULTIPLE
from ocrweb.runtime.engines.gpu import first_run, gpu_failed
from ocrweb.runtime.engines.paddle import check_gpu, run_alone
from ocrweb.runtime.paddle_env import machine_environment

NAMES = (
    "PP-OCRv6_medium_det",
    "PP-OCRv6_small_det",
    "PP-OCRv6_tiny_det",
    "PP-OCRv5_server_det",
    "PP-OCRv5_mobile_det",
    "PP-OCRv4_server_det",
    "PP-OCRv4_mobile_det",
    "PP-OCRv3_server_det",
    "PP-OCRv3_mobile_det",
)
SOURCES = (
    "https://huggingface.co",
    "https://aistudio.baidu.com",
    "https://modelscope.cn",
    "https://paddle-model-ecology.bj.bcebos.com",
)
PATIENCE = 4.0  # seconds for any of the sources to answer


class OfficialEngine:
    """The network inside a `paddleocr.TextDetection`; its own resize and decode are not used. One run at a time."""

    name = "paddleocr"
    fixed_size: tuple[int, int] | None = None

    def __init__(self, model: str, *, threads: int, gpu: int | None = None) -> None:
        os.environ.update(machine_environment())
        folder = cached_folder(model)
        if folder is None and not online():
            raise OcrwebError("model.offline", name=model, cache=str(cache_folder()))
        try:
            from paddleocr import TextDetection
        except ImportError as failure:
            raise OcrwebError("engine.not-installed", engine="paddleocr", reason=str(failure)) from failure
        if gpu is not None:
            check_gpu(gpu)
        try:
            detection: Any = TextDetection(
                model_name=model,
                model_dir=str(folder) if folder else None,
                device="cpu" if gpu is None else f"gpu:{gpu}",
                **({"cpu_threads": threads} if gpu is None else {}),
            )
        except Exception as failure:  # downloads fail with the exceptions of four client libraries, or a bare Exception
            if gpu is not None and cached_folder(model) is not None:  # so it was not the download
                raise gpu_failed("PaddleOCR", _words(failure)) from failure
            raise OcrwebError("model.download-failed", name=model, reason=_words(failure)) from failure
        self._detection = detection
        self._runner: Any = detection.paddlex_predictor.runner
        self._lock = threading.Lock()
        self.device = f"CPU, PaddleOCR f32, {threads} threads" if gpu is None else f"GPU {gpu}, PaddleOCR"
        if gpu is not None:
            with first_run(gpu):
                self.run(np.zeros((1, 3, MULTIPLE, MULTIPLE), np.float32))

    def run(self, batch: np.ndarray) -> np.ndarray:
        return run_alone(lambda blob: self._runner(x=[blob])[0], batch, self._lock, "PaddleOCR")

    def interrupt(self) -> None:
        """Paddle has no means of it."""

    def close(self) -> None:
        self._detection.close()
        self._runner = None


def cache_folder() -> Path:
    """Where PaddleX keeps what it downloaded."""
    root = os.environ.get("PADDLE_PDX_CACHE_HOME") or str(Path.home() / ".paddlex")
    return Path(root) / "official_models"


def cached_folder(model: str) -> Path | None:
    """The folder of a model downloaded before, or None."""
    folder = cache_folder() / model
    return folder if (folder / "inference.pdiparams").is_file() else None


def online(sources: tuple[str, ...] = SOURCES, patience: float = PATIENCE) -> bool:
    """Whether any of PaddleOCR's download sources answers soon. Asked first, because its own search takes minutes offline."""
    pool = ThreadPoolExecutor(len(sources))
    try:
        return any(
            done.result() for done in as_completed([pool.submit(_answers, url, patience) for url in sources], patience)
        )
    except Late:
        return False
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _answers(url: str, patience: float) -> bool:
    import urllib.error  # with TLS, which a first picture by another engine need not wait for
    import urllib.request

    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=patience):
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500 and answer.code not in (403, 407)
    except OSError:
        return False


def _words(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:200] or type(failure).__name__
