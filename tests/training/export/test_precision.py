"""The network in the precision that was asked for, and what int8 is judged by while layers are chosen."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ocrweb.config.detection import ResizeOptions
from ocrweb.data.icdar import read_split
from ocrweb.model.architecture import published_graph
from ocrweb.render.dataset import render_dataset
from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.transform import PageTransform
from ocrweb.training.export import precision as export_precision
from ocrweb.training.export import quantize
from ocrweb.training.export.measure import blobs_of, detector_of
from ocrweb.training.export.precision import lost_hmean, onnx_engine, write_int8, write_network


class Blind:
    """A network that sees nothing."""

    name, device, fixed_size = "onnx", "CPU", None

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, batch: np.ndarray) -> np.ndarray:
        return np.zeros((len(batch), *batch.shape[2:]), np.float32)

    def close(self) -> None:
        """Nothing to free."""


def test_the_hmean_lost_is_that_on_the_labelled_calibration_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render_dataset(tmp_path / "data", 2, 0, 0, kind="label")
    chosen = tuple(sample.image for sample in read_split(tmp_path / "data", "train")[:1])
    detector = detector_of(onnx_engine(published_graph()), resolve("ppocrv6-small").card)
    lost = lost_hmean(detector, str(tmp_path / "data"), chosen)
    assert lost(published_graph()) == 0
    monkeypatch.setattr(export_precision, "onnx_engine", Blind)
    assert lost(published_graph()) > 0.5
    assert lost_hmean(detector, None, ())(published_graph()) == 0


def test_calibration_pictures_are_as_large_as_users_pictures() -> None:
    """Ranges of activations depend on the size of the text."""
    detector = detector_of(onnx_engine(published_graph()), resolve("ppocrv6-small").card)
    (blob,) = blobs_of(detector, [np.full((1600, 1200, 3), 255, np.uint8)])
    assert blob.shape == (1, 3, 1280, 960)


@pytest.mark.parametrize(
    ("precision", "written", "stages"),
    [
        ("fp32", b"as it is", []), ("fp16", b"half of as it is", [("half", 0.3)]),
        ("int8", b"int8 of as it is", [("calibrate", 0.3)]),
    ],
)  # fmt: skip
def test_the_network_is_written_in_the_precision_that_was_asked_for(
    precision: str, written: bytes, stages: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, out, told = tmp_path / "reference.onnx", tmp_path / "model.onnx", list[Any]()
    reference.write_bytes(b"as it is")
    spec: Any = SimpleNamespace(precision=precision)

    def int8(given: Any, network: Path, target: Path, tell: Any) -> dict[str, Any]:
        assert given is spec
        tell("calibrate", 0.3)
        target.write_bytes(b"int8 of " + network.read_bytes())
        return {"layers": 3}

    monkeypatch.setattr(quantize, "to_float16", lambda network, target: target.write_bytes(b"half of " + network.read_bytes()))  # fmt: skip
    monkeypatch.setattr(export_precision, "write_int8", int8)
    quantised = write_network(spec, reference, out, lambda *stage: told.append(stage))
    assert (out.read_bytes(), told) == (written, stages)
    assert quantised == ({"layers": 3} if precision == "int8" else None)


def bars(*rows: int) -> np.ndarray:
    """A map with a bar of text at each of these heights."""
    shown = np.zeros((96, 128), np.float32)
    for row in rows:
        shown[row : row + 12, 20:80] = 0.9
    return shown


class Sees:
    """A network that finds these bars in whatever picture."""

    def __init__(self, *rows: int) -> None:
        self.map = bars(*rows)

    def run(self, blob: np.ndarray) -> np.ndarray:
        return self.map[None]


class Looking:
    """A detector that remembers under which rule it was given which pictures."""

    card = ModelCard(name="a", threshold=0.3, box_threshold=0.5)

    def __init__(self, *rows: int) -> None:
        self.loaded, self.asked = SimpleNamespace(engine=Sees(*rows)), list[Any]()

    def prepare(self, picture: Any, rule: ResizeOptions | None = None) -> Any:
        self.asked.append((picture, rule))
        return SimpleNamespace(blob=picture, page=PageTransform.stretched(128, 96, 128, 96))


@pytest.mark.parametrize(
    ("there", "found", "changed"),
    [((10, 40, 70), (10, 40, 70), 0.0), ((10, 40, 70), (10,), 0.5), ((10,), (), 1.0), ((), (), 0.0)],
)
def test_a_network_is_as_wrong_as_the_share_of_boxes_that_it_changes_and_a_tenth_of_its_maps(
    there: tuple[int, ...], found: tuple[int, ...], changed: float
) -> None:
    detector: Any = Looking(*there)
    loss = export_precision._loss(detector, [Path("a.png"), Path("b.png")], 480, lambda path: Sees(*found))  # type: ignore[arg-type, return-value]
    off = float(np.abs(bars(*there) - bars(*found)).mean())
    assert loss(Path("other.onnx")) == pytest.approx(changed + off / 10)
    assert [path for path, _ in detector.asked] == [Path("a.png"), Path("b.png")]
    assert {rule.limit_side for _, rule in detector.asked} == {480}
    export_precision._loss(detector, [Path("c.png")], None, lambda path: Sees())  # type: ignore[arg-type, return-value]
    assert detector.asked[-1] == (Path("c.png"), None)


@pytest.mark.parametrize("calibration", [tuple(Path(f"{number}.png") for number in range(9)), ()])
def test_int8_is_judged_by_boxes_and_by_hmean_and_says_what_stayed_float32(
    calibration: tuple[Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loss of 1 is what is allowed: 3 % of the boxes, or the hmean that may be lost."""
    seen, stages = dict[str, Any](), list[Any]()
    monkeypatch.setattr(export_precision, "detector_of", lambda engine, card: f"{card} on {engine}")
    monkeypatch.setattr(export_precision, "onnx_engine", lambda path: f"onnx of {path.name}")
    monkeypatch.setattr(export_precision, "blobs_of", lambda detector, pictures: (detector, len(pictures)))
    monkeypatch.setattr(export_precision, "render_page", lambda kind, seed: SimpleNamespace(pixels=seed))
    shares = {"boxes.onnx": (0.06, 0.0), "hmean.onnx": (0.0, 0.02), "fine.onnx": (0.00012345, 0.0)}

    def loss(detector: str, pictures: list[Any], limit: int | None, run: Any) -> Any:
        seen[f"of {limit}"] = (detector, pictures, run)
        return lambda network: shares[network.name][0]

    def lost(detector: str, dataset: str, chosen: Any, run: Any) -> Any:
        seen["hmean"] = (dataset, chosen, run)
        return lambda network: shares[network.name][1]

    def search(quantizer: Any, out: Path, loss: Any, *, enough: float, probe: Any, on_step: Any) -> Any:
        seen["probe"] = probe
        seen["losses"] = [loss(Path(name)) for name in ("boxes.onnx", "hmean.onnx")]
        for kept in (0, 1, 32):
            on_step(kept)
        assert enough == 1
        return quantize.Quantized(0.5, ("a", "b"), ((0, 2.00049), (2, 0.5)))

    def quantizer(network: Path, blobs: Any, work: Path) -> Any:
        seen["calibrated"] = (network, blobs, work)
        return SimpleNamespace(layers=["a", "b", "c"])

    monkeypatch.setattr(export_precision, "_loss", loss)
    monkeypatch.setattr(export_precision, "lost_hmean", lost)
    monkeypatch.setattr(quantize, "Quantizer", quantizer)
    monkeypatch.setattr(quantize, "quantize", search)
    spec: Any = SimpleNamespace(card="card", calibration=calibration, dataset="/data", work=tmp_path)
    engine: Any = lambda path: "other"  # noqa: E731
    made = write_int8(spec, Path("r.onnx"), Path("fine.onnx"), lambda *stage: stages.append(stage), engine, 0.01)
    pictures = list(calibration) or list(range(20))
    detector = "card on onnx of r.onnx"
    assert seen["calibrated"] == (Path("r.onnx"), (detector, len(pictures)), tmp_path)
    assert seen["of None"] == (detector, pictures[:6], engine)
    assert seen["of 480"] == (detector, pictures[:2], export_precision.onnx_engine)
    assert seen["hmean"] == ("/data", calibration, engine)
    assert seen["losses"] == [pytest.approx(2.0), pytest.approx(2.0)]
    assert stages == [("calibrate", 0.3), ("quantise", 0.35), ("choose", 0.36), ("choose", pytest.approx(0.43))]
    assert made == {
        "calibration": "dataset" if calibration else "rendered", "pictures": len(pictures), "layers": 3,
        "kept_float32": ["a", "b"], "changed_boxes": 0.0001,
        "tried": [{"kept": 0, "of_allowed": 2.0}, {"kept": 2, "of_allowed": 0.5}],
    }  # fmt: skip
