"""On a machine of a cluster: starts the process of one device, watches it and ends it. Paddle is not loaded here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from ocrweb.disk.child import start_module
from ocrweb.rundir import names
from ocrweb.runtime.paddle_env import THREADS, child_environment

MODULE = "ocrweb.training.worker"
REFUSED = 126  # as a shell has it of what cannot be started


class RankHost:
    """An actor of Ray. home: the data root of who started the run, where this machine names none itself. cores: of the process."""

    def __init__(self, home: str, cores: int) -> None:
        os.environ.setdefault("OCRWEB_HOME", home)
        os.environ[THREADS] = str(cores)  # Ray has set it for itself
        self._process: subprocess.Popen[bytes] | None = None
        self._refused: int | None = None

    def look(self, run: str) -> tuple[str, str, bool]:
        """This machine's name, an address where a process of it may listen, and whether the run's folder is seen here."""
        import ray.util

        host = ray.util.get_node_ip_address()
        with socket.socket() as door:
            door.bind((host, 0))
            return socket.gethostname(), f"{host}:{door.getsockname()[1]}", (Path(run) / names.CONFIG).is_file()

    def start(self, run: str, words: list[str], place: dict[str, str]) -> None:
        """Start the process anew. place: its own and the others', as variables. Nobody waits for the answer: `poll` has it."""
        self.end()
        self._process = self._refused = None
        environment = {**child_environment(), **place}
        try:
            with (Path(run) / names.OUTPUT).open("ab") as output:
                self._process = start_module(
                    MODULE, run, "--rank", os.getpid(), *words,
                    environment=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                )  # fmt: skip
        except OSError as failure:  # such as a folder that may only be read here
            print(f"{run}: {failure}", file=sys.stderr, flush=True)
            self._refused = REFUSED

    def poll(self) -> int | None:
        """Its exit code, None while it runs; `REFUSED` where it could not be started."""
        return self._process.poll() if self._process else self._refused

    def send(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def end(self) -> None:
        self.send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
