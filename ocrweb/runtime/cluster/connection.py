"""Joining a Ray cluster, or starting one on this machine for one job."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from typing import Any

from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import usable_cores

AUTO, LOCAL = "auto", "local"
STORE_BYTES = 100_000_000  # of the object store here: only names and counts pass through it
LONGEST_FOLDER = 40  # bytes: Ray's sockets lie below, and a socket's path has 107
PATIENCE = 10.0  # seconds until a machine answers at all


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """The module `ray`, connected while the block runs. Whoever is connected already stays so.

    address: ``auto``: the cluster that this machine belongs to, without one one of its own; ``local``: always one of its own,
    which ends with the block; ``host:port`` or ``ray://host:port``. Raises `cluster.unreachable`, `cluster.no-token`.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray

    if ray.is_initialized():
        yield ray
        return
    with contextlib.ExitStack() as stack:
        if address == LOCAL or not _joined(ray, address):
            _start(ray, stack)
        stack.callback(ray.shutdown)
        yield ray


def _joined(ray: Any, address: str) -> bool:
    """Whether there is a cluster to join: False for ``auto`` without one."""
    knock(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError, OSError) as failure:
        if address == AUTO and "RAY_ADDRESS" not in os.environ:
            return False
        if _asks_for_token(failure):
            raise OcrwebError("cluster.no-token", address=address) from failure
        reason = str(failure).partition("\n")[0]
        raise OcrwebError("cluster.unreachable", address=address, reason=reason) from failure
    return True


def _asks_for_token(failure: BaseException | None) -> bool:
    """Ray tells it in the text of what the failure came from alone."""
    while failure is not None:
        if "InvalidAuthToken" in str(failure):
            return True
        failure = failure.__cause__ or failure.__context__
    return False


def knock(address: str) -> None:
    """Whether a machine that is named answers, before anything is begun. Raises `cluster.unreachable`."""
    if address in (AUTO, LOCAL):
        return
    host, _, port = address.rpartition("://")[2].rstrip("/").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, ValueError, OverflowError) as failure:
        raise OcrwebError("cluster.unreachable", address=address, reason=str(failure)) from failure


def _start(ray: Any, stack: contextlib.ExitStack) -> None:
    parent = tempfile.gettempdir()
    folder = tempfile.mkdtemp(
        prefix="ocrweb-ray-", dir=parent if len(os.fsencode(parent)) < LONGEST_FOLDER - 20 else "/tmp"
    )
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    ray.init(
        address=LOCAL,
        num_cpus=usable_cores(),
        object_store_memory=STORE_BYTES,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        _temp_dir=folder,
    )
