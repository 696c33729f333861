"""Which tool made a folder."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from ocrweb.data.formats.recognise import is_pdf_name, label_files, tool_of, tools_of
from ocrweb.data.formats.tree import SourceTree

TOOLS = {
    "ppocrlabel": "PPOCRLabel / PaddleOCR",
    "labelme": "LabelMe",
    "labelbox": "Labelbox",
    "coco": "COCO",
    "label-studio": "Label Studio",
    "mmocr": "MMOCR",
    "icdar": "ICDAR 2013–2019, RCTW",
    "det-results": "PaddleOCR, RapidOCR",
    "voc": "Pascal VOC",
    "cvat": "CVAT XML",
    "ctw1500": "CTW1500 XML",
    "via": "VIA",
    "art": "ArT / LSVT",
    "rects": "ReCTS",
    "hiertext": "HierText",
    "datumaro": "Datumaro",
    "funsd": "FUNSD",
    "xfund": "XFUND",
    "cord": "CORD",
    "supervisely": "Supervisely",
    "vott": "VoTT",
    "page": "PAGE XML",
    "alto": "ALTO XML",
    "svt": "ICDAR 2003, SVT, KAIST",
    "hocr": "hOCR",
    "tesseract": "Tesseract TSV",
    "textract": "AWS Textract",
    "rekognition": "AWS Rekognition",
    "google-vision": "Google Cloud Vision",
    "document-ai": "Google Document AI",
    "azure": "Azure Read / Document Intelligence",
    "tencent": "Tencent Cloud OCR",
    "baidu": "Baidu OCR",
    "aliyun": "Alibaba Cloud OCR",
    "huawei": "Huawei Cloud OCR",
    "csv": "CSV",
    "doctr": "docTR",
    "total-text": "Total-Text",
    "msra": "MSRA-TD500",
    "dota": "DOTA",
    "yolo": "YOLO",
    "synthtext": "SynthText",
    "pdf": "PDF",
}
_ROBOFLOW = re.compile(r"readme\.(roboflow|dataset)\.txt|_annotations\.coco\.json", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MadeBy:
    """formats: those whose labels a folder holds, sorted, or "pdf" for PDFs alone; empty: plain pictures, or nothing of ours. files: how many
    label files of all of them. pictures: how many. roboflow: exported by Roboflow, whatever its format. largest: the
    format of most files, "" without any."""

    formats: tuple[str, ...]
    files: int
    pictures: int
    roboflow: bool = False
    largest: str = ""

    @property
    def plain_pictures(self) -> bool:
        return bool(self.pictures) and not self.formats


def made_by(tree: SourceTree) -> MadeBy:
    """Look at the content of every file that is no picture."""
    kinds = label_files(tree)
    formats = tuple(tools_of(kinds))
    roboflow = any(_ROBOFLOW.fullmatch(posixpath.basename(name)) for name in tree.others)
    pdfs = sum(map(is_pdf_name, tree.others))
    if pdfs and not formats and not tree.pictures:
        return MadeBy(("pdf",), pdfs, 0, largest="pdf")
    counts = {kind: len(files) for kind, files in kinds.items() if tool_of(kind) in formats}
    largest = tool_of(max(counts, key=lambda kind: counts[kind])) if counts else ""
    return MadeBy(formats, sum(counts.values()), len(tree.pictures), roboflow, largest)


def tool_names(made: MadeBy) -> str:
    """The tools as they call themselves: ``COCO (Roboflow)``."""
    return ", ".join(TOOLS[name] for name in made.formats) + (" (Roboflow)" if made.roboflow else "")
