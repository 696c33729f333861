"""Weights that are no detector of ours are refused where a run or an export is asked for, before anything loads Paddle."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ocrweb.config import paths
from ocrweb.config.training import TrainingConfig
from ocrweb.errors import OcrwebError
from ocrweb.model.pdparams import write_pdparams
from ocrweb.runtime.catalogue import resolve
from ocrweb.services.exporting.plan import ExportRequest, plan_export
from ocrweb.services.models import weights
from ocrweb.services.training.runs import prepare_run
from tests.sample_pages import sample_pages

Make = Callable[[Path], object]
OPTIMIZER = {"neck.in5_conv.weight_moment1_0": np.zeros((2, 2)), "beta1_pow_acc_0": np.zeros(1)}


def of(*names: str) -> Make:
    return lambda path: write_pdparams(dict.fromkeys(names, np.zeros((2, 2))), path)


def truncated(path: Path) -> None:
    write_pdparams({"head.binarize.conv1.weight": np.zeros((64, 64))}, path)
    path.write_bytes(path.read_bytes()[:-1000])


STRANGERS = {
    "recogniser": (of("backbone.conv1.weight", "head.ctc_head.fc.weight"), "weights.of-recognition"),
    "other detector": (of("Student.head.binarize.conv1.weight"), "weights.of-other-detector"),
    "classifier": (of("conv1.weight", "head.fc.weight"), "weights.unknown-architecture"),
    "optimizer": (lambda path: write_pdparams(OPTIMIZER, path), "weights.unknown-architecture"),
    "truncated": (truncated, "weights.damaged"),
}


@pytest.mark.parametrize(("make", "code"), STRANGERS.values(), ids=STRANGERS)
def test_a_stranger_is_refused_before_a_run_or_an_export_is_made_of_it(make: Make, code: str, tmp_path: Path) -> None:
    file, data = tmp_path / "theirs.pdparams", tmp_path / "data"
    make(file)
    sample_pages(data, train=1, test=0)
    for work in (
        lambda: prepare_run(TrainingConfig(dataset=str(data), model=str(file))),
        lambda: plan_export(ExportRequest(str(file))),
    ):
        with pytest.raises(OcrwebError) as caught:
            work()
        assert (caught.value.code, caught.value.params["path"]) == (code, str(file))
    assert not any(
        folder.is_dir() for place in (paths.workdirs_dir(), paths.exports_dir()) for folder in place.glob("*")
    )


def test_an_import_and_a_conversion_refuse_without_paddle(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    file = tmp_path / "given" / "theirs.pdparams"
    of("head.ctc_head.fc.weight")(file)
    code = (
        "import json, sys; from pathlib import Path; sys.modules['paddle'] = None\n"
        "from ocrweb.errors import OcrwebError\n"
        "from ocrweb.training.export.convert import convert\n"
        "from ocrweb.training.importing.steps import import_file\n"
        f"file, out = Path({str(file)!r}), Path({str(tmp_path)!r})\n"
        "told = []\n"
        "for work in (lambda: import_file(file, out, 'theirs', 'theirs', lambda *stage: None), lambda: convert(file, out / 'x')):\n"
        "    try: work()\n"
        "    except OcrwebError as error: told.append(error.code)\n"
        "print(json.dumps(told))"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(child.stdout) == ["weights.of-recognition"] * 2


@pytest.mark.parametrize("printed", ["", "Killed", "{}"])
def test_a_process_that_says_nothing_refuses_nothing(
    printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work itself reads the file again, and says what is wrong."""
    ended = subprocess.CompletedProcess([], -9, printed, "")
    monkeypatch.setattr(weights, "run_module", lambda *given, **named: ended)
    of("x")(tmp_path / "theirs.pdparams")
    with pytest.raises(ValueError, match="exit -9"):
        weights.network_of(tmp_path / "theirs.pdparams")
    weights.refuse_foreign(resolve(str(tmp_path / "theirs.pdparams")))
