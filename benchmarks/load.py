"""A console under many callers: what it keeps of each, and how evenly it answers them.

    ocrweb bench load [--parts calls unread clients] [--face page|v1] [--json]

calls: 10,000 raw calls of the API, every tenth a detection of a small picture, each read to its end. unread: 2,000 calls
whose answers nobody fetches. Both: resident memory before and after. clients: 1, 8, 32 and 64 HTTP clients that detect
one picture after the other, by the page's API or by ``POST /v1/detect``: detections a second, median, 95th and 99th
percentile of the wait, failures, and the slowest answer of ``/healthz`` meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import statistics
import sys
import tempfile
import threading
import time
import urllib.error
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from benchmarks._measure import finish, machine, say, table
from benchmarks._served import Served
from benchmarks._visitor import Refused, Visitor

PARTS = ("calls", "unread", "clients")
CALLS, UNREAD, EACH = 10_000, 2_000, 8
LEAST = 48  # detections of all clients together: fewer tell no rate
CLIENTS = (1, 8, 32, 64)
SIDE = (220, 300)
FACES = ("page", "v1")
NO_PAGE: dict[str, Any] = {"components": [], "dependencies": []}  # a program never asks for it
MOST_MIB, MOST_RATIO, MOST_HEALTH = 50.0, 2.0, 1.0
BROKEN = (Refused, OSError, urllib.error.URLError, ValueError, KeyError)


class Caller:
    """One HTTP client of the API, without a session of its own."""

    def __init__(self, visitor: Visitor, picture: dict[str, Any]) -> None:
        self._visitor, self._picture = visitor, picture

    def join(self, endpoint: str) -> str:
        """The address at which the answer will be."""
        data = [self._picture, "ppocrv6-small", None, None, None, None] if endpoint == "detect" else []
        return f"/gradio_api/call/{endpoint}/{json.loads(self._visitor.post(f'/gradio_api/call/{endpoint}', {'data': data}))['event_id']}"

    def call(self, endpoint: str) -> bool:
        """Whether the answer is one."""
        try:
            answer = self._visitor.ask("GET", self.join(endpoint))
        except BROKEN:
            return False
        return b"event: complete" in answer and b'"error": {' not in answer


class Program:
    """One HTTP client of ``/v1``."""

    def __init__(self, visitor: Visitor, picture: bytes) -> None:
        self._visitor, self._picture = visitor, picture

    def call(self, endpoint: str) -> bool:
        try:
            answer = json.loads(self._visitor.ask("POST", f"/v1/{endpoint}?model=ppocrv6-small", self._picture))
        except BROKEN:
            return False
        return bool(answer["success"])


class Health:
    """Asks ``/healthz`` again and again; `worst` is the slowest answer so far in seconds."""

    def __init__(self, console: Served) -> None:
        self._console, self._over, self.worst = console, threading.Event(), 0.0
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> Health:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._over.wait(0.1):
            began = time.monotonic()
            status = self._console.health(30.0)
            self.worst = max(self.worst, time.monotonic() - began if status == 200 else math.inf)


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    document: dict[str, Any] = {"machine": machine()}
    with tempfile.TemporaryDirectory(prefix="ocrweb-load-") as place:
        home = Path(place) / "home"
        home.mkdir()
        console = Served(home, Path(place) / "console.log", {"TMPDIR": place}, ("--workers", str(given.workers)))
        console.start()
        try:
            caller = picture_caller(console)
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda _: caller.call("detect"), range(100)))
            if "calls" in given.parts:
                document["calls"] = kept(console, lambda: call_and_read(caller, given.calls), given.calls)
            if "unread" in given.parts:
                document["unread"] = kept(console, lambda: call_only(caller, given.unread), given.unread)
            if "clients" in given.parts:
                document["clients"] = [detecting(console, count, given) for count in given.clients]
                alone = document["clients"][0]
                for row in document["clients"]:
                    row["rate_to_first"] = round(row["a_second"] / alone["a_second"], 2) if alone["a_second"] else None
        finally:
            console.kill(15, patience=60)
    document["held"] = held(document)
    finish("load", document, told(document), as_json=given.json, out=given.out)
    return 0 if document["held"] else 1


def picture_caller(console: Served, side: Sequence[int] = SIDE) -> Caller:
    visitor = Visitor(console.port, timeout=300.0)
    return Caller(visitor, visitor.upload("page.png", drawn(side)))


def client(console: Served, given: argparse.Namespace) -> Caller | Program:
    if given.face == "page":
        return picture_caller(console, given.side)
    return Program(Visitor(console.port, timeout=300.0, config=NO_PAGE), drawn(given.side))


def drawn(side: Sequence[int]) -> bytes:
    """A PNG of so many pixels with lines of text."""
    import cv2
    import numpy as np

    page = np.full((*side, 3), 245, np.uint8)
    for top in range(100, side[0], 150):
        cv2.putText(page, "Total 12.50", (20, top), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 20, 20), 2)
    return bytes(cv2.imencode(".png", page)[1])


def kept(console: Served, work: Any, count: int) -> dict[str, Any]:
    """Resident memory that the console has more after some work, in MiB."""
    resident = psutil.Process(console.pid).memory_info
    before = resident().rss
    began, failures = time.monotonic(), work()
    after = statistics.median(resident().rss for _ in range(5))
    say(f"{count} calls, {failures} refused or failed, {before >> 20} → {int(after) >> 20} MiB")
    return {
        "calls": count, "failures": failures, "seconds": round(time.monotonic() - began, 1),
        "before_mib": round(before / 2**20, 1), "after_mib": round(after / 2**20, 1), "more_mib": round((after - before) / 2**20, 1),
    }  # fmt: skip


def call_and_read(caller: Caller, count: int) -> int:
    """How many of the calls failed."""
    endpoints = [("models", "status")[number % 2] if number % 10 else "detect" for number in range(count)]
    with ThreadPoolExecutor(8) as pool:
        return count - sum(pool.map(caller.call, endpoints))


def call_only(caller: Caller, count: int) -> int:
    """How many of the calls were refused, as a full line may."""
    refused = 0
    for _ in range(count):
        try:
            caller.join("models")
        except Refused as answer:
            if answer.status != 503:
                raise
            refused += 1
    return refused


def detecting(console: Served, clients: int, given: argparse.Namespace) -> dict[str, Any]:
    """So many clients at the same time, each with a picture of its own, which it detects again and again."""
    waits: list[float] = []
    failures: list[str] = []
    each = max(given.each, LEAST // clients)
    callers = [client(console, given) for _ in range(clients)]
    together = threading.Barrier(clients)

    def work(caller: Caller | Program) -> None:
        together.wait()
        for _ in range(each):
            began = time.monotonic()
            if caller.call("detect"):
                waits.append(time.monotonic() - began)
            else:
                failures.append("detect")

    began, before = time.monotonic(), spent(console)
    with Health(console) as health, contextlib.ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(clients))
        list(pool.map(work, callers))
    seconds, processor = time.monotonic() - began, spent(console) - before
    middle, late, latest = (percentile(waits, share) for share in (0.50, 0.95, 0.99))
    say(
        f"{clients} clients: {len(failures)} failures, {middle:.2f} s, 95 %: {late:.2f} s, /healthz {health.worst:.2f} s"
    )
    return {
        "clients": clients, "detections": len(waits), "failures": len(failures), "a_second": round(len(waits) / seconds, 2),
        "median_s": round(middle, 3), "p95_s": round(late, 3), "p99_s": round(latest, 3), "p95_to_median": round(late / middle, 2) if middle else None,
        "worst_health_s": round(health.worst, 3), "processor_s_each": round(processor / max(1, len(waits)), 3),
    }  # fmt: skip


def spent(console: Served) -> float:
    """Processor seconds of the console and of the processes that work for it now."""
    main = psutil.Process(console.pid)
    return sum(sum(process.cpu_times()[:2]) for process in (main, *main.children(recursive=True)))


def percentile(values: list[float], share: float) -> float:
    """0 without values."""
    return sorted(values)[min(len(values) - 1, math.floor(share * len(values)))] if values else 0.0


def held(document: dict[str, Any]) -> bool:
    memory = all(document[part]["more_mib"] <= MOST_MIB for part in ("calls", "unread") if part in document)
    answers = not document.get("calls", {}).get("failures")
    even = all(
        not row["failures"] and row["p95_to_median"] <= MOST_RATIO and row["worst_health_s"] <= MOST_HEALTH
        for row in document.get("clients", [])
    )
    return memory and answers and even


def told(document: dict[str, Any]) -> str:
    parts = []
    memory = [(name, document[name]) for name in ("calls", "unread") if name in document]
    if memory:
        rows = [[name, str(row["calls"]), str(row["failures"]), f"{row['more_mib']:+}"] for name, row in memory]
        parts.append(table(["what", "calls", "failed or refused", "MiB more"], rows))
    if "clients" in document:
        names = (
            "clients",
            "a_second",
            "rate_to_first",
            "median_s",
            "p95_s",
            "p99_s",
            "p95_to_median",
            "failures",
            "worst_health_s",
            "processor_s_each",
        )
        rows = [[str(row[name]) for name in names] for row in document["clients"]]
        parts.append(table([name.replace("_", " ") for name in names], rows))
    return "\n\n".join(parts)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench load", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--unread", type=int, default=UNREAD)
    parser.add_argument("--clients", type=int, nargs="+", default=list(CLIENTS))
    parser.add_argument(
        "--each", type=int, default=EACH, help=f"detections of each client, at least {LEAST} of all together"
    )
    parser.add_argument("--workers", type=int, default=0, help="processes that detect, of `ocrweb serve`")
    parser.add_argument("--face", choices=FACES, default=FACES[0], help="of the clients: the page's API or /v1")
    parser.add_argument("--side", type=int, nargs=2, default=list(SIDE), help="height and width of the picture")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
