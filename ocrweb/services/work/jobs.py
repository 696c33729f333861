"""Jobs in the background: they go on whoever looks, any visit with the id sees the same progress, and each has an end."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from ocrweb.errors import OcrwebError
from ocrweb.services.files.reports import internal_error


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A job at one moment, which each kind of job extends.

    state: waiting, running, or one of the ends: done, cancelled, failed, and what else a kind of job knows.
    error: why it failed or was cancelled. seconds: since its turn came, up to its end.
    """

    id: str
    state: str = "waiting"
    error: OcrwebError | None = field(default=None, kw_only=True)
    seconds: float = field(default=0.0, kw_only=True)

    @property
    def active(self) -> bool:
        return self.state in {"waiting", "running"}


S = TypeVar("S", bound=Snapshot)


class Job(Generic[S]):
    """The side of the job that works: it tells how far it is, and `cancel` is set when it shall stop."""

    def __init__(self, first: S) -> None:
        self.id = first.id
        self.cancel = threading.Event()
        self._lock = threading.Lock()
        self._now = first
        self._begun = 0.0

    def snapshot(self) -> S:
        with self._lock:
            return self._timed() if self._now.active else self._now

    def update(self, **changes: Any) -> None:
        """Change what is told of it."""
        with self._lock:
            self._now = replace(self._now, **changes)

    def begin(self) -> None:
        """Its turn has come."""
        self._begun = time.monotonic()
        self.update(state="running")

    def last(self, changes: Mapping[str, Any]) -> S:
        """How it will be told of when it is over; nobody is told yet."""
        with self._lock:
            return replace(self._timed(), **changes)

    def end(self, last: S) -> None:
        with self._lock:
            self._now = last

    def _timed(self) -> S:
        return replace(self._now, seconds=time.monotonic() - self._begun) if self._begun else self._now


class Jobs(Generic[S]):
    """The jobs of one kind. Some are at work at once, the others wait; of those that are over the latest stay known.

    name: of their threads. stopped: code of the error by which work says that it stopped because it was told to; work that
    has none says so in what it returns.
    """

    def __init__(self, name: str, *, stopped: str = "", at_once: int = 1, remembered: int = 20) -> None:
        self._name, self._stopped, self._remembered = name, stopped, remembered
        self._jobs: OrderedDict[str, Job[S]] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(at_once)

    def start(
        self,
        job: Job[S],
        work: Callable[[], Mapping[str, Any]],
        ended: Callable[[S], object] = lambda last: None,
    ) -> str:
        """Do the work in a thread of its own when its turn comes; the job's id.

        work: what it returns is told from then on; the state is done unless it says another. ended: hears the job's last
        snapshot before anybody else can.
        """
        with self._lock:
            self._jobs[job.id] = job
            self._jobs.move_to_end(job.id)
            over = [identifier for identifier, known in self._jobs.items() if not known.snapshot().active]
            for identifier in over[: -self._remembered]:
                del self._jobs[identifier]
        name = f"{self._name}-{job.id[:8]}"
        threading.Thread(target=self._take_turn, args=(job, work, ended), name=name, daemon=True).start()
        return job.id

    def get(self, identifier: str | None) -> S | None:
        """The job as it is now; None when the id is unknown: another console's, or of long ago."""
        with self._lock:
            job = self._jobs.get(identifier or "")
        return job.snapshot() if job else None

    def cancel(self, identifier: str | None) -> None:
        """Tell the job to stop; it does as soon as its work looks."""
        with self._lock:
            job = self._jobs.get(identifier or "")
        if job:
            job.cancel.set()

    def all(self) -> list[Job[S]]:
        """Those that are known, in the order of their starts."""
        with self._lock:
            return list(self._jobs.values())

    def _take_turn(self, job: Job[S], work: Callable[[], Mapping[str, Any]], ended: Callable[[S], object]) -> None:
        with self._turns:
            job.begin()
            last = job.last(self._done(work))
            try:
                ended(last)
            except Exception as failure:  # as below
                last = job.last({"state": "failed", "error": internal_error(failure)})
            job.end(last)

    def _done(self, work: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        """Do the work; what the job is afterwards."""
        try:
            return {"state": "done", **work()}
        except OcrwebError as error:
            return {"state": "cancelled" if error.code == self._stopped else "failed", "error": error}
        except Exception as failure:  # a thread's last line of defence: the page must learn that it ended
            return {"state": "failed", "error": internal_error(failure)}
