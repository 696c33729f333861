"""A console that may be killed: a process of its own on a data root of its own, started again on the same port."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

READY = 120.0
ROOT = Path(__file__).parent.parent


class Served:
    """home: its data root. arguments: of `ocrweb serve`. log: what its processes print, kept outside of the data root so that it outlives it."""

    def __init__(
        self, home: Path, log: Path, environment: Mapping[str, str] | None = None, arguments: tuple[str, ...] = ()
    ) -> None:
        self.home, self.log, self._arguments = home, log, arguments
        self.port = free_port()
        self._environment = {
            **os.environ, "OCRWEB_HOME": str(home), "OCRWEB_LANG": "en", "PYTHONUNBUFFERED": "1", **(environment or {})
        }  # fmt: skip
        self._environment.pop("GRADIO_TEMP_DIR", None)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """0 before it was started."""
        return self.process.pid if self.process else 0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, patience: float = READY) -> None:
        """Start it and wait until it can answer. Raises RuntimeError with the end of its log when it does not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ocrweb", "serve", "--port", str(self.port), *self._arguments],
                env=self._environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self.alive:
            if self.health(5.0) == 200:
                return
            time.sleep(0.2)
        raise RuntimeError(f"the console does not start: {self.log.read_text(errors='replace')[-2000:]}")

    def health(self, timeout: float = 5.0) -> int:
        """Status of ``/healthz``; 0 when there is no answer in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        return 0

    def kill(self, number: int = signal.SIGKILL, patience: float = 30.0) -> bool:
        """Send its process a signal and wait for the end; False when it had to be killed after all."""
        if not self.alive:
            return True
        assert self.process is not None
        self.process.send_signal(number)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
            return False
        return True

    def children(self) -> list[psutil.Process]:
        """Every process that works on this data root, the console left out: known by its environment."""
        mark = f"OCRWEB_HOME={self.home}".encode()
        own = self.pid if self.alive else 0
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.pid in (own, os.getpid()) or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                if mark in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0"):
                    found.append(process)
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
