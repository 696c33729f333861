from __future__ import annotations

import subprocess
import sys

import pytest

from ocrweb.runtime import device, paddle_env


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(paddle_env, "usable_cores", lambda: 8)
    monkeypatch.setattr(paddle_env, "cpu_vendor", lambda: "AuthenticAMD")
    return monkeypatch


def test_amd_gets_the_switch_and_the_threads_together(machine: pytest.MonkeyPatch) -> None:
    assert paddle_env.machine_environment(environ={}) == {
        "MKL_DEBUG_CPU_TYPE": "5",
        "OMP_NUM_THREADS": "8",
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    }


@pytest.mark.parametrize("vendor", ["GenuineIntel", "", "arm"])
def test_other_processors_get_threads_only(machine: pytest.MonkeyPatch, vendor: str) -> None:
    machine.setattr(paddle_env, "cpu_vendor", lambda: vendor)
    assert "MKL_DEBUG_CPU_TYPE" not in paddle_env.machine_environment(environ={})
    assert paddle_env.machine_environment(environ={})["OMP_NUM_THREADS"] == "8"


@pytest.mark.parametrize(("processes", "threads"), [(1, "8"), (2, "4"), (3, "2"), (20, "1"), (0, "8")])
def test_processes_share_the_cores(machine: pytest.MonkeyPatch, processes: int, threads: str) -> None:
    assert paddle_env.machine_environment(processes, environ={})["OMP_NUM_THREADS"] == threads


def test_the_users_own_values_stay(machine: pytest.MonkeyPatch) -> None:
    machine.setenv("OMP_NUM_THREADS", "3")
    machine.setenv("MKL_DEBUG_CPU_TYPE", "4")
    machine.setenv("CUDA_DEVICE_ORDER", "FASTEST_FIRST")
    assert paddle_env.machine_environment() == {}
    child = paddle_env.child_environment()
    assert (child["OMP_NUM_THREADS"], child["MKL_DEBUG_CPU_TYPE"]) == ("3", "4")


def test_at_least_one_core_is_usable() -> None:
    assert paddle_env.usable_cores() >= 1


def test_asking_does_not_import_paddle() -> None:
    program = (
        "import sys; from ocrweb.runtime.paddle_env import child_environment; child_environment(); "
        "assert 'paddle' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize(("granted", "cores"), [(None, 6), (4, 4), (6, 6), (9, 6), (0, 1), (-1, 1)])
def test_what_a_scheduler_grants_is_no_more_than_what_is_there_and_never_nothing(
    granted: int | None, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paddle_env, "_found_cores", lambda: 6)
    monkeypatch.setattr(paddle_env, "_granted", None)
    paddle_env.grant_cores(granted)
    assert paddle_env.usable_cores() == cores
    paddle_env.grant_cores(None)
    assert paddle_env.usable_cores() == 6


@pytest.mark.parametrize(("processes", "threads"), [(1, 6), (2, 3), (4, 1), (7, 1), (0, 6)])
def test_processes_that_run_networks_side_by_side_share_the_cores(
    processes: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "usable_cores", lambda: 6)
    monkeypatch.setattr(device, "_sharing", 1)
    device.share_cores(processes)
    assert device.cpu_threads() == threads
