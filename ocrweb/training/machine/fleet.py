"""The machines of a cluster on which a run's processes are started: one a GPU, or one a machine where there is none."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrweb.config import paths
from ocrweb.errors import OcrwebError
from ocrweb.rundir.status import worked_by
from ocrweb.training.machine.host import RankHost

PATIENCE = 60.0  # seconds until a machine has room for a process
ASKING = 1.0  # seconds that a question may take before the machine is asked again what became of it
BROKEN = 120.0  # seconds that a process keeps a failed connection to itself: until then a lost machine is known


class RemoteRank:
    """A process on another machine, as `subprocess.Popen` has one of this machine. lost: its machine is gone."""

    def __init__(self, ray: Any, host: Any) -> None:
        self._ray, self._host, self._asked = ray, host, None
        self.returncode: int | None = None
        self.lost = False

    def poll(self) -> int | None:
        if self.returncode is None:
            self._asked = self._asked or self._host.poll.remote()
            ready, _ = self._ray.wait([self._asked], timeout=ASKING)
            if ready:
                self._asked = None
                try:
                    self.returncode = self._ray.get(ready[0])
                except self._ray.exceptions.RayError:
                    self.returncode, self.lost = -int(signal.SIGKILL), True
        return self.returncode

    def send_signal(self, number: int) -> None:
        self._host.send.remote(int(number))

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@dataclass
class Fleet:
    """The hosts of a run, kept from one start of its processes to the next. ray: the module, connected."""

    ray: Any
    run: Path
    _hosts: dict[tuple[str, int], Any] = field(default_factory=dict)  # by machine and number of the device there

    def start(self, words: Sequence[str]) -> list[RemoteRank]:
        """A process on every device that is free now; machines that are gone have none, those that came have one.

        Raises `train.no-machine` and `train.not-shared`.
        """
        self._settle()
        seen = self._looked()
        if not seen:
            raise OcrwebError("train.no-machine", seconds=int(PATIENCE))
        for machine, _, shared in seen.values():
            if not shared:
                raise OcrwebError("train.not-shared", path=str(self.run), machine=machine)
        doors = [door for _, door, _ in seen.values()]
        here = [key[0] for key in seen]
        by = json.dumps(worked_by(os.getpid()))
        ranks = []
        for rank, key in enumerate(seen):
            place = {
                "PADDLE_TRAINER_ID": str(rank),
                "PADDLE_TRAINERS_NUM": str(len(doors)),
                "PADDLE_TRAINER_ENDPOINTS": ",".join(doors),
                "PADDLE_CURRENT_ENDPOINT": doors[rank],
                "PADDLE_RANK_IN_NODE": str(here[:rank].count(here[rank])),
                "PADDLE_LOCAL_SIZE": str(here.count(here[rank])),
                "PADDLE_MASTER": doors[0],
                "FLAGS_selected_gpus": "0",  # Ray shows each host its own GPU alone
            }
            told = ["--by", by, "--patience", str(BROKEN), *words]
            self._hosts[key].start.remote(str(self.run), told, place)
            ranks.append(RemoteRank(self.ray, self._hosts[key]))
        return ranks

    def _settle(self) -> None:
        """A host for each device of the machines that are there, and none for others."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        nodes = [node for node in self.ray.nodes() if node["Alive"]]
        gpus = any(node["Resources"].get("GPU") for node in nodes)
        wanted: dict[tuple[str, int], tuple[int, int]] = {}
        for node in nodes:
            cores, cards = (int(node["Resources"].get(kind, 0)) for kind in ("CPU", "GPU"))
            for number in range(cards if gpus else min(cores, 1)):
                wanted[node["NodeID"], number] = (max(1, cores // cards) if gpus else cores, int(gpus))
        self._hosts = {key: host for key, host in self._hosts.items() if key in wanted}
        home = os.environ.get("OCRWEB_HOME") or str(paths.home())
        for key, (cores, card) in wanted.items():
            if key not in self._hosts:
                made = self.ray.remote(RankHost).options(
                    num_cpus=0 if card else cores,
                    num_gpus=card,
                    scheduling_strategy=NodeAffinitySchedulingStrategy(key[0], soft=False),
                )
                self._hosts[key] = made.remote(home, cores)

    def _looked(self) -> dict[tuple[str, int], tuple[str, str, bool]]:
        """What the hosts that answer say; the others are given up."""
        asked = {key: host.look.remote(str(self.run)) for key, host in self._hosts.items()}
        ready, _ = self.ray.wait(list(asked.values()), num_returns=len(asked), timeout=PATIENCE) if asked else ([], [])
        found = {}
        for key, question in asked.items():
            with contextlib.suppress(self.ray.exceptions.RayError):
                if question in ready:
                    found[key] = self.ray.get(question)
        for key in self._hosts.keys() - found.keys():
            self.ray.kill(self._hosts.pop(key))
        return found
