"""Whole exports of a small network: what is in the folder, that it runs elsewhere, and that nothing half stays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
import yaml

from ocrweb.data.render.dataset import render_dataset
from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import CARD_KEY, ModelCard, embed_card
from ocrweb.runtime.catalogue import list_models
from ocrweb.runtime.entry import card_of_paddle, from_onnx
from ocrweb.services import export as service
from ocrweb.services import export_child
from ocrweb.services.detection import DetectRequest, detect_picture
from ocrweb.services.export import delete_export, exported_report, run_export
from ocrweb.services.export_jobs import archive_of, cancel_export, export_job, list_exports, start_export
from ocrweb.services.export_plan import ExportRequest
from ocrweb.services.golden import shipped_pictures
from ocrweb.training.parity import paired_shifts
from tests.model.graphs import detector as draw_network

MAP_PIXEL = {"dynamic": 1400 / 1280, "640x800": 1400 / 640}  # of the tallest picture, in its own pixels
ONNXRUNTIME = Path(os.environ.get("ONNXRUNTIME", "/usr"))
HEADERS = [*ONNXRUNTIME.glob("include/onnxruntime_cxx_api.h"), *ONNXRUNTIME.glob("include/*/onnxruntime_cxx_api.h")]
OPENCV = os.environ.get("OPENCV_DIR") or list(Path("/usr/lib").glob("*/cmake/opencv4/OpenCVConfig.cmake"))
SAMPLES = Path(service.__file__).parent.parent / "assets" / "samples"
FORMS = {
    "model.onnx", "model.yml", "report.json", "rapidocr.yml",
    "openvino/model.xml", "openvino/model.bin",
    "paddle/inference.json", "paddle/inference.pdiparams", "paddle/inference.yml",
    "samples/detect.py", "samples/detect.cpp", "samples/CMakeLists.txt",
}  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> str:
    """A network of a few layers, with a card."""
    (tmp_path / "small.yml").write_text(
        "name: small\nlimit_side: 320\nthreshold: 0.25\nlicence: MIT\nmetrics: {hmean: 0.5}\n"
    )
    return str(draw_network(tmp_path / "small.onnx"))


def staging_left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".export-")]


@pytest.mark.slow
def test_an_export_is_a_folder_and_a_zip_that_detects_at_once(small: str, home: Path) -> None:
    stages: list[str] = []
    report = run_export(ExportRequest(small), lambda stage, share: stages.append(stage))
    assert report.passed, report.to_dict("en")
    folder = home / "exports" / "small-dynamic-fp32"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == FORMS == set(report.files)
    assert "opencv" in report.to_dict()["missing_forms"]  # it cannot read this network, and says why
    assert staging_left(folder.parent) == []
    with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
        assert {name.partition("/")[2] for name in archive.namelist()} == FORMS
    assert stages[0] == "load"
    assert stages[-1] == "done"

    document = json.loads((folder / "report.json").read_text())
    assert document["path"] == str(folder)
    assert document["parity"]["max_abs_diff"] <= 1e-4
    assert document["parity"]["pictures"] == 3
    assert set(document["speed"]["engines"]) >= {"paddle", "onnx", "openvino"}
    assert document["hmean"] is None
    assert document["memory_mib"]["peak"] > 0

    model = onnx.load(str(folder / "model.onnx"))
    known = {item.key: item.value for item in model.metadata_props}
    assert (known["threshold"], known["licence"], known["size"], known["limit_side"]) == (
        "0.25",
        "MIT",
        "dynamic",
        "320",
    )
    assert json.loads(known["metrics"]) == {"hmean": 0.5}
    card = yaml.safe_load((folder / "model.yml").read_text())
    assert card["export"]["input"] == {"name": "picture", "shape": ["N", 3, "H", "W"], "type": "float32"}
    assert card_of_paddle(folder / "paddle").threshold == 0.25  # type: ignore[union-attr]

    assert "small-dynamic-fp32" in [entry.name for entry in list_models() if entry.available]
    picture = shipped_pictures()[0]
    ours, theirs = (detect_picture(picture, DetectRequest(name, engine="onnx")).result for name in (small, folder.name))
    assert [region.quad.tolist() for region in theirs.regions] == [region.quad.tolist() for region in ours.regions]
    assert list_exports() == [folder.name]
    assert exported_report(folder.name) == document
    assert archive_of(folder.name)
    delete_export(folder.name)
    assert list((home / "exports").iterdir()) == []


@pytest.mark.slow
def test_int8_of_a_fixed_size_is_calibrated_and_measured_on_a_dataset(small: str, tmp_path: Path) -> None:
    render_dataset(tmp_path / "data", 2, 1, 0, kind="label")
    out = tmp_path / "here" / "mine"
    report = run_export(ExportRequest(small, "320x480", "int8", out, str(tmp_path / "data")))
    document = report.to_dict("en")
    assert document["hmean"]["pictures"] == 1
    assert document["details"]["quantised"]["calibration"] == "dataset"
    assert document["speed"]["ratio_to_fp32"] > 0
    assert document["parity"]["pictures"] == 4
    if report.passed:  # noise has boxes that int8 may move: both answers are right, half a folder is not
        graph = onnx.load(str(out / "model.onnx")).graph
        assert [axis.dim_value for axis in graph.input[0].type.tensor_type.shape.dim][2:] == [320, 480]
        assert document["missing_forms"]["rapidocr"]
    else:
        assert document["path"] is None
        assert not out.exists()
    assert staging_left(out.parent) == []


@pytest.mark.slow
def test_fp16_keeps_float32_at_both_ends_and_passes(small: str, home: Path) -> None:
    report = run_export(ExportRequest(small, precision="fp16"))
    assert report.path is not None, report.to_dict("en")
    model = onnx.load(str(report.path / "model.onnx"))
    onnx.checker.check_model(model)
    assert report.measured["details"]["input"]["type"] == report.measured["details"]["output"]["type"] == "float32"
    assert onnx.TensorProto.FLOAT16 in {item.data_type for item in model.graph.initializer}
    assert report.measured["parity"]["onnx"]["max_abs_diff"] > 0


@pytest.mark.slow
def test_a_paddle_inference_folder_becomes_onnx(small: str, home: Path, tmp_path: Path) -> None:
    first = run_export(ExportRequest(small))
    assert first.path is not None
    again = run_export(ExportRequest(str(first.path / "paddle"), out=tmp_path / "again"))
    assert again.passed, again.to_dict("en")
    assert again.measured["parity"]["onnx"]["max_abs_diff"] <= 1e-4


def fake_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> None:
    """A child that does what `body` says, with the specification as ``spec``."""
    (tmp_path / "fake_export_job.py").write_text(
        "import json, sys, time, os, pathlib\nspec = json.load(open(sys.argv[1]))\ntarget = pathlib.Path(spec['target'])\n"
        "def say(**event): print(json.dumps(event), flush=True)\n" + body
    )
    monkeypatch.setattr(export_child, "JOB", "fake_export_job")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


MEASURED = {
    "kind": "measured",
    "parity": {"onnx": {"max_abs_diff": 1e-5, "mean_abs_diff": 1e-7, "agreement": 1.0, "within_one_pixel": 1.0,
                        "worst_shift": 0.0, "boxes": [3, 3]}},
    "speed": {"size": [960, 960], "engines": {"onnx": {"best_ms": 5.0, "median_ms": 6.0, "engine": "CPU"}}},
    "memory_mib": None, "hmean": None, "details": {"quantised": None, "precision": "fp32"}, "forms": {"missing": {}},
}  # fmt: skip


def writes_then_says(**event: Any) -> str:
    return f"(target / 'model.onnx').write_text('a network')\nsay(**json.loads({json.dumps(json.dumps(event))}))\n"


def test_a_refused_export_leaves_nothing_and_says_by_how_much(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    far = {**MEASURED["parity"]["onnx"], "max_abs_diff": 0.02}  # type: ignore[index]
    fake_child(monkeypatch, tmp_path, writes_then_says(**{**MEASURED, "parity": {"onnx": far}}))
    report = run_export(ExportRequest("ppocrv6-small"))
    assert not report.passed
    document = report.to_dict("en")
    assert (document["path"], document["archive"], document["files"]) == (None, None, [])
    assert "2.0e-02" in document["problems"][0]["message"]
    assert list((home / "exports").iterdir()) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("say(kind='error', code='weights.damaged', where=None, params=dict(path='a', size=3))", "weights.damaged"),
        ("print('std::bad_alloc error', file=sys.stderr); os._exit(3)", "export.crashed"),
        ("say(kind='error', code='usage.disk-full', where=None, params=dict(path='/x'))", "usage.disk-full"),
    ],
    ids=["damaged", "died", "disk"],
)
def test_a_failed_child_is_a_coded_answer_and_no_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path, body: str, code: str
) -> None:
    fake_child(monkeypatch, tmp_path, "(target / 'half.onnx').write_text('x')\n" + body)
    with pytest.raises(OcrwebError) as caught:
        run_export(ExportRequest("ppocrv6-small"))
    assert caught.value.code == code
    assert list((home / "exports").iterdir()) == []


@pytest.mark.parametrize(("full", "code"), [(2**62, "usage.disk-full"), (0, "export.crashed")], ids=["full", "free"])
def test_what_libraries_raise_on_a_full_disk_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path, full: int, code: str
) -> None:
    (tmp_path / "fake_export_job.py").write_text(
        "import sys\nfrom ocrweb.training import export_job, export_steps\n"
        "def export(*_): raise RuntimeError('basic_ios::clear: iostream error')\n"
        f"export_steps.export, export_job.NEARLY_FULL = export, {full}\nsys.exit(export_job.main())\n"
    )
    monkeypatch.setattr(export_child, "JOB", "fake_export_job")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(OcrwebError) as caught:
        run_export(ExportRequest("ppocrv6-small"))
    assert caught.value.code == code
    assert list((home / "exports").iterdir()) == []


def test_a_zip_that_finds_no_room_names_the_folder_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    def no_room(folder: Path) -> Path:
        raise OcrwebError("usage.disk-full", path=str(folder.parent))

    fake_child(monkeypatch, tmp_path, writes_then_says(**MEASURED))
    monkeypatch.setattr(service, "zip_outputs", no_room)
    with pytest.raises(OcrwebError) as caught:
        run_export(ExportRequest("ppocrv6-small"))
    assert caught.value.params["path"] == str(home / "exports")
    assert list((home / "exports").iterdir()) == []


def test_temporary_files_of_the_child_go_with_the_export(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    place = tmp_path / "place"
    body = f"import tempfile\npathlib.Path({str(place)!r}).write_text(tempfile.mkdtemp())\nos._exit(3)"
    fake_child(monkeypatch, tmp_path, body)
    with pytest.raises(OcrwebError):
        run_export(ExportRequest("ppocrv6-small"))
    assert not Path(place.read_text()).exists()
    with pytest.raises(OcrwebError):
        run_export(ExportRequest("ppocrv6-small", out=tmp_path / "导出" / "mine"))
    assert place.read_text().isascii()  # the converter garbles other names
    assert not Path(place.read_text()).exists()


def test_with_bf16_refused_no_card_of_the_export_allows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    embed_card(ModelCard(name="small", bf16=True), draw_network(tmp_path / "drawn.onnx"))
    far = {**MEASURED["parity"]["onnx"], "agreement": 0.5}  # type: ignore[index]
    parity = {**MEASURED["parity"], "openvino-bf16": far}  # type: ignore[dict-item]
    body = (
        f"import shutil\nshutil.copy({str(tmp_path / 'drawn.onnx')!r}, target / 'model.onnx')\n"
        "(target / 'model.yml').write_text('name: small\\nbf16: true\\nexport: {opset: 11}\\n')\n"
    )
    fake_child(
        monkeypatch, tmp_path, body + f"say(**json.loads({json.dumps(json.dumps({**MEASURED, 'parity': parity}))}))\n"
    )
    report = run_export(ExportRequest("ppocrv6-small"))
    assert report.path is not None
    assert list(report.verdict.withdrawn) == ["openvino-bf16"]
    assert yaml.safe_load((report.path / "model.yml").read_text())["bf16"] is False
    alone = shutil.copy(report.path / "model.onnx", tmp_path / "alone.onnx")
    assert from_onnx(Path(alone), "alone").card.bf16 is False


def test_an_earlier_export_stays_when_the_new_one_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    fake_child(monkeypatch, tmp_path, writes_then_says(**MEASURED))
    first = run_export(ExportRequest("ppocrv6-small"))
    assert first.path is not None
    fake_child(monkeypatch, tmp_path, "os._exit(3)")
    with pytest.raises(OcrwebError):
        run_export(ExportRequest("ppocrv6-small"))
    assert (first.path / "model.onnx").read_text() == "a network"
    fake_child(monkeypatch, tmp_path, writes_then_says(**MEASURED).replace("a network", "a newer one"))
    run_export(ExportRequest("ppocrv6-small"))
    assert (first.path / "model.onnx").read_text() == "a newer one"
    assert sorted(path.name for path in (home / "exports").iterdir()) == [first.path.name, f"{first.path.name}.zip"]


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_cancelling_ends_the_child_and_what_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    pids = tmp_path / "pids"
    body = (
        "import subprocess\nhelper = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{helper.pid}} ')\nsay(kind='stage', stage='convert', share=0.1)\n"
        "time.sleep(600)\n"
    )
    fake_child(monkeypatch, tmp_path, body)
    job = start_export(ExportRequest("ppocrv6-small"))
    wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    wait_for(lambda: export_job(job).stage == "convert")  # type: ignore[union-attr]
    cancel_export(job)
    wait_for(lambda: not export_job(job).active)  # type: ignore[union-attr]
    assert export_job(job).state == "cancelled"  # type: ignore[union-attr]
    wait_for(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()))
    assert list((home / "exports").iterdir()) == []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_cancel_that_is_already_set_starts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_child(monkeypatch, tmp_path, "time.sleep(600)")
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(OcrwebError) as caught:
        run_export(ExportRequest("ppocrv6-small"), cancel=cancel)
    assert caught.value.code == "export.cancelled"


def test_leftovers_of_a_killed_export_are_swept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for pid in (ended.pid, os.getpid()):
        (home / "exports" / f".export-{pid}-aa").mkdir(parents=True)
    fake_child(monkeypatch, tmp_path, writes_then_says(**MEASURED))
    run_export(ExportRequest("ppocrv6-small"))
    assert staging_left(home / "exports") == [f".export-{os.getpid()}-aa"]


@pytest.fixture(scope="module", params=["dynamic", "640x800"])
def with_text(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The embedded network with an export's metadata, so that there is text to find; and its size."""
    from ocrweb.model.architecture import published_graph
    from ocrweb.runtime.catalogue import resolve
    from ocrweb.runtime.detector import default_decode
    from ocrweb.training.export import _finish
    from ocrweb.training.export_files import finish_network

    size = str(request.param)
    card = resolve("ppocrv6-small").card
    decode = default_decode(card)
    sides = None if size == "dynamic" else tuple(map(int, size.split("x")))
    network = tmp_path_factory.mktemp("network") / "model.onnx"
    network.write_bytes(published_graph().read_bytes())
    _finish(network, sides, {}, rename=False)  # type: ignore[arg-type]
    facts = {"mean": card.mean, "std": card.std, "threshold": decode.threshold, "unclip_ratio": decode.unclip_ratio,
             "box_threshold": decode.effective_box_threshold, "limit_side": card.limit_side, "size": sides}  # fmt: skip
    texts = {name: json.dumps(value) for name, value in facts.items() if value is not None}
    whole = {CARD_KEY: card.model_dump_json(exclude_none=True)}
    finish_network(network, {"limit_type": "max", "size": "dynamic", **texts, **whole})
    return network, size


def gives_our_boxes(program: list[str], network: Path, size: str) -> None:
    for picture in shipped_pictures()[:2]:
        child = subprocess.run([*program, str(network), str(picture)], capture_output=True, text=True, check=False)
        assert child.returncode == 0, child.stderr
        found = [np.array(line.split(",")[:8], float).reshape(4, 2) for line in child.stdout.splitlines()]
        regions = detect_picture(picture, DetectRequest(str(network), engine="onnx")).result.regions
        shifts = paired_shifts([region.quad for region in regions], found)
        assert len(found) == len(regions) == len(shifts) > 20
        assert max(shifts) <= 1.5 * MAP_PIXEL[size]


@pytest.mark.slow
def test_the_python_sample_gives_the_boxes_of_the_runtime(with_text: tuple[Path, str]) -> None:
    gives_our_boxes([sys.executable, str(SAMPLES / "detect.py")], *with_text)


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("cmake") and HEADERS and OPENCV),
    reason="needs cmake, OpenCV's development files and ONNX Runtime's headers (ONNXRUNTIME=/their/prefix)",
)
def test_the_cpp_sample_gives_the_boxes_of_the_runtime(with_text: tuple[Path, str], tmp_path: Path) -> None:
    """No index that this project installs from has the headers, and OpenCV's fill 700 MB: where they are, it runs."""
    configure = ["cmake", "-S", str(SAMPLES), "-B", str(tmp_path), f"-DONNXRUNTIME={ONNXRUNTIME}"]
    for command in (configure, ["cmake", "--build", str(tmp_path)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    gives_our_boxes([str(tmp_path / "detect")], *with_text)


@pytest.mark.parametrize("name", ["detect.py", "detect.cpp"])
def test_a_sample_has_at_most_sixty_lines(name: str) -> None:
    assert len((SAMPLES / name).read_text().splitlines()) <= 60


def test_opencv_finds_text_with_the_flat_network(tmp_path: Path) -> None:
    from ocrweb.model.architecture import published_graph
    from ocrweb.training.export_files import write_opencv

    write_opencv(published_graph(), tmp_path / "flat.onnx")
    model = cv2.dnn.TextDetectionModel_DB(str(tmp_path / "flat.onnx"))
    model.setBinaryThreshold(0.3).setPolygonThreshold(0.6).setUnclipRatio(1.5).setMaxCandidates(200)
    model.setInputParams(1 / 255 / 0.226, (640, 640), (123.675, 116.28, 103.53))
    boxes, _ = model.detect(cv2.imread(str(shipped_pictures()[0])))
    assert len(boxes) > 20
