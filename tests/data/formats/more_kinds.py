"""Dialects of the formats, as `kinds.KINDS` has the formats: a picture ``1.jpg`` (200 × 120) and its label file."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from tests.data.formats.kind import Kind, Points, two
from tests.data.formats.kinds import (
    FLAT,
    FLAT_LOW,
    KINDS,
    LOW,
    LS,
    PERCENT,
    SIZE,
    corners,
    hocr,
    hocr_line,
    labelbox_box,
    labelbox_row,
    tsv,
)
from tests.data.formats.service_kinds import SERVICE_DIALECTS
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, entry

CURVE = [[10, 40], [15, 25], [30, 20], [50, 18], [70, 20], [85, 25], [90, 40], [80, 50], [70, 40], [50, 36], [30, 40], [20, 50]]  # fmt: skip
AROUND = [[10, 18], [90, 18], [90, 50], [10, 50]]
LONG = ",".join(f"{x},{y}" for x, y in CURVE)
FOURTEEN = "10,40,15,25,30,20,50,18,70,20,85,25,90,40,88,45,80,50,70,40,50,36,30,40,20,50,12,46"
TURNED = [[62, 13], [108, 39], [98, 57], [52, 31]]  # 52 × 20 about (80, 35), turned by 30°, to whole pixels


def _json(document: Any) -> str:
    return json.dumps(document)


def _line(points: Points, mark: str = ",") -> str:
    return mark.join(f"{value}" for point in points for value in point)


def _named(name: str, content: str) -> Kind:
    """YOLO's two boxes, the second of a class to ignore by the names of another file."""
    return Kind("yolo", "1.txt", YOLO, (QUAD, LOW), frozenset({1}), beside=((name, content),))


def _via3(**shapes: str) -> str:
    """VIA 3's project, of regions by their JSON."""
    regions = {f"1_{name}": {"vid": "1", "flg": 0, "z": [], **json.loads(shape)} for name, shape in shapes.items()}
    kind = {"aname": "kind", "type": 4, "options": {"0": "text", "1": "ignore"}}
    attributes = {"1": {"aname": "TEXT", "type": 1, "options": {}}, "2": kind}
    return _json({"project": {"pid": "x", "vid_list": ["1"]}, "config": {}, "attribute": attributes, "file": {"1": {"fid": "1", "fname": "1.jpg", "type": 2, "loc": 1, "src": ""}}, "metadata": regions, "view": {"1": {"fid_list": ["1"]}}})  # fmt: skip


def _coco(*annotations: dict[str, Any], **more: Any) -> str:
    images = [{"id": 1, "file_name": "1.jpg", **SIZE}]
    return _json({"images": images, "annotations": [{"image_id": 1, **one} for one in annotations], **more})


YOLO = "0 0.25 0.25 0.4 0.16666667\n1 0.25 0.58333333 0.4 0.16666667\n"
BOX, LOWER = [10, 20, 80, 20], [10, 60, 80, 20]
TWO_LS = [{**LS, **PERCENT}, {**LS, **PERCENT, "y": 50}]


def _ls(results: list[dict[str, Any]]) -> str:
    shared = {"original_width": WIDTH, "original_height": HEIGHT, "image_rotation": 0, "to_name": "image"}
    return _json([{"data": {"image": "/data/upload/1/0f1e2d3c-1.jpg"}, "annotations": [{"result": [{**shared, **one} for one in results]}]}])  # fmt: skip


def ls_table(mark: str, regions: list[dict[str, Any]], text: Any) -> str:
    """As Label Studio writes it: a row an annotation, numbers without quotes."""
    file = io.StringIO()
    rows = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, delimiter=mark, lineterminator="\n")
    rows.writerow(["annotation_id", "annotator", "created_at", "id", "image", "label", "lead_time", "transcription", "updated_at"])  # fmt: skip
    rows.writerow([7, "a@b.c", "2026-01-02T03:04:05Z", 1, "/data/upload/1/0f1e2d3c-1.jpg", _json(regions), 3.5, text if isinstance(text, str) else _json(text), "2026-01-02T03:04:05Z"])  # fmt: skip
    return file.getvalue()


def _rectangle(number: str, y: float, label: str) -> list[dict[str, Any]]:
    value = {**PERCENT, "y": y, "rotation": 0}
    return [{"id": number, "type": "rectangle", "value": value}, {"id": number, "type": "labels", "value": {**value, "labels": [label]}}]  # fmt: skip


MORE: dict[str, Kind] = {
    "icdar2013": two("icdar", "gt_1.txt", '10, 20, 90, 40, "a"\n10, 60, 90, 80, "###"\n', 1),
    "icdar2013 train": two("icdar", "gt_1.txt", '10 20 90 40 "a"\n10 60 90 80 "b"\n'),
    "icdar2013 corners alone": two("icdar", "gt_1.txt", "10 20 90 40\n10 60 90 80\n"),
    "icdar2013 corners in commas": two("icdar", "gt_1.txt", "10, 20, 90, 40\n10, 60, 90, 80\n"),
    "icdar2013 without quotes": two("icdar", "gt_1.txt", "10,20,90,40,a\n10,60,90,80,###\n", 1),
    "mlt": two("icdar", "gt_1.txt", f"{_line(QUAD)},Latin,a\n{_line(LOW)},Arabic,###\n", 1),
    "mlt in chinese": two("icdar", "gt_1.txt", f"{_line(QUAD)},中文,你好\n{_line(LOW)},中文,###\n", 1),
    "mlt in small letters": two("icdar", "gt_1.txt", f"{_line(QUAD)},latin,a\n{_line(LOW)},none,###\n", 1),
    "icdar unknown script": two("icdar", "gt_1.txt", f"{_line(QUAD)},Tamil,a\n{_line(LOW)},Tamil,###\n", 1),
    "icdar in quotes": two("icdar", "1.txt", '"10","20","90","20","90","40","10","40","a, b"\n"10","60","90","60","90","80","10","80","###"\n', 1),
    "icdar in capitals": two("icdar", "GT_1.TXT", f"{_line(QUAD)},a\n{_line(LOW)},b\n"),
    "rctw": two("icdar", "1.txt", f'{_line(QUAD)},0,"a"\n{_line(LOW)},1,"b"\n', 1),
    "rctw marks": two("icdar", "1.txt", f'{_line(QUAD)},0,"a"\n{_line(LOW)},0,"###"\n', 1),
    "icdar with a heading": two(lost=1, format="icdar", file="1.txt", content=f"x1,y1,x2,y2,x3,y3,x4,y4,text\n{_line(QUAD)},a\n{_line(LOW)},b\n"),
    "icdar polygon": Kind("icdar", "1.txt", f"{LONG},CURVED\n", (AROUND,), outlines=1),
    "icdar five points": Kind("icdar", "1.txt", "10,20,50,18,90,20,90,50,10,50,FIVE\n", (AROUND,), outlines=1),
    "icdar grouped numbers": two("icdar", "1.txt", f"{_line(QUAD)},1,234\n{_line(LOW)},a\n"),
    "ctw1500 test": Kind("icdar", "1.txt", f"{FOURTEEN},####CURVED\n", (AROUND,), outlines=1),
    "ctw1500 offsets": Kind("icdar", "1.txt", "10,18,90,50,0,22,5,7,20,2,40,0,60,2,75,7,80,22,78,27,70,32,60,22,40,18,20,22,10,32,2,28\n", (AROUND,), outlines=1),
    "modelscope list": two("icdar", "train_gts/1.txt", f"{_line(QUAD)},a\n{_line(LOW)},*\n", 1),
    "ppocrlabel difficult": two("ppocrlabel", "Label.txt", f"1.jpg\t{_json([entry(), entry(LOW, 'b', True)])}\n", 1),
    "ppocrlabel class": two("ppocrlabel", "Label.txt", f"1.jpg\t{_json([entry(), {**entry(LOW, 'b'), 'key_cls': 'ignore'}])}\n", 1),
    "ppocrlabel folder": two("ppocrlabel", "Label.txt", f"photos/1.jpg\t{_json([entry(), entry(LOW)])}\n"),
    "ppocrlabel strange breaks": two("ppocrlabel", "Label.txt", "1.jpg\t" + json.dumps([entry(text="a\u2028b"), entry(LOW, text="c\x85d")], ensure_ascii=False) + "\n"),
    "ppocrlabel windows": two("ppocrlabel", "Label.txt", f"photos\\1.jpg\t{_json([entry(), entry(LOW)])}\n"),
    "ppocrlabel quotes": two("ppocrlabel", "train.txt", f"1.jpg\t{[entry(), entry(LOW)]!r}\n"),
    "ppocrlabel polygon": Kind("ppocrlabel", "Label.txt", f"1.jpg\t{_json([entry(CURVE)])}\n", (AROUND,), outlines=1),
    "labelme rectangle": two("labelme", "1.json", _json({"imagePath": "..\\1.jpg", "imageWidth": WIDTH, "imageHeight": HEIGHT, "shapes": [{"label": "a", "shape_type": "rectangle", "points": [[10, 20], [90, 40]]}, {"label": "ignore", "shape_type": "rectangle", "points": [[90, 80], [10, 60]]}]}), 1),
    "x-anylabeling": two("labelme", "1.json", _json({"imagePath": "1.jpg", "shapes": [{"label": "text", "description": "a", "shape_type": "rotation", "points": QUAD}, {"label": "text", "description": "b", "shape_type": "polygon", "points": LOW, "difficult": True}]}), 1),
    "labelme other shapes": two(lost=1, format="labelme", file="1.json", content=_json({"imagePath": "1.jpg", "shapes": [{"label": "a", "points": QUAD}, {"label": "a", "points": LOW}, {"label": "c", "shape_type": "circle", "points": [[50, 50], [60, 60]]}]})),
    "labelme words of flags": two("labelme", "1.json", _json({"imagePath": "1.jpg", "shapes": [{"label": "text", "points": QUAD, "flags": {"legible": True}}, {"label": "text", "points": LOW, "flags": {"legible": False}}]}), 1),
    "labelme attributes": two("labelme", "1.json", _json({"imagePath": "1.jpg", "shapes": [{"label": "text", "points": QUAD}, {"label": "text", "points": LOW, "attributes": {"quality": "unreadable"}}]}), 1),
    "labelbox list": Kind("labelbox", "project.json", json.dumps([labelbox_row(labelbox_box(QUAD), labelbox_box(LOW, classifications=[{"name": "legibility", "value": "l", "radio_answer": {"name": "Illegible", "classifications": []}}]), {"name": "l", "annotation_kind": "ImagePolyline", "line": [{"x": 1, "y": 2}]}, {"name": "p", "annotation_kind": "ImagePoint", "point": {"x": 1, "y": 2}}, {"name": "m", "annotation_kind": "ImageSegmentationMask", "mask": {"url": "x"}}, labelbox_box(LOW, page_number=1))], indent=1), (QUAD, LOW), frozenset({1}), lost=4),
    "coco segments": two("coco", "c.json", _coco({"segmentation": [FLAT], "bbox": [0, 0, 9, 9]}, {"segmentation": [FLAT_LOW], "bbox": [0, 0, 9, 9]})),
    "coco masks": two("coco", "c.json", _coco({"segmentation": {"counts": "abc", "size": [HEIGHT, WIDTH]}, "bbox": BOX}, {"bbox": LOWER, "iscrowd": 1}), 1),
    "coco category": two("coco", "c.json", _coco({"bbox": BOX, "category_id": 1}, {"bbox": LOWER, "category_id": 2}, categories=[{"id": 1, "name": "text"}, {"id": 2, "name": "dont_care"}]), 1),
    "coco without an outline": two(lost=1, format="coco", file="c.json", content=_coco({"bbox": BOX}, {"bbox": LOWER}, {"segmentation": []})),
    "coco-text": two("coco", "cocotext.json", _json({"imgs": {"1": {"id": 1, "file_name": "1.jpg", "set": "train", **SIZE}}, "anns": {"5": {"image_id": 1, "bbox": BOX, "utf8_string": "a", "legibility": "legible"}, "6": {"image_id": 1, "bbox": LOWER, "legibility": "illegible"}}}), 1),
    "textocr": two("coco", "TextOCR_train.json", _json({"imgs": {"1": {"id": "1", "file_name": "train/1.jpg", **SIZE}}, "anns": {"1_1": {"image_id": "1", "points": FLAT, "utf8_string": "a"}, "1_2": {"image_id": "1", "points": FLAT_LOW, "utf8_string": "."}}, "imgToAnns": {"1": ["1_1", "1_2"]}}), 1),
    "cvat coco": two("coco", "instances_default.json", _coco({"bbox": BOX, "attributes": {"text": "a", "rotation": 0.0}}, {"bbox": LOWER, "attributes": {"ignore": True}}), 1),
    "cvat coco turned": Kind("coco", "instances_default.json", _coco({"bbox": [54, 25, 52, 20], "attributes": {"rotation": 30.0}}), (TURNED,)),
    "roboflow": two("coco", "_annotations.coco.json", _coco({"bbox": BOX}, {"bbox": LOWER}, info={"description": "Exported from roboflow.com"})),
    "mmocr 0 coco": two("coco", "instances_training.json", _coco({"segmentation": [FLAT], "bbox": BOX, "iscrowd": 0}, {"segmentation": [FLAT_LOW], "bbox": LOWER, "iscrowd": 1}), 1),
    "mmocr lines": two("mmocr", "train.jsonl", _json({"file_name": "1.jpg", "height": HEIGHT, "width": WIDTH, "annotations": [{"iscrowd": 0, "bbox": BOX, "segmentation": [FLAT]}, {"iscrowd": 1, "bbox": LOWER, "segmentation": [FLAT_LOW]}]}) + "\n", 1),
    "mmocr boxes": two("mmocr", "textdet_train.json", _json({"metainfo": {}, "data_list": [{"img_path": "1.jpg", "instances": [{"bbox": [10, 20, 90, 40]}, {"bbox": [10, 60, 90, 80], "ignore": True}]}]}), 1),
    "label studio": two("label-studio", "project.json", _ls([*_rectangle("a", 100 / 6, "Text"), *_rectangle("b", 50, "Ignore")]), 1),
    "label studio turned on the screen": two("label-studio", "project.json", _ls([{"id": "a", "type": "rectangle", "image_rotation": 90, "value": PERCENT}, {"id": "b", "type": "rectangle", "image_rotation": 90, "value": {**PERCENT, "y": 50}}])),
    "label studio of the turned picture": two("label-studio", "project.json", _ls([{"id": str(y), "type": "rectangle", "image_rotation": 90, "original_width": HEIGHT, "original_height": WIDTH, "value": {"x": 100 * (HEIGHT - y) / HEIGHT, "y": 5, "width": 100 / 6, "height": 40}} for y in (40, 80)])),
    "label studio csv": two("label-studio", "project.csv", ls_table(",", TWO_LS, ["a", "###"]), 1),
    "label studio tsv": two("label-studio", "project.tsv", ls_table("\t", TWO_LS, ["a", "###"]), 1),
    "label studio csv of outlines": Kind("label-studio", "project.csv", ls_table(",", [{"points": [[x / 2, y / 1.2] for x, y in CURVE], "closed": True, "polygonlabels": ["Text"], "original_width": WIDTH, "original_height": HEIGHT}], "a"), (AROUND,), outlines=1),
    "easyocr by picture": two(lost=1, format="det-results", file="all.json", content=_json({"1.jpg": [[QUAD, "a", 0.9], [LOW, "b", 0.8], [[1, 2], "c", 0.1]]})),
    "easyocr objects by picture": two("det-results", "all.json", _json({"1.jpg": [{"boxes": quad, "text": text, "confident": 0.9} for quad, text in ((QUAD, "a"), (LOW, "###"))]}), 1),
    "easyocr objects": two("det-results", "1.json", _json([{"boxes": quad, "text": "a", "confident": 0.9} for quad in (QUAD, LOW)])),
    "easyocr texts of objects": two("det-results", "1.json", _json([_json({"boxes": quad, "text": "a", "confident": 0.9}) for quad in (QUAD, LOW)])),
    "easyocr in a list by picture": two("det-results", "all.json", _json([{"image": "in/1.jpg", "seconds": 0.4, "result": [[QUAD, "a", 0.9], [LOW, "b", 0.8]]}])),
    "boxes by hand by picture": two("ppocrlabel", "all.json", _json({"1.jpg": [{"points": QUAD, "text": "a"}, {"points": LOW, "text": "b", "difficult": True}]}), 1),
    "label studio choice": two("label-studio", "project.json", _ls([*_rectangle("a", 100 / 6, "Text"), *_rectangle("b", 50, "Text"), {"id": "b", "type": "choices", "value": {"choices": ["Illegible"]}}]), 1),
    "label studio brush": two(lost=1, format="label-studio", file="project.json", content=_ls([*_rectangle("a", 100 / 6, "Text"), *_rectangle("b", 50, "Text"), {"id": "c", "type": "brushlabels", "value": {"format": "rle", "rle": [1]}}])),
    "label studio polygon": Kind("label-studio", "project.json", _ls([{"id": "a", "type": "polygon", "value": {"points": [[x / 2, y / 1.2] for x, y in CURVE]}}]), (AROUND,), outlines=1),
    "label studio one text": Kind("label-studio", "min.json", _json([{"ocr": "1.jpg", "bbox": [TWO_LS[0]], "transcription": "###"}]), (QUAD,), frozenset({0})),
    "label studio predictions": two("label-studio", "tasks.json", _json([{"data": {"image": "1.jpg"}, "predictions": [{"result": [{"id": str(i), "type": "rectangle", "original_width": WIDTH, "original_height": HEIGHT, "value": one} for i, one in enumerate(TWO_LS)]}]}])),
    "via csv": two("via", "via.csv", "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n" + "".join(f'1.jpg,9,"{{}}",2,{i},"{{""name"":""rect"",""x"":10,""y"":{y},""width"":80,""height"":20}}","{{""text"":""{text}""}}"\n' for i, (y, text) in enumerate(((20, "a"), (60, "###")))), 1),
    "via project": two("via", "project.json", _json({"_via_settings": {}, "_via_img_metadata": {"1.jpg9": {"filename": "1.jpg", "regions": {"0": {"shape_attributes": {"name": "rect", "x": 10, "y": 20, "width": 80, "height": 20}, "region_attributes": {}}, "1": {"shape_attributes": {"name": "rect", "x": 10, "y": 60, "width": 80, "height": 20}, "region_attributes": {"illegible": "true"}}}}}}), 1),
    "via choice": two("via", "v.json", _json({"1.jpg9": {"filename": "1.jpg", "regions": [{"shape_attributes": {"name": "rect", "x": 10, "y": y, "width": 80, "height": 20}, "region_attributes": {"type": said}} for y, said in ((20, "text"), (60, "Illegible"))]}}), 1),
    "via other shapes": two(lost=2, format="via", file="v.json", content=_json({"1.jpg9": {"filename": "1.jpg", "regions": [*({"shape_attributes": {"name": "rect", "x": 10, "y": y, "width": 80, "height": 20}, "region_attributes": {}} for y in (20, 60)), {"shape_attributes": {"name": "polyline", "all_points_x": [1, 90, 9], "all_points_y": [1, 50, 90]}, "region_attributes": {}}, {"shape_attributes": {"name": "circle", "cx": 50, "cy": 50, "r": 9}, "region_attributes": {}}]}})),
    "via 3": two("via", "project.json", _via3(a='{"xy": [2, 10, 20, 80, 20], "av": {"1": "a", "2": "0"}}', b=f'{{"xy": [7, {_line(LOW)}], "av": {{"2": "1"}}}}'), 1),
    "via 3 other shapes": two(lost=2, format="via", file="project.json", content=_via3(a='{"xy": [2, 10, 20, 80, 20]}', b='{"xy": [8, 10, 70, 50, 60, 90, 70, 50, 80]}', c='{"xy": [1, 5, 5]}', d='{"xy": [4, 50, 50, 9, 5]}', e='{"xy": [], "av": {"1": "a page"}}')),
    "voc name": two("voc", "1.xml", "<annotation><filename>1.jpg</filename>" + "".join(f"<object><name>{name}</name><bndbox><xmin>10</xmin><ymin>{y}</ymin><xmax>90</xmax><ymax>{y + 20}</ymax></bndbox></object>" for name, y in (("text", 20), ("don't care", 60))) + "</annotation>", 1),
    "rolabelimg": Kind("voc", "1.xml", "<annotation><filename>1</filename><object><type>robndbox</type><name>text</name><robndbox><cx>80</cx><cy>35</cy><w>52</w><h>20</h><angle>0.5235987755982988</angle></robndbox></object></annotation>", (TURNED,)),
    "cvat turned": Kind("cvat", "annotations.xml", f'<annotations><image name="1.jpg" width="{WIDTH}" height="{HEIGHT}"><box label="text" xtl="54" ytl="25" xbr="106" ybr="45" rotation="30.0"/></image></annotations>', (TURNED,)),
    "cvat folders": two("cvat", "annotations.xml", f'<annotations><image name="set/1.jpg" width="{WIDTH}" height="{HEIGHT}"><box label="text" xtl="10" ytl="20" xbr="90" ybr="40"/><box label="text" xtl="10" ytl="60" xbr="90" ybr="80"><attribute name="illegible">true</attribute></box></image></annotations>', 1),
    "cvat words of attributes": two("cvat", "annotations.xml", f'<annotations><image name="1.jpg" width="{WIDTH}" height="{HEIGHT}"><box label="text" xtl="10" ytl="20" xbr="90" ybr="40"/><box label="text" xtl="10" ytl="60" xbr="90" ybr="80"><attribute name="legibility">illegible</attribute></box></image></annotations>', 1),
    "cvat video": Kind("cvat", "annotations.xml", f'<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version><meta><task><id>5</id><size>1</size><mode>interpolation</mode><start_frame>1</start_frame><stop_frame>1</stop_frame><frame_filter></frame_filter><original_size><width>{WIDTH}</width><height>{HEIGHT}</height></original_size></task></meta><track id="0" label="text" source="manual"><box frame=\'1\' keyframe=\'1\' outside="0" occluded="0" xtl="10" ytl="20" xbr="90" ybr="40" z_order="0"><attribute name="text">a</attribute></box></track><track id="1" label="text"><polygon frame=\'1\' keyframe=\'1\' outside="0" occluded="0" points="10,60;90,60;90,80;10,80"><attribute name="text">###</attribute></polygon></track><track id="2" label="text"><box frame=\'1\' outside=\'1\' xtl="1" ytl="1" xbr="9" ybr="9"/></track><track id="3" label="line"><polyline frame=\'1\' outside="0" points="1,1;9,9"/></track><track id="4" label="text"><box frame="x" outside="0" xtl="1" ytl="1" xbr="9" ybr="9"/></track></annotations>', (QUAD, LOW), frozenset({1}), lost=2),
    "cvat other shapes": two(lost=2, format="cvat", file="annotations.xml", content=f'<annotations><image name="1.jpg" width="{WIDTH}" height="{HEIGHT}"><box label="text" xtl="10" ytl="20" xbr="90" ybr="40"/><box label="text" xtl="10" ytl="60" xbr="90" ybr="80"/><polyline label="text" points="1,1;9,9"/><ellipse label="text" cx="9" cy="9" rx="3" ry="3"/><tag label="good"/></image></annotations>'),
    "datumaro label": two("datumaro", "default.json", _json({"categories": {"label": {"labels": [{"name": "text"}, {"name": "ignore"}]}}, "items": [{"id": "1", "image": {"path": "1.jpg", "size": [HEIGHT, WIDTH]}, "annotations": [{"type": "bbox", "label_id": 0, "bbox": BOX}, {"type": "bbox", "label_id": 1, "bbox": LOWER}]}]}), 1),
    "datumaro other shapes": two(lost=2, format="datumaro", file="default.json", content=_json({"categories": {}, "items": [{"id": "1", "image": {"path": "1.jpg"}, "annotations": [{"type": "bbox", "bbox": BOX}, {"type": "bbox", "bbox": LOWER}, {"type": "polyline", "points": [1, 1, 90, 50, 9, 90]}, {"type": "mask", "rle": {"counts": "x", "size": [HEIGHT, WIDTH]}}]}]})),
    "lsvt": two("art", "train_full_labels.json", _json({"1": [{"transcription": "a", "points": QUAD, "illegibility": False}, {"transcription": "###", "points": LOW, "illegibility": True}]}), 1),
    "doctr classes": two("doctr", "labels.json", _json({"1.jpg": {"img_dimensions": [HEIGHT, WIDTH], "img_hash": "x", "polygons": {"words": [QUAD], "lines": [LOW]}}})),
    "yolo boxes": two("yolo", "1.txt", YOLO),
    "yolo data.yaml": _named("data.yaml", "train: ../train/images\nnc: 2\nnames: ['text', 'ignore']\n"),
    "yolo data.yaml by number": _named("data.yaml", "names:\n  0: text\n  1: illegible\n"),
    "yolo classes.txt": _named("classes.txt", "text\n###\n"),
    "yolo obj.names": _named("obj.names", "text\nDontCare\n"),
    "yolo notes.json": _named("notes.json", _json({"categories": [{"id": 0, "name": "Text"}, {"id": 1, "name": "Do not care"}]})),
    "yolo-obb scores": two("yolo", "1.txt", "".join(f"0 {' '.join(f'{x / WIDTH} {y / HEIGHT}' for x, y in quad)} 0.9\n" for quad in (QUAD, LOW))),
    "doctr class": two("doctr", "labels.json", _json({"1.jpg": {"img_dimensions": [HEIGHT, WIDTH], "polygons": {"words": [QUAD], "ignore": [LOW]}}}), 1),
    "dota category": two("dota", "1.txt", f"{_line(QUAD, ' ')} text 0\n{_line(LOW, ' ')} ignore 0\n", 1),
    "yolo scores": two("yolo", "1.txt", "0 0.25 0.25 0.4 0.16666667 0.93\n1 0.25 0.58333333 0.4 0.16666667 0.5\n"),
    "yolo outlines": Kind("yolo", "1.txt", "0 " + " ".join(f"{x / WIDTH:.8f} {y / HEIGHT:.8f}" for x, y in CURVE) + "\n", (AROUND,), outlines=1),
    "dota without heading": two("dota", "1.txt", f"{_line(QUAD, ' ')} text 0\n{_line(LOW, ' ')} text 2\n", 1),
    "msra turned": Kind("msra", "1.gt", "0 0 54 25 52 20 0.5235987755982988\n", (TURNED,)),
    "total-text curve": Kind("total-text", "poly_gt_1.txt", f"x: [[{' '.join(str(x) for x, _ in CURVE)}]], y: [[{' '.join(str(y) for _, y in CURVE)}]], ornt: [u'c'], transcriptions: [u'a']\n", (AROUND,), outlines=1),
    "cord words nobody read": two("cord", "1.json", _json({"valid_line": [{"words": [{"quad": corners(QUAD), "text": "a"}]}], "repeating_symbol": [{"words": [{"quad": corners(LOW), "text": "-"}]}]}), 1),
    "cord without corners": two(lost=1, format="cord", file="1.json", content=_json({"valid_line": [{"words": [{"quad": corners(QUAD)}, {"quad": corners(LOW)}, {"quad": {"x1": 1, "y1": None}}]}], "dontcare": []})),
    "page of 2010": Kind("page", "1.xml", '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2010-03-19"><Page imageFilename="1.tif"><TextRegion><Coords>' + "".join(f'<Point x="{x}" y="{y}"/>' for x, y in QUAD) + "</Coords></TextRegion></Page></PcGts>", (QUAD,)),
    "page curve": Kind("page", "1.xml", '<p:PcGts xmlns:p="urn:page"><p:Page imageFilename="1.jpg"><p:TextRegion><p:TextLine><p:Coords points="' + " ".join(f"{x},{y}" for x, y in CURVE) + '"/></p:TextLine></p:TextRegion></p:Page></p:PcGts>', (AROUND,), outlines=1),
    "page without an outline": two(lost=1, format="page", file="1.xml", content='<PcGts><Page imageFilename="1.jpg">' + "".join(f'<Word><Coords points="{_line(quad, " ")}"/></Word>' for quad in (QUAD, LOW)) + "<Word/></Page></PcGts>"),
    "alto in tenths of a millimetre": two("alto", "1.xml", f'<alto><Description><sourceImageInformation><fileName>scans/1.jpg</fileName></sourceImageInformation></Description><Layout><Page WIDTH="{WIDTH * 2.5}" HEIGHT="{HEIGHT * 2.5}"><TextLine HPOS="25" VPOS="50" WIDTH="200" HEIGHT="50"/><TextLine><Shape><Polygon POINTS="25,150 225,150 225,200 25,200"/></Shape><String CONTENT="###"/></TextLine></Page></Layout></alto>', 1),
    "alto words alone": two(lost=1, format="alto", file="1.xml", content=f'<alto><Layout><Page WIDTH="{WIDTH}" HEIGHT="{HEIGHT}"><TextLine><String HPOS="10" VPOS="20" WIDTH="30" HEIGHT="20"/><String HPOS="60" VPOS="22" WIDTH="30" HEIGHT="18"/></TextLine><TextLine HPOS="10" VPOS="60" WIDTH="80" HEIGHT="20"/><TextLine/></Page></Layout></alto>'),
    "kaist": two("svt", "1.xml", f'<images><image><imageName>1.jpg</imageName><resolution x="{WIDTH}" y="{HEIGHT}"/><words>' + "".join(f'<word x="10" y="{y}" width="80" height="20"><character x="10" y="{y}" width="9" height="20" char="a"/></word>' for y in (20, 60)) + "</words></image></images>"),
    "svt without a width": two(lost=1, format="svt", file="t.xml", content='<tagset><image><imageName>1.jpg</imageName><taggedRectangles>' + "".join(f'<taggedRectangle x="10" y="{y}" width="80" height="20"/>' for y in (20, 60)) + '<taggedRectangle x="1" y="1"/></taggedRectangles></image></tagset>'),
    "vott one picture": two("vott", "1-asset.json", _json({"asset": {"name": "1.jpg"}, "regions": [{"points": [{"x": x, "y": y} for x, y in quad]} for quad in (QUAD, LOW)]})),
    "supervisely other shapes": two("supervisely", "1.jpg.json", _json({"size": SIZE, "objects": [{"geometryType": "rectangle", "points": {"exterior": [QUAD[0], QUAD[2]]}}, {"geometryType": "polygon", "points": {"exterior": LOW}, "tags": [{"name": "Illegible", "value": "true"}]}, {"geometryType": "bitmap", "bitmap": {"data": "x", "origin": [0, 0]}}]}), 1, lost=1),
    "funsd fields": Kind("funsd", "1.json", _json({"form": [{"box": [10, 20, 90, 40], "text": "a", "label": "answer", "words": [], "id": 0}]}), (QUAD,)),
    "hocr around its lines": two("hocr", "1.html", hocr("<span class=ocrx_line title='bbox 1 1 99 99'>", hocr_line(QUAD, "a"), hocr_line(LOW, "b"), "</span>")),
    "hocr words alone": two("hocr", "1.hocr", hocr(*(f'<span class="ocrx_word" title="bbox 10 {y} 90 {y + 20}">a<br></span>' for y in (20, 60)))),
    "hocr outline": Kind("hocr", "1.hocr", hocr(hocr_line(CURVE, "a", title="bbox 1 1 9 9; poly " + _line(CURVE, " "))), (AROUND,), outlines=1),
    "hocr turned lines": Kind("hocr", "1.hocr", hocr(*(hocr_line(QUAD, "a", title=f"bbox {x} 10 {x + 20} 90; textangle {turn}; x_size 20") for x, turn in ((10, 90), (50, 270), (90, 0)))), ([[10, 90], [10, 10], [30, 10], [30, 90]], [[70, 10], [70, 90], [50, 90], [50, 10]], [[90, 10], [110, 10], [110, 90], [90, 90]])),
    "hocr blank line": two("hocr", "1.hocr", hocr(hocr_line(QUAD, "a"), hocr_line(LOW, " ")), 1),
    "hocr without a box": two(lost=1, format="hocr", file="1.hocr", content=hocr(hocr_line(QUAD, "a"), hocr_line(LOW, "a"), hocr_line(LOW, title="bbox x"))),
    "hocr image elsewhere": two("hocr", "1.hocr", hocr(hocr_line(QUAD, "a"), hocr_line(LOW, "b"), image="/tmp/tess_x.PNG")),
    "tesseract words alone": two("tesseract", "1.tsv", tsv((5, 1, 1, 10, 20, 30, 20, "a"), (5, 1, 2, 60, 25, 30, 15, '"b'), (5, 2, 1, 10, 60, 80, 20, "[c]"))),
    "tesseract blank line": two("tesseract", "1.tsv", tsv((4, 1, 0, 10, 20, 80, 20, ""), (5, 1, 1, 10, 20, 80, 20, "a"), (4, 2, 0, 10, 60, 80, 20, ""), (5, 2, 1, 10, 60, 80, 20, " ")), 1),
    "tesseract as a table": two("tesseract", "1.csv", ",level,page_num,block_num,par_num,line_num,word_num,left,top,width,height,conf,text\n0,4,1,1,1,1,0,10,20,80,20,-1,\n" + '1,5,1,1,1,1,1,10,20,80,20,96,"a, b"\n2,4,1,1,1,2,0,10,60,80,20,-1,\n'),
    "csv points": two("csv", "labels.csv", "Image;X1;Y1;X2;Y2;X3;Y3;X4;Y4;Text\n" + "".join(f"1.jpg;{_line(quad, ';')};{text}\n" for quad, text in ((QUAD, "a"), (LOW, "###"))), 1),
    "csv sides": two(lost=1, format="csv", file="labels.csv", content='image_name,bbox_x,bbox_y,bbox_width,bbox_height,image_width,image_height,label_name\n1.jpg,10,20,80,20,200,120,text\n1.jpg,10,60,80,20,200,120,"a, b"\n1.jpg,10,,80,20,200,120,c\n'),
    "csv shares": two("csv", "test.tsv", "图片\txmin\tymin\txmax\tymax\t文字\n1.jpg\t0.05\t0.16666667\t0.45\t0.33333333\ta\n1.jpg\t0.05\t0.5\t0.45\t0.66666667\tb\n"),
    "csv outline in a cell": Kind("csv", "labels.csv", 'path,transcription,points,illegible\n1.jpg,a,"' + str(CURVE) + '",0\n', (AROUND,), outlines=1),
    "csv a picture": two("csv", "1.csv", "cx,cy,w,h,ignore\n50,30,80,20,0\n50,70,80,20,1\n", 1),
}  # fmt: skip
EVERY: dict[str, Kind] = {
    **{
        name: two(name, file, content, *([1] if ignored else []))
        for name, (file, content, ignored) in KINDS.items()
        if name != "synthtext"
    },  # it is no text that a twist could change
    **MORE,
    **SERVICE_DIALECTS,
}
