"""Dialects of the formats, as `kinds.KINDS` has the formats: a picture ``1.jpg`` (200 × 120) and its label file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.data.formats.kinds import FLAT, FLAT_LOW, KINDS, LOW, LS, PERCENT, SIZE
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, entry

Points = list[list[int]]
CURVE = [[10, 40], [15, 25], [30, 20], [50, 18], [70, 20], [85, 25], [90, 40], [80, 50], [70, 40], [50, 36], [30, 40], [20, 50]]  # fmt: skip
AROUND = [[10, 18], [90, 18], [90, 50], [10, 50]]
LONG = ",".join(f"{x},{y}" for x, y in CURVE)
FOURTEEN = "10,40,15,25,30,20,50,18,70,20,85,25,90,40,88,45,80,50,70,40,50,36,30,40,20,50,12,46"
TURNED = [[62, 13], [108, 39], [98, 57], [52, 31]]  # 52 × 20 about (80, 35), turned by 30°, to whole pixels


@dataclass(frozen=True)
class Kind:
    """file, content: the labels. boxes: the right ones. ignored: their numbers. outlines: boxes that keep a polygon."""

    format: str
    file: str
    content: str
    boxes: tuple[Points, ...]
    ignored: frozenset[int] = frozenset()
    outlines: int = 0


def _json(document: Any) -> str:
    return json.dumps(document)


def _line(points: Points, mark: str = ",") -> str:
    return mark.join(f"{value}" for point in points for value in point)


def _two(format: str, file: str, content: str, *ignored: int) -> Kind:
    return Kind(format, file, content, (QUAD, LOW), frozenset(ignored))


def _coco(*annotations: dict[str, Any], **more: Any) -> str:
    images = [{"id": 1, "file_name": "1.jpg", **SIZE}]
    return _json({"images": images, "annotations": [{"image_id": 1, **one} for one in annotations], **more})


BOX, LOWER = [10, 20, 80, 20], [10, 60, 80, 20]
TWO_LS = [{**LS, **PERCENT}, {**LS, **PERCENT, "y": 50}]


def _ls(results: list[dict[str, Any]]) -> str:
    shared = {"original_width": WIDTH, "original_height": HEIGHT, "image_rotation": 0, "to_name": "image"}
    return _json([{"data": {"image": "/data/upload/1/0f1e2d3c-1.jpg"}, "annotations": [{"result": [{**shared, **one} for one in results]}]}])  # fmt: skip


def _rectangle(number: str, y: float, label: str) -> list[dict[str, Any]]:
    value = {**PERCENT, "y": y, "rotation": 0}
    return [{"id": number, "type": "rectangle", "value": value}, {"id": number, "type": "labels", "value": {**value, "labels": [label]}}]  # fmt: skip


MORE: dict[str, Kind] = {
    "icdar2013": _two("icdar", "gt_1.txt", '10, 20, 90, 40, "a"\n10, 60, 90, 80, "###"\n', 1),
    "icdar2013 train": _two("icdar", "gt_1.txt", '10 20 90 40 "a"\n10 60 90 80 "b"\n'),
    "mlt": _two("icdar", "gt_1.txt", f"{_line(QUAD)},Latin,a\n{_line(LOW)},Arabic,###\n", 1),
    "mlt in chinese": _two("icdar", "gt_1.txt", f"{_line(QUAD)},中文,你好\n{_line(LOW)},中文,###\n", 1),
    "mlt in small letters": _two("icdar", "gt_1.txt", f"{_line(QUAD)},latin,a\n{_line(LOW)},none,###\n", 1),
    "icdar unknown script": _two("icdar", "gt_1.txt", f"{_line(QUAD)},Tamil,a\n{_line(LOW)},Tamil,###\n", 1),
    "icdar in quotes": _two("icdar", "1.txt", '"10","20","90","20","90","40","10","40","a, b"\n"10","60","90","60","90","80","10","80","###"\n', 1),
    "icdar in capitals": _two("icdar", "GT_1.TXT", f"{_line(QUAD)},a\n{_line(LOW)},b\n"),
    "rctw": _two("icdar", "1.txt", f'{_line(QUAD)},0,"a"\n{_line(LOW)},1,"b"\n', 1),
    "rctw marks": _two("icdar", "1.txt", f'{_line(QUAD)},0,"a"\n{_line(LOW)},0,"###"\n', 1),
    "icdar with a heading": _two("icdar", "1.txt", f"x1,y1,x2,y2,x3,y3,x4,y4,text\n{_line(QUAD)},a\n{_line(LOW)},b\n"),
    "icdar polygon": Kind("icdar", "1.txt", f"{LONG},CURVED\n", (AROUND,), outlines=1),
    "icdar five points": Kind("icdar", "1.txt", "10,20,50,18,90,20,90,50,10,50,FIVE\n", (AROUND,), outlines=1),
    "icdar grouped numbers": _two("icdar", "1.txt", f"{_line(QUAD)},1,234\n{_line(LOW)},a\n"),
    "ctw1500 test": Kind("icdar", "1.txt", f"{FOURTEEN},####CURVED\n", (AROUND,), outlines=1),
    "ctw1500 offsets": Kind("icdar", "1.txt", "10,18,90,50,0,22,5,7,20,2,40,0,60,2,75,7,80,22,78,27,70,32,60,22,40,18,20,22,10,32,2,28\n", (AROUND,), outlines=1),
    "modelscope list": _two("icdar", "train_gts/1.txt", f"{_line(QUAD)},a\n{_line(LOW)},*\n", 1),
    "ppocrlabel difficult": _two("ppocrlabel", "Label.txt", f"1.jpg\t{_json([entry(), entry(LOW, 'b', True)])}\n", 1),
    "ppocrlabel folder": _two("ppocrlabel", "Label.txt", f"photos/1.jpg\t{_json([entry(), entry(LOW)])}\n"),
    "ppocrlabel strange breaks": _two("ppocrlabel", "Label.txt", "1.jpg\t" + json.dumps([entry(text="a\u2028b"), entry(LOW, text="c\x85d")], ensure_ascii=False) + "\n"),
    "ppocrlabel windows": _two("ppocrlabel", "Label.txt", f"photos\\1.jpg\t{_json([entry(), entry(LOW)])}\n"),
    "ppocrlabel quotes": _two("ppocrlabel", "train.txt", f"1.jpg\t{[entry(), entry(LOW)]!r}\n"),
    "ppocrlabel polygon": Kind("ppocrlabel", "Label.txt", f"1.jpg\t{_json([entry(CURVE)])}\n", (AROUND,), outlines=1),
    "labelme rectangle": _two("labelme", "1.json", _json({"imagePath": "..\\1.jpg", "imageWidth": WIDTH, "imageHeight": HEIGHT, "shapes": [{"label": "a", "shape_type": "rectangle", "points": [[10, 20], [90, 40]]}, {"label": "ignore", "shape_type": "rectangle", "points": [[90, 80], [10, 60]]}]}), 1),
    "x-anylabeling": _two("labelme", "1.json", _json({"imagePath": "1.jpg", "shapes": [{"label": "text", "description": "a", "shape_type": "rotation", "points": QUAD}, {"label": "text", "description": "b", "shape_type": "polygon", "points": LOW, "difficult": True}]}), 1),
    "labelme other shapes": _two("labelme", "1.json", _json({"imagePath": "1.jpg", "shapes": [{"label": "a", "points": QUAD}, {"label": "a", "points": LOW}, {"label": "c", "shape_type": "circle", "points": [[50, 50], [60, 60]]}]})),
    "coco segments": _two("coco", "c.json", _coco({"segmentation": [FLAT], "bbox": [0, 0, 9, 9]}, {"segmentation": [FLAT_LOW], "bbox": [0, 0, 9, 9]})),
    "coco masks": _two("coco", "c.json", _coco({"segmentation": {"counts": "abc", "size": [HEIGHT, WIDTH]}, "bbox": BOX}, {"bbox": LOWER, "iscrowd": 1}), 1),
    "coco-text": _two("coco", "cocotext.json", _json({"imgs": {"1": {"id": 1, "file_name": "1.jpg", "set": "train", **SIZE}}, "anns": {"5": {"image_id": 1, "bbox": BOX, "utf8_string": "a", "legibility": "legible"}, "6": {"image_id": 1, "bbox": LOWER, "legibility": "illegible"}}}), 1),
    "textocr": _two("coco", "TextOCR_train.json", _json({"imgs": {"1": {"id": "1", "file_name": "train/1.jpg", **SIZE}}, "anns": {"1_1": {"image_id": "1", "points": FLAT, "utf8_string": "a"}, "1_2": {"image_id": "1", "points": FLAT_LOW, "utf8_string": "."}}, "imgToAnns": {"1": ["1_1", "1_2"]}}), 1),
    "cvat coco": _two("coco", "instances_default.json", _coco({"bbox": BOX, "attributes": {"text": "a", "rotation": 0.0}}, {"bbox": LOWER, "attributes": {"ignore": True}}), 1),
    "cvat coco turned": Kind("coco", "instances_default.json", _coco({"bbox": [54, 25, 52, 20], "attributes": {"rotation": 30.0}}), (TURNED,)),
    "roboflow": _two("coco", "_annotations.coco.json", _coco({"bbox": BOX}, {"bbox": LOWER}, info={"description": "Exported from roboflow.com"})),
    "mmocr 0 coco": _two("coco", "instances_training.json", _coco({"segmentation": [FLAT], "bbox": BOX, "iscrowd": 0}, {"segmentation": [FLAT_LOW], "bbox": LOWER, "iscrowd": 1}), 1),
    "mmocr lines": _two("mmocr", "train.jsonl", _json({"file_name": "1.jpg", "height": HEIGHT, "width": WIDTH, "annotations": [{"iscrowd": 0, "bbox": BOX, "segmentation": [FLAT]}, {"iscrowd": 1, "bbox": LOWER, "segmentation": [FLAT_LOW]}]}) + "\n", 1),
    "mmocr boxes": _two("mmocr", "textdet_train.json", _json({"metainfo": {}, "data_list": [{"img_path": "1.jpg", "instances": [{"bbox": [10, 20, 90, 40]}, {"bbox": [10, 60, 90, 80], "ignore": True}]}]}), 1),
    "label studio": _two("label-studio", "project.json", _ls([*_rectangle("a", 100 / 6, "Text"), *_rectangle("b", 50, "Ignore")]), 1),
    "label studio polygon": Kind("label-studio", "project.json", _ls([{"id": "a", "type": "polygon", "value": {"points": [[x / 2, y / 1.2] for x, y in CURVE]}}]), (AROUND,), outlines=1),
    "label studio one text": Kind("label-studio", "min.json", _json([{"ocr": "1.jpg", "bbox": [TWO_LS[0]], "transcription": "###"}]), (QUAD,), frozenset({0})),
    "label studio predictions": _two("label-studio", "tasks.json", _json([{"data": {"image": "1.jpg"}, "predictions": [{"result": [{"id": str(i), "type": "rectangle", "original_width": WIDTH, "original_height": HEIGHT, "value": one} for i, one in enumerate(TWO_LS)]}]}])),
    "via csv": _two("via", "via.csv", "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n" + "".join(f'1.jpg,9,"{{}}",2,{i},"{{""name"":""rect"",""x"":10,""y"":{y},""width"":80,""height"":20}}","{{""text"":""{text}""}}"\n' for i, (y, text) in enumerate(((20, "a"), (60, "###")))), 1),
    "via project": _two("via", "project.json", _json({"_via_settings": {}, "_via_img_metadata": {"1.jpg9": {"filename": "1.jpg", "regions": {"0": {"shape_attributes": {"name": "rect", "x": 10, "y": 20, "width": 80, "height": 20}, "region_attributes": {}}, "1": {"shape_attributes": {"name": "rect", "x": 10, "y": 60, "width": 80, "height": 20}, "region_attributes": {"illegible": "true"}}}}}}), 1),
    "rolabelimg": Kind("voc", "1.xml", "<annotation><filename>1</filename><object><type>robndbox</type><name>text</name><robndbox><cx>80</cx><cy>35</cy><w>52</w><h>20</h><angle>0.5235987755982988</angle></robndbox></object></annotation>", (TURNED,)),
    "cvat turned": Kind("cvat", "annotations.xml", f'<annotations><image name="1.jpg" width="{WIDTH}" height="{HEIGHT}"><box label="text" xtl="54" ytl="25" xbr="106" ybr="45" rotation="30.0"/></image></annotations>', (TURNED,)),
    "cvat folders": _two("cvat", "annotations.xml", f'<annotations><image name="set/1.jpg" width="{WIDTH}" height="{HEIGHT}"><box label="text" xtl="10" ytl="20" xbr="90" ybr="40"/><box label="text" xtl="10" ytl="60" xbr="90" ybr="80"><attribute name="illegible">true</attribute></box></image></annotations>', 1),
    "lsvt": _two("art", "train_full_labels.json", _json({"1": [{"transcription": "a", "points": QUAD, "illegibility": False}, {"transcription": "###", "points": LOW, "illegibility": True}]}), 1),
    "doctr classes": _two("doctr", "labels.json", _json({"1.jpg": {"img_dimensions": [HEIGHT, WIDTH], "img_hash": "x", "polygons": {"words": [QUAD], "lines": [LOW]}}})),
    "yolo boxes": _two("yolo", "1.txt", "0 0.25 0.25 0.4 0.16666667\n1 0.25 0.58333333 0.4 0.16666667\n"),
    "yolo scores": _two("yolo", "1.txt", "0 0.25 0.25 0.4 0.16666667 0.93\n1 0.25 0.58333333 0.4 0.16666667 0.5\n"),
    "yolo outlines": Kind("yolo", "1.txt", "0 " + " ".join(f"{x / WIDTH:.8f} {y / HEIGHT:.8f}" for x, y in CURVE) + "\n", (AROUND,), outlines=1),
    "dota without heading": _two("dota", "1.txt", f"{_line(QUAD, ' ')} text 0\n{_line(LOW, ' ')} text 2\n", 1),
    "msra turned": Kind("msra", "1.gt", "0 0 54 25 52 20 0.5235987755982988\n", (TURNED,)),
    "total-text curve": Kind("total-text", "poly_gt_1.txt", f"x: [[{' '.join(str(x) for x, _ in CURVE)}]], y: [[{' '.join(str(y) for _, y in CURVE)}]], ornt: [u'c'], transcriptions: [u'a']\n", (AROUND,), outlines=1),
    "funsd fields": Kind("funsd", "1.json", _json({"form": [{"box": [10, 20, 90, 40], "text": "a", "label": "answer", "words": [], "id": 0}]}), (QUAD,)),
}  # fmt: skip
EVERY: dict[str, Kind] = {
    **{
        name: _two(name, file, content, *([1] if ignored else []))
        for name, (file, content, ignored) in KINDS.items()
        if name != "synthtext"
    },  # it is no text that a twist could change
    **MORE,
}
