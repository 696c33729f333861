"""`import ocrweb` gives five names, loads nothing until one is used, and a call writes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ocrweb
from ocrweb.render.dataset import render_dataset

ROOT = Path(__file__).parent.parent
CALLS = """
import json, sys
import ocrweb
from pathlib import Path
folder = sys.argv[1]
one = ocrweb.detect(min(Path(folder, "test_images").iterdir()))
needless = [name for name in sys.modules if name.startswith(("ocrweb.data", "ocrweb.evaluation", "onnxruntime", "onnx", "gradio", "paddle"))]
samples = ocrweb.read_dataset(folder, "test")
picture = samples[0].image
other = ocrweb.Detector("ppocrv6-small").detect(picture.read_bytes())
score = ocrweb.evaluate(folder)
print(json.dumps({
    "samples": len(samples), "boxes": [len(one.regions), len(other.regions)], "error": str(one.error or other.error or ""),
    "needless": needless, "ok": ocrweb.validate(folder).ok, "pictures": score.score.pictures, "hmean": score.score.hmean,
}))
"""


def python(code: str, *arguments: str, **environment: str) -> str:
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=given, capture_output=True, text=True, cwd="/", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_these_names_are_public_and_no_others() -> None:
    assert sorted(ocrweb.__all__) == ["Detector", "detect", "evaluate", "read_dataset", "validate"]
    assert dir(ocrweb) == sorted([*ocrweb.__all__, "__version__"])
    for name in ocrweb.__all__:
        assert getattr(ocrweb, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'train'"):
        ocrweb.train  # type: ignore[attr-defined] # noqa: B018


def test_an_import_loads_nothing_but_itself() -> None:
    loaded = python("import ocrweb, sys; print([n for n in sys.modules if n.startswith(('ocrweb', 'numpy', 'cv2'))])")
    assert loaded.strip() == "['ocrweb']"


def test_every_call_works_without_a_data_root_that_can_be_written(tmp_path: Path) -> None:
    dataset, blocked = tmp_path / "data", tmp_path / "file"
    render_dataset(dataset, train=1, test=2, seed=3)
    blocked.write_text("a file, where a data root cannot be made")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    answer = json.loads(python(CALLS, str(dataset), OCRWEB_HOME=str(blocked / "home")).splitlines()[-1])
    assert answer["error"] == ""
    assert answer["samples"] == answer["pictures"] == 2
    assert answer["boxes"][0] == answer["boxes"][1] > 0
    assert answer["hmean"] > 0.5
    assert answer["ok"]
    assert answer["needless"] == [], "what a script's first result was kept waiting for"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
