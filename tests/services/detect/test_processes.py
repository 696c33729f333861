"""Detection in processes of its own begins and ends with what it was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocrweb.services.detect.processes import detecting_in, living
from ocrweb.services.detect.request import DetectRequest
from ocrweb.services.line import network
from ocrweb.services.line.waiting import AT_ONCE
from tests.runtime.networks import save_brightness


def test_a_detection_is_the_same_in_a_process_and_none_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    request = DetectRequest(str(save_brightness(tmp_path / "m.onnx")))
    page = np.zeros((96, 160, 3), np.uint8)
    page[30:60, 20:120] = 255
    here = request.detector().detect(page)
    with detecting_in(1):
        there = request.detector().detect(page)
        assert living() == 1
    assert living() == 0
    assert here.to_dict()["boxes"] == there.to_dict()["boxes"] != []
    assert "1 processes" in there.device
    assert "processes" not in request.detector().device


@pytest.mark.parametrize(("processes", "at_once"), [(0, AT_ONCE), (1, 2), (4, 5)])
def test_as_many_pictures_are_at_work_as_processes_and_one_more(
    monkeypatch: pytest.MonkeyPatch, processes: int, at_once: int
) -> None:
    line = network.WaitingLine(lambda: 0.0)
    monkeypatch.setattr(network, "network_line", line)
    network.serve_processes(processes)
    assert line.at_once == at_once
