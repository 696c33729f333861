"""What a stranger's network may just have, and may just not have: every size, every kind of number, what counts as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from ocrweb.errors import OcrwebError
from ocrweb.training.importing.graph import ALLOWED, check_graph
from tests.runtime.hostile import save_network


def code_of(path: Path) -> str:
    """Empty for a network that passes."""
    try:
        check_graph(path, "theirs.onnx")
    except OcrwebError as refused:
        return refused.code
    return ""


def whole(name: str, *values: int) -> Any:
    return numpy_helper.from_array(np.array(values, np.int64), name)


@pytest.mark.parametrize(
    ("sides", "code"),
    [
        ((1 << 26,), ""), (((1 << 26) + 1,), "imports.too-much-data"), ((1 << 13, 1 << 13), ""),
        ((1 << 13, -(1 << 14)), "imports.too-much-data"), ((1 << 14, 1 << 14, 0), ""), ((), ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kept", ["initializer", "constant"])
def test_a_fill_may_be_so_large(sides: tuple[int, ...], code: str, kept: str, tmp_path: Path) -> None:
    size = whole("size", *sides)
    nodes = [helper.make_node("ConstantOfShape", ["size"], ["much"]), helper.make_node("Add", ["x", "much"], ["map"])]
    if kept == "constant":
        nodes.insert(0, helper.make_node("Constant", [], ["size"], value=size))
    assert code_of(save_network(tmp_path / "m.onnx", nodes, [size] if kept == "initializer" else [])) == code


SIZED = {
    "Reshape": (1,), "Expand": (1,), "Resize": (1, 2, 3), "Upsample": (1,), "Tile": (1,), "Slice": (1, 2, 3, 4),
    "Pad": (1, 3), "Unsqueeze": (1,), "Squeeze": (1,), "Split": (1,), "ConstantOfShape": (0,), "Range": (0, 1, 2),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "place"), [(kind, place) for kind, places in SIZED.items() for place in places])
def test_no_size_comes_from_pixels_at_any_place(kind: str, place: int, tmp_path: Path) -> None:
    """Neither from the picture itself nor from what was computed of it; from its shape it may."""
    for given, code in (("x", "imports.shape-from-pixels"), ("light", "imports.shape-from-pixels"), ("shape", "")):
        inputs = ["one"] * place + [given]
        nodes = [
            helper.make_node("Shape", ["x"], ["shape"]),
            helper.make_node("ReduceMean", ["x"], ["mean"]),
            helper.make_node("Sigmoid", ["mean"], ["light"]),
            helper.make_node(kind, inputs, ["sized"]),
            helper.make_node("Relu", ["x"], ["map"]),
        ]
        assert code_of(save_network(tmp_path / "m.onnx", nodes, [whole("one", 1)])) == code, given


def test_pixels_where_no_size_stands_are_what_a_network_is_for(tmp_path: Path) -> None:
    for kind, inputs in (("Reshape", ["x", "one"]), ("Slice", ["x", "one", "one"]), ("Pad", ["x", "one", "x"]), ("Concat", ["one", "x"])):  # fmt: skip
        nodes = [helper.make_node(kind, inputs, ["map"])]
        assert code_of(save_network(tmp_path / "m.onnx", nodes, [whole("one", 1)])) == "", kind


@pytest.mark.parametrize(
    ("shape", "kind", "code"),
    [
        (("N", 3, "H", "W"), TensorProto.FLOAT, ""), ((1, 3, 64, 96), TensorProto.FLOAT, ""), (("N", "C", "H", "W"), TensorProto.FLOAT, ""),
        (("N", 4, "H", "W"), TensorProto.FLOAT, "model.not-a-detector"), (("N", 3, "H", "W", 1), TensorProto.FLOAT, "model.not-a-detector"),
        (("N", 3, "H", "W"), TensorProto.FLOAT16, "model.not-a-detector"), (("N", 3, "H", "W"), TensorProto.UINT8, "model.not-a-detector"),
    ],
)  # fmt: skip
def test_one_picture_of_colours_in_float32_goes_in(
    shape: tuple[Any, ...], kind: int, code: str, tmp_path: Path
) -> None:
    model = onnx.load(save_network(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["map"])], picture=shape))
    model.graph.input[0].type.tensor_type.elem_type = kind
    onnx.save(model, tmp_path / "m.onnx")
    assert code_of(tmp_path / "m.onnx") == code


def test_inputs_that_the_file_fills_itself_are_no_pictures_and_two_pictures_are_one_too_many(tmp_path: Path) -> None:
    model = onnx.load(save_network(tmp_path / "m.onnx", [helper.make_node("Add", ["x", "w"], ["map"])], [whole("w", 1)]))  # fmt: skip
    model.graph.input.append(helper.make_tensor_value_info("w", TensorProto.INT64, [1]))
    onnx.save(model, tmp_path / "m.onnx")
    assert code_of(tmp_path / "m.onnx") == ""
    model.graph.input.append(helper.make_tensor_value_info("y", TensorProto.FLOAT16, [2, "B"]))
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(OcrwebError) as refused:
        check_graph(tmp_path / "m.onnx", "theirs.onnx")
    assert refused.value.params == {"path": "theirs.onnx", "found": "FLOAT ?x3x?x?; FLOAT16 2x?"}


def test_a_network_without_a_picture_or_without_an_answer_is_no_detector(tmp_path: Path) -> None:
    for part in ("input", "output"):
        model = onnx.load(save_network(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["map"])]))
        del getattr(model.graph, part)[:]
        onnx.save(model, tmp_path / "m.onnx")
        with pytest.raises(OcrwebError) as refused:
            check_graph(tmp_path / "m.onnx", "theirs.onnx")
        assert refused.value.code == "model.not-a-detector"
        assert refused.value.params["found"] == {"input": "–", "output": "FLOAT ?x3x?x?"}[part]


def test_at_most_eight_operators_are_named_each_once_and_in_order(tmp_path: Path) -> None:
    kinds = [f"Odd{letter}" for letter in "jihgfedcbaaa"]
    nodes = [helper.make_node(kind, ["x"], [f"out{number}"]) for number, kind in enumerate(kinds)]
    with pytest.raises(OcrwebError) as refused:
        check_graph(save_network(tmp_path / "m.onnx", nodes), "theirs.onnx")
    assert refused.value.params["operators"] == ", ".join(f"Odd{letter}" for letter in "abcdefgh")


@pytest.mark.parametrize(
    ("kind", "domain", "named"),
    [("A" * 70, "", "A" * 60), ("票据", "<>", "票据"), ("<>", "", "?"), ("Relu", "ai.onnx", None), ("a.b_c-d", "", "a.b_c-d")],
)  # fmt: skip
def test_a_name_is_short_and_of_letters(kind: str, domain: str, named: str | None, tmp_path: Path) -> None:
    path = save_network(tmp_path / "m.onnx", [helper.make_node(kind, ["x"], ["map"], domain=domain)])
    if named is None:
        assert code_of(path) == ""
        return
    with pytest.raises(OcrwebError) as refused:
        check_graph(path, "theirs.onnx")
    assert str(refused.value.params["operators"]).rpartition(".")[2].endswith(named.rpartition(".")[2])
    assert len(str(refused.value.params["operators"])) <= 60


@pytest.mark.parametrize("hidden", ["graphs", "sparse values", "sparse indices", "tensors", "sparse initializer"])
def test_nothing_is_hidden_in_any_kind_of_attribute(hidden: str, tmp_path: Path) -> None:
    outside = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1])
    outside.external_data.add(key="location", value="elsewhere")
    inside = helper.make_tensor("v", TensorProto.FLOAT, [1], [1.0])
    place = helper.make_tensor("i", TensorProto.INT64, [1], [0])
    node = helper.make_node("Relu", ["x"], ["map"])
    if hidden == "graphs":
        node.attribute.append(helper.make_attribute("all", [helper.make_graph([], "inner", [], [])]))
    elif hidden == "sparse values":
        node.attribute.append(helper.make_attribute("s", helper.make_sparse_tensor(outside, place, [3])))
    elif hidden == "sparse indices":
        node.attribute.append(helper.make_attribute("s", onnx.SparseTensorProto(values=inside, indices=outside, dims=[3])))  # fmt: skip
    elif hidden == "tensors":
        node.attribute.append(helper.make_attribute("t", [inside, outside]))
    model = onnx.load(save_network(tmp_path / "m.onnx", [node]))
    if hidden == "sparse initializer":
        model.graph.sparse_initializer.append(helper.make_sparse_tensor(inside, place, [3]))
    onnx.save(model, tmp_path / "m.onnx")
    assert code_of(tmp_path / "m.onnx") == ("imports.operator" if hidden in ("graphs", "sparse initializer") else "imports.external")  # fmt: skip


def test_a_file_that_trains_itself_is_refused(tmp_path: Path) -> None:
    model = onnx.load(save_network(tmp_path / "m.onnx", [helper.make_node("Relu", ["x"], ["map"])]))
    model.training_info.add()
    onnx.save(model, tmp_path / "m.onnx")
    assert code_of(tmp_path / "m.onnx") == "imports.functions"


def test_memory_that_runs_out_while_reading_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(onnx, "load", full)
    with pytest.raises(MemoryError):
        check_graph(tmp_path / "m.onnx", "theirs.onnx")


def test_what_detectors_consist_of_is_allowed_and_what_repeats_or_draws_lots_is_not() -> None:
    assert {"Conv", "Resize", "Sigmoid", "Concat", "QLinearConv", "ReduceMean", "HardSwish"} <= ALLOWED
    assert not {"Loop", "Scan", "If", "SequenceMap", "RandomNormal", "NonZero", "NonMaxSuppression"} & ALLOWED
