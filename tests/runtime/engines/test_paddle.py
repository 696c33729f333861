"""Paddle inference folders and PaddleOCR's official models: the same map as the network gives elsewhere."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from ocrweb.errors import OcrwebError
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.engines import official
from ocrweb.runtime.engines.load import load_engine
from ocrweb.runtime.engines.paddle import PaddleEngine

OFFICIAL = "PP-OCRv5_mobile_det"

SAVE = """
import sys
import paddle

class Brightness(paddle.nn.Layer):
    def __init__(self):
        super().__init__()
        self.scale = self.create_parameter([1], default_initializer=paddle.nn.initializer.Constant(1.0))

    def forward(self, x):
        return paddle.clip(x.mean(axis=1, keepdim=True) * self.scale, 0.0, 1.0)

network = Brightness()
network.eval()
spec = [paddle.static.InputSpec([None, 3, None, None], "float32", name="x")]
paddle.jit.save(network, sys.argv[1] + "/inference", input_spec=spec)
"""

SETTINGS = f"""
Global: {{model_name: {OFFICIAL}}}
PreProcess:
  transform_ops:
  - DecodeImage: {{img_mode: BGR, channel_first: false}}
  - DetResizeForTest: {{resize_long: 960}}
  - NormalizeImage: {{mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2], order: hwc, scale: 1./255.}}
  - ToCHWImage: null
PostProcess: {{name: DBPostProcess, thresh: 0.3, box_thresh: 0.5, unclip_ratio: 1.5}}
"""

RUN = """
import sys
from pathlib import Path
import numpy as np
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.engines.load import load_engine
loaded = load_engine(resolve(sys.argv[1]), device="cpu")
for shape in ((1, 3, 64, 96), (2, 3, 32, 64)):
    batch = np.random.default_rng(0).random(shape, np.float32)
    answer = loaded.engine.run(batch)
    assert answer.shape == (shape[0], *shape[2:]), answer.shape
    assert np.abs(answer - batch.mean(axis=1)).max() < 1e-5
print(loaded.engine.name, "|", loaded.engine.device)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCRWEB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path / "paddlex"))
    return tmp_path


def in_a_child(code: str, *arguments: str) -> str:
    """Paddle changes the threads of the process that imports it, so tests leave it to children."""
    child = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=240, check=False
    )
    assert child.returncode == 0, child.stderr[-3000:]
    return child.stdout.strip().splitlines()[-1] if child.stdout.strip() else ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Paddle inference folder of a network that answers the brightness."""
    made = tmp_path_factory.mktemp("inference")
    script = tmp_path_factory.mktemp("script") / "save.py"  # a file: Paddle reads the source of what it saves
    script.write_text(SAVE, encoding="utf-8")
    in_a_child(f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')", str(made))
    (made / "inference.yml").write_text(SETTINGS, encoding="utf-8")
    return made


@pytest.mark.slow
def test_a_paddle_folder_runs_with_paddle(folder: Path) -> None:
    assert in_a_child(RUN, str(folder)).startswith("paddle | CPU, Paddle f32")


@pytest.mark.slow
def test_an_official_model_that_was_downloaded_runs_offline_with_its_own_settings(folder: Path, home: Path) -> None:
    kept = home / "paddlex" / "official_models" / OFFICIAL
    kept.parent.mkdir(parents=True)
    kept.symlink_to(folder, target_is_directory=True)
    card = resolve(OFFICIAL).card
    assert (card.mean, card.threshold, card.box_threshold) == ((0.5, 0.5, 0.5), 0.3, 0.5)
    assert in_a_child(RUN, OFFICIAL).startswith("paddleocr | CPU, PaddleOCR f32")


def test_an_official_model_that_is_not_there_is_soon_answered_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(official, "online", lambda: False)
    with pytest.raises(OcrwebError) as caught:
        load_engine(resolve(OFFICIAL), device="cpu")
    assert caught.value.code == "model.offline"
    assert "ppocrv6-small" in caught.value.hint("en")
    assert "paddleocr" not in sys.modules


def test_no_source_answering_is_offline_within_the_patience() -> None:
    assert not official.online(("https://127.0.0.1:9/", "https://127.0.0.1:10/"), patience=2.0)


def test_a_source_that_hangs_does_not_hold_up_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(official, "_answers", lambda url, patience: answered.wait())
    assert not official.online(("https://a.invalid",), patience=0.05)
    assert not answered.is_set(), "it was not waited for"
    answered.set()


def test_one_source_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(official, "_answers", lambda url, patience: url.endswith("b"))
    assert official.online(("a", "b"))


def test_a_folder_without_its_weights_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "inference.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OcrwebError) as caught:
        PaddleEngine(tmp_path, threads=1)
    assert caught.value.code == "model.damaged"


def test_names_are_those_that_paddleocr_knows() -> None:
    """Read as text: importing PaddleX loads Paddle."""
    import importlib.util

    spec = importlib.util.find_spec("paddlex")
    assert spec is not None
    assert spec.origin is not None
    listed = Path(spec.origin).parent / "inference" / "utils" / "official_models.py"
    source = listed.read_text(encoding="utf-8")
    assert [name for name in official.NAMES if f'"{name}"' not in source] == []
    assert np.unique(official.NAMES).size == len(official.NAMES)
