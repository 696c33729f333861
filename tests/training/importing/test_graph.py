"""The graph of a stranger's network is judged before anything of it runs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from ocrweb.errors import OcrwebError
from ocrweb.training.importing.graph import check_graph
from tests.runtime.hostile import number, save_endless, save_network
from tests.runtime.networks import save_brightness


def refused(path: Path) -> OcrwebError:
    with pytest.raises(OcrwebError) as caught:
        check_graph(path, "theirs.onnx")
    return caught.value


def one(
    path: Path, kind: str, *inputs: str, domain: str = "", constants: tuple[object, ...] = (), **more: object
) -> Path:
    """A network of one operator on the picture."""
    node = helper.make_node(kind, ["x", *inputs], ["map"], domain=domain, **more)
    return save_network(path, [node], constants)


def numbers(name: str, *values: int) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def test_networks_of_this_project_and_of_rapidocr_pass(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("rapidocr")
    assert spec is not None
    assert spec.origin is not None
    networks = sorted((Path(spec.origin).parent / "models").glob("*det*.onnx"))
    assert networks
    for path in (*networks, save_brightness(tmp_path / "m.onnx")):
        check_graph(path, path.name)


def test_a_loop_is_named(tmp_path: Path) -> None:
    error = refused(save_endless(tmp_path / "endless.onnx"))
    assert (error.code, error.params["operators"]) == ("imports.operator", "Loop")


@pytest.mark.parametrize(
    ("kind", "domain", "named"),
    [
        ("If", "", "If"),
        ("Scan", "", "Scan"),
        ("SequenceMap", "", "SequenceMap"),
        ("NonZero", "", "NonZero"),
        ("RandomNormalLike", "", "RandomNormalLike"),
        ("FusedConv", "com.microsoft", "com.microsoft.FusedConv"),
        ("Relu", "evil<script>", "evilscript.Relu"),
        ("Relu\u202e\n", "", "Relu"),
    ],
    ids=["If", "Scan", "SequenceMap", "NonZero", "random", "library's own", "unknown domain", "odd name"],
)
def test_an_operator_that_is_not_known_is_named(kind: str, domain: str, named: str, tmp_path: Path) -> None:
    error = refused(one(tmp_path / "m.onnx", kind, domain=domain))
    assert (error.code, error.params["operators"]) == ("imports.operator", named)


def test_a_graph_hidden_in_an_attribute_is_seen(tmp_path: Path) -> None:
    inner = helper.make_graph([], "inner", [], [])
    assert refused(one(tmp_path / "m.onnx", "Relu", body=inner)).code == "imports.operator"


def test_numbers_outside_of_the_file_are_refused(tmp_path: Path) -> None:
    outside = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    outside.external_data.add(key="location", value="../../../../etc/passwd")
    assert refused(one(tmp_path / "a.onnx", "Add", "w", constants=(outside,))).code == "imports.external"
    constant = helper.make_node("Constant", [], ["w"], value=outside)
    hidden = save_network(tmp_path / "b.onnx", [constant, helper.make_node("Add", ["x", "w"], ["map"])])
    assert refused(hidden).code == "imports.external"


def test_functions_of_its_own_are_refused(tmp_path: Path) -> None:
    model = onnx.load(save_brightness(tmp_path / "m.onnx"))
    model.functions.append(helper.make_function("own", "F", ["a"], ["b"], [], [helper.make_opsetid("", 13)]))
    onnx.save(model, tmp_path / "m.onnx")
    assert refused(tmp_path / "m.onnx").code == "imports.functions"


@pytest.mark.parametrize("picture", [("N", 1, "H", "W"), ("N", 3, 32), ()], ids=["grey", "three sides", "a number"])
def test_what_takes_no_colour_picture_is_no_detector(picture: tuple[object, ...], tmp_path: Path) -> None:
    path = save_network(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["map"])], picture=picture)
    assert refused(path).code == "model.not-a-detector"


def test_a_size_that_follows_from_pixels_is_refused(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ReduceMax", ["x"], ["light"], keepdims=0),
        helper.make_node("Cast", ["light"], ["whole"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["whole", "one"], ["size"]),
        helper.make_node("ConstantOfShape", ["size"], ["map"]),
    ]
    error = refused(save_network(tmp_path / "m.onnx", nodes, [numbers("one", 1)]))
    assert (error.code, error.params["operator"]) == ("imports.shape-from-pixels", "ConstantOfShape")


def test_a_size_that_follows_from_the_pictures_size_is_fine(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Shape", ["x"], ["size"]),
        helper.make_node("ConstantOfShape", ["size"], ["zeros"]),
        helper.make_node("Add", ["x", "zeros"], ["map"]),
    ]
    check_graph(save_network(tmp_path / "m.onnx", nodes), "m.onnx")


def test_a_constant_of_absurd_size_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("ConstantOfShape", ["size"], ["much"]), helper.make_node("Add", ["x", "much"], ["map"])]
    path = save_network(tmp_path / "m.onnx", nodes, [numbers("size", 1 << 20, 1 << 20), number("unused", 0.0)])
    assert refused(path).code == "imports.too-much-data"


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"\x08\x08", b"\xff" * 4096], ids=["empty", "html", "none", "noise"]
)
def test_what_is_no_onnx_is_said_to_be_damaged_under_its_own_name(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(content)
    error = refused(tmp_path / "m.onnx")
    assert error.code == "model.damaged"
    assert str(tmp_path) not in error.message("en")
    assert "文件内容不是网络模型" in error.message("zh")
