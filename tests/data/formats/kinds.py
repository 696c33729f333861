"""One tiny folder per format: ``1.jpg`` (200 × 120) with `QUAD`, and for most a second box that is to be ignored."""

from __future__ import annotations

import json
from typing import Any

from tests.data.formats.mat_file import gt_mat
from tests.data.formats.sources import HEIGHT, QUAD, WIDTH, entry

LOW = [[10, 60], [90, 60], [90, 80], [10, 80]]
FLAT, FLAT_LOW = [x for p in QUAD for x in p], [x for p in LOW for x in p]
SIZE = {"width": WIDTH, "height": HEIGHT}
LS = {"original_width": WIDTH, "original_height": HEIGHT, "rotation": 0}
PERCENT = {"x": 5, "y": 100 / 6, "width": 40, "height": 100 / 6}


def _line(numbers: list[int], mark: str = ",") -> str:
    return mark.join(map(str, numbers))


def _pairs(quad: list[list[int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in quad)


def corners(quad: list[list[int]]) -> dict[str, int]:
    """As CORD names them."""
    return {
        f"{side}{number}": value
        for number, point in enumerate(quad, 1)
        for side, value in zip("xy", point, strict=True)
    }


def _json(document: Any) -> str:
    return json.dumps(document)


def hocr_line(quad: list[list[int]], *words: str, title: str = "") -> str:
    box = title or f"bbox {quad[0][0]} {quad[0][1]} {quad[2][0]} {quad[2][1]}; baseline 0 -5"
    inner = "".join(
        f"<span class='ocrx_word' title='{box.split(';')[0]}; x_wconf 95'><em>{word}</em></span> " for word in words
    )
    return f"<p class='ocr_par'><span class='ocr_line' id='line_1' title=\"{box}\">{inner}</span></p>"


def hocr(*lines: str, image: str = "1.jpg") -> str:
    """As Tesseract writes it."""
    title = f"image &quot;{image}&quot;; bbox 0 0 {WIDTH} {HEIGHT}; ppageno 0"
    head = "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title></title></head>"
    return f"{head}\n<body><div class='ocr_page' id='page_1' title='{title}'>{''.join(lines)}</div></body></html>"


def tsv(*rows: tuple[Any, ...]) -> str:
    """As Tesseract writes it. rows: level, number of the line, of the word, box, text."""
    head = [
        "level",
        "page_num",
        "block_num",
        "par_num",
        "line_num",
        "word_num",
        "left",
        "top",
        "width",
        "height",
        "conf",
        "text",
    ]
    cells = ((level, 1, 1, 1, line, word, *box, 95 if text else -1, text) for level, line, word, *box, text in rows)
    return "".join("\t".join(map(str, row)) + "\n" for row in (head, *cells))


def textract_block(kind: str, quad: list[list[int]], text: str, page: int = 1) -> dict[str, Any]:
    box = {"Left": quad[0][0] / WIDTH, "Top": quad[0][1] / HEIGHT, "Width": 0.4, "Height": 1 / 6}
    polygon = [{"X": x / WIDTH, "Y": y / HEIGHT} for x, y in quad]
    return {"BlockType": kind, "Text": text, "Page": page, "Geometry": {"BoundingBox": box, "Polygon": polygon}}


def rekognised(kind: str, quad: list[list[int]], text: str, **more: Any) -> dict[str, Any]:
    geometry = textract_block(kind, quad, text)["Geometry"]
    return {"DetectedText": text, "Type": kind, "Confidence": 99.1, "Geometry": geometry, **more}


def document_ai(*pages: list[tuple[list[list[int]], str]], level: str = "lines", **more: Any) -> dict[str, Any]:
    """As Document AI writes it: what is 0 is left out, places in the text are texts."""
    text, told = "", []
    for number, lines in enumerate(pages, start=1):
        parts, begin = [], len(text)
        for quad, said in lines:
            shares = [{side: value for side, value in (("x", x / WIDTH), ("y", y / HEIGHT)) if value} for x, y in quad]
            place = {"startIndex": str(len(text)), "endIndex": str(len(text) + len(said) + 1)}
            layout = {"textAnchor": {"textSegments": [place]}, "boundingPoly": {"normalizedVertices": shares}}
            parts.append({"layout": {**layout, "confidence": 0.98, "orientation": "PAGE_UP"}})
            text += said + "\n"
        whole = {
            "textAnchor": {"textSegments": [{"startIndex": str(begin), "endIndex": str(len(text))}] if lines else []}
        }
        told.append({"pageNumber": number, "dimension": {**SIZE, "unit": "pixels"}, "layout": {**whole, "orientation": "PAGE_UP"}, level: parts})  # fmt: skip
    return {"uri": "", "mimeType": "image/jpeg", "text": text, "pages": told, **more}


def labelbox_box(quad: list[list[int]], label: str = "text", **more: Any) -> dict[str, Any]:
    box = {"top": quad[0][1], "left": quad[0][0], "height": quad[2][1] - quad[0][1], "width": quad[2][0] - quad[0][0]}
    return {"name": label, "value": label, "annotation_kind": "ImageBoundingBox", "classifications": [], "bounding_box": box, **more}  # fmt: skip


def labelbox_row(*objects: Any, name: str = "1.jpg", **label: Any) -> dict[str, Any]:
    """A line of its export."""
    labels = [{"label_kind": "Default", "version": "1.0.0", "id": "cl9", "annotations": {"objects": list(objects), "classifications": [], "relationships": []}, **label}]  # fmt: skip
    about = {
        "id": "clx",
        "external_id": name,
        "row_data": f"https://storage.labelbox.com/x%2F{name}?Expires=1&Signature=~",
    }
    return {"data_row": about, "media_attributes": {**SIZE, "mime_type": "image/jpeg", "exif_rotation": "1"}, "projects": {"cly": {"name": "p", "labels": labels, "project_details": {}}}}  # fmt: skip


def vision_word(quad: list[list[int]], text: str, end: str = "SPACE") -> dict[str, Any]:
    letters: list[dict[str, Any]] = [{"text": letter} for letter in text]
    letters[-1]["property"] = {"detectedBreak": {"type": end}}
    return {"boundingBox": {"vertices": [{"x": x, "y": y} for x, y in quad]}, "symbols": letters}


KINDS: dict[str, tuple[str, str, int]] = {  # format: label file, content, boxes that are ignored
    "ppocrlabel": ("Label.txt", f"1.jpg\t{_json([entry(), entry(LOW, '###')])}\n", 1),
    "det-results": ("det_results.txt", f"1.jpg\t{_json([QUAD, LOW])}\n", 0),
    "labelme": ("1.json", _json({"imagePath": "1.jpg", "shapes": [{"label": "a", "points": QUAD}, {"label": "a", "points": LOW, "flags": {"ignore": True}}]}), 1),
    "coco": ("c.json", _json({"images": [{"id": 1, "file_name": "1.jpg", **SIZE}], "annotations": [{"image_id": 1, "bbox": [10, 20, 80, 20]}, {"image_id": 1, "bbox": [10, 60, 80, 20], "iscrowd": 1}]}), 1),
    "label-studio": ("ls.json", _json([{"image": "1.jpg", "bbox": [{**LS, **PERCENT}, {**LS, **PERCENT, "y": 50}], "transcription": ["a", "###"]}]), 1),
    "mmocr": ("m.json", _json({"metainfo": {}, "data_list": [{"img_path": "1.jpg", "instances": [{"polygon": FLAT}, {"polygon": FLAT_LOW, "ignore": True}]}]}), 1),
    "icdar": ("gt_1.txt", f"{_line(FLAT)},a\n{_line(FLAT_LOW)},###\n", 1),
    "voc": ("1.xml", "<annotation><filename>1.jpg</filename>" + "".join(f"<object><name>text</name><difficult>{d}</difficult><bndbox><xmin>10</xmin><ymin>{y}</ymin><xmax>90</xmax><ymax>{y + 20}</ymax></bndbox></object>" for d, y in ((0, 20), (1, 60))) + "</annotation>", 1),
    "cvat": ("a.xml", f'<annotations><image name="1.jpg" width="{WIDTH}" height="{HEIGHT}"><box label="text" xtl="10" ytl="20" xbr="90" ybr="40"/><polygon label="text" points="10,60;90,60;90,80;10,80"><attribute name="text">###</attribute></polygon></image></annotations>', 1),
    "ctw1500": ("1.xml", '<Annotations><image file="1.jpg">' + "".join(f"<box><label>{t}</label><segs>{_line(q)}</segs></box>" for t, q in (("a", FLAT), ("###", FLAT_LOW))) + "</image></Annotations>", 1),
    "via": ("v.json", _json({"1.jpg9": {"filename": "1.jpg", "regions": [{"shape_attributes": {"name": "rect", "x": 10, "y": 20, "width": 80, "height": 20}, "region_attributes": {}}, {"shape_attributes": {"name": "polygon", "all_points_x": [10, 90, 90, 10], "all_points_y": [60, 60, 80, 80]}, "region_attributes": {"text": "###"}}]}}), 1),
    "art": ("t.json", _json({"1": [{"transcription": "a", "points": QUAD}, {"transcription": "b", "points": LOW, "illegibility": True}]}), 1),
    "rects": ("1.json", _json({"chars": [], "lines": [{"ignore": 0, "transcription": "a", "points": FLAT}, {"ignore": 1, "transcription": "b", "points": FLAT_LOW}]}), 1),
    "hiertext": ("h.jsonl", _json({"annotations": [{"image_id": "1", "image_width": WIDTH, "image_height": HEIGHT, "paragraphs": [{"lines": [{"vertices": QUAD, "text": "a", "legible": True}, {"vertices": LOW, "text": "", "legible": False}]}]}]}), 1),
    "datumaro": ("d.json", _json({"categories": {}, "items": [{"id": "1", "image": {"path": "1.jpg", "size": [HEIGHT, WIDTH]}, "annotations": [{"type": "bbox", "bbox": [10, 20, 80, 20]}, {"type": "polygon", "points": FLAT_LOW, "attributes": {"ignore": True}}]}]}), 1),
    "funsd": ("1.json", _json({"form": [{"box": [1, 1, 9, 9], "words": [{"box": [10, 20, 90, 40], "text": "a"}, {"box": [10, 60, 90, 80], "text": "b"}]}]}), 0),
    "xfund": ("zh.json", _json({"lang": "zh", "documents": [{"id": "1", "document": [{"box": [10, 20, 90, 40], "text": "a", "words": [{"box": [10, 20, 20, 40], "text": "a"}]}, {"box": [10, 60, 90, 80], "text": "###"}], "img": {"fname": "1.jpg", **SIZE}}]}), 1),
    "cord": ("1.json", _json({"valid_line": [{"words": [{"quad": corners(QUAD), "text": "a"}], "category": "total"}], "meta": {"image_size": SIZE}, "dontcare": [[{"x": x, "y": y} for x, y in LOW]]}), 1),
    "supervisely": ("1.jpg.json", _json({"size": SIZE, "objects": [{"classTitle": "text", "geometryType": "rectangle", "points": {"exterior": [QUAD[0], QUAD[2]], "interior": []}}, {"classTitle": "ignore", "geometryType": "polygon", "points": {"exterior": LOW, "interior": []}}]}), 1),
    "vott": ("v.json", _json({"name": "p", "assets": {"a": {"asset": {"name": "1.jpg", "size": SIZE}, "regions": [{"tags": [tag], "points": [{"x": x, "y": y} for x, y in quad]} for tag, quad in (("text", QUAD), ("illegible", LOW))]}}}), 1),
    "page": ("1.xml", f'<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page imageFilename="1.jpg" imageWidth="{WIDTH}" imageHeight="{HEIGHT}"><TextRegion><Coords points="0,0 99,0 99,99 0,99"/>' + "".join(f'<TextLine><Coords points="{_pairs(quad)}"/><TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>' for text, quad in (("a", QUAD), ("###", LOW))) + "</TextRegion></Page></PcGts>", 1),
    "alto": ("1.xml", f'<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page WIDTH="{WIDTH}" HEIGHT="{HEIGHT}"><PrintSpace>' + "".join(f'<TextLine HPOS="10" VPOS="{y}" WIDTH="80" HEIGHT="20"><String CONTENT="{text}"/></TextLine>' for text, y in (("a", 20), ("###", 60))) + "</PrintSpace></Page></Layout></alto>", 1),
    "svt": ("train.xml", f'<tagset><image><imageName>img/1.jpg</imageName><Resolution x="{WIDTH}" y="{HEIGHT}"/><taggedRectangles>' + "".join(f'<taggedRectangle x="10" y="{y}" width="80" height="20"><tag>{text}</tag></taggedRectangle>' for text, y in (("a", 20), ("###", 60))) + "</taggedRectangles></image></tagset>", 1),
    "doctr": ("labels.json", _json({"1.jpg": {"img_dimensions": [HEIGHT, WIDTH], "polygons": [QUAD, LOW]}}), 0),
    "total-text": ("poly_gt_1.txt", "x: [[10 90\n 90 10]], y: [[20 20 40 40]], ornt: [u'h'], transcriptions: [u'a']\nx: [[10 90 90 10]], y: [[60 60 80 80]], ornt: [u'#'], transcriptions: [u'#']\n", 1),
    "msra": ("1.gt", "0 0 10 20 80 20 0.0\n1 1 10 60 80 20 0.0\n", 1),
    "dota": ("1.txt", f"imagesource:x\ngsd:1\n{_line(FLAT, ' ')} text 0\n{_line(FLAT_LOW, ' ')} text 1\n", 1),
    "hocr": ("1.hocr", hocr(*(hocr_line(quad, text) for quad, text in ((QUAD, "a"), (LOW, "###")))), 1),
    "tesseract": ("1.tsv", tsv((1, 0, 0, *SIZE.values(), ""), (4, 1, 0, 10, 20, 80, 20, ""), (5, 1, 1, 10, 20, 80, 20, "a"), (4, 2, 0, 10, 60, 80, 20, ""), (5, 2, 1, 10, 60, 80, 20, "###")), 1),
    "textract": ("1.json", _json({"DocumentMetadata": {"Pages": 1}, "Blocks": [{"BlockType": "PAGE", "Id": "p"}, textract_block("LINE", QUAD, "a"), textract_block("WORD", QUAD, "a"), textract_block("LINE", LOW, "###")], "DetectDocumentTextModelVersion": "1.0"}), 1),
    "google-vision": ("1.json", _json({"responses": [{"textAnnotations": [{"locale": "en", "description": "a\n###"}], "fullTextAnnotation": {"text": "a\n###", "pages": [{**SIZE, "blocks": [{"blockType": "TEXT", "paragraphs": [{"words": [vision_word(QUAD, "a", "LINE_BREAK"), vision_word(LOW, "###", "LINE_BREAK")]}]}]}]}}]}), 1),
    "azure": ("1.json", _json({"status": "succeeded", "analyzeResult": {"apiVersion": "2024-11-30", "content": "a ###", "pages": [{"pageNumber": 1, "angle": 0, **SIZE, "unit": "pixel", "words": [{"content": "a", "polygon": FLAT}], "lines": [{"content": "a", "polygon": FLAT, "spans": []}, {"content": "###", "polygon": FLAT_LOW}]}]}}), 1),
    "rekognition": ("1.json", _json({"TextDetections": [rekognised("LINE", QUAD, "a", Id=0), rekognised("LINE", LOW, "###", Id=1), rekognised("WORD", QUAD, "a", Id=2, ParentId=0)], "TextModelVersion": "3.0", "ResponseMetadata": {"HTTPStatusCode": 200}}), 1),
    "document-ai": ("1.json", _json(document_ai([(QUAD, "a"), (LOW, "###")])), 1),
    "tencent": ("1.json", _json({"Response": {"Angle": 0.0, "Language": "zh", "PdfPageSize": 0, "RequestId": "x", "TextDetections": [{"AdvancedInfo": "{}", "Confidence": 100, "DetectedText": text, "ItemPolygon": {"X": 1, "Y": 1, "Width": 9, "Height": 9}, "Polygon": [{"X": x, "Y": y} for x, y in quad], "WordCoordPoint": [], "Words": []} for text, quad in (("一", QUAD), ("###", LOW))]}}), 1),
    "baidu": ("1.json", _json({"log_id": 1, "direction": 0, "words_result_num": 2, "words_result": [{"words": text, "location": {"left": 10, "top": y, "width": 80, "height": 20}} for text, y in (("一", 20), ("###", 60))]}), 1),
    "aliyun": ("1.json", _json({"content": "一", "angle": 0, "orgWidth": WIDTH, "orgHeight": HEIGHT, **SIZE, "prism_version": "1.0.9", "prism_wnum": 2, "prism_wordsInfo": [{"word": text, "prob": 99, "direction": 0, "angle": -89, "x": 1, "y": 1, "width": 9, "height": 9, "pos": [{"x": x, "y": y} for x, y in quad]} for text, quad in (("一", QUAD), ("###", LOW))]}), 1),
    "huawei": ("1.json", _json({"result": {"direction": -1, "words_block_count": 2, "words_block_list": [{"words": text, "location": quad, "confidence": 0.98} for text, quad in (("一", QUAD), ("###", LOW))]}}), 1),
    "labelbox": ("export.ndjson", _json(labelbox_row(labelbox_box(QUAD), {"name": "Ignore", "value": "ignore", "annotation_kind": "ImagePolygon", "classifications": [], "polygon": [{"x": x, "y": y} for x, y in [*LOW, LOW[0]]]})) + "\n", 1),
    "csv": ("boxes.csv", f"filename,width,height,xmin,ymin,xmax,ymax,class\n1.jpg,{WIDTH},{HEIGHT},10,20,90,40,text\n1.jpg,{WIDTH},{HEIGHT},10,60,90,80,ignore\n", 1),
    "synthtext": ("gt.mat", gt_mat(["1.jpg"], [[QUAD, LOW]], [["a", "b"]]).decode("latin-1"), 0),
    "yolo": ("1.txt", "0 0.25 0.25 0.4 0.16666667\n0 0.05 0.5 0.45 0.5 0.45 0.66666667 0.05 0.66666667\n", 0),
}  # fmt: skip
