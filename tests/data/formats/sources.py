"""Small folders as other tools leave them: pictures drawn here, labels written here."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocrweb.data.formats.plan import ImportOptions, ImportPlan, plan_import
from ocrweb.data.formats.write import report_of
from tests.data.corpus import with_exif

WIDTH, HEIGHT = 200, 120
QUAD = [[10, 20], [90, 20], [90, 40], [10, 40]]
TILTED = [[20, 60], [100, 70], [98, 88], [18, 78]]


@functools.cache
def picture(seed: int = 0, width: int = WIDTH, height: int = HEIGHT, suffix: str = ".jpg") -> bytes:
    """The bytes of a drawn picture, another one for every seed."""
    canvas = np.full((height, width, 3), 240, np.uint8)
    cv2.putText(canvas, f"n{seed}", (8, min(height - 4, 38)), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (20, 20, 20), 2)
    canvas[-10:] = np.random.default_rng(seed).integers(0, 255, (10, width, 3), dtype=np.uint8)
    done, data = cv2.imencode(suffix, canvas)
    assert done
    return data.tobytes()


def put(folder: Path, *names: str, width: int = WIDTH, height: int = HEIGHT) -> Path:
    """Write a drawn picture under each name."""
    for seed, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        suffix = path.suffix.lower() if path.suffix.lower() in (".png", ".bmp", ".webp") else ".jpg"
        path.write_bytes(picture(seed, width, height, suffix))
    return folder


def put_turned(path: Path, orientation: int, seed: int = 0) -> None:
    """A JPEG of ``WIDTH`` x ``HEIGHT`` stored pixels with an EXIF turn."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(with_exif(picture(seed), orientation))


def label_txt(folder: Path, lines: dict[str, Sequence[dict[str, Any]]], name: str = "Label.txt") -> Path:
    """PPOCRLabel's file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(f"{key}\t{json.dumps(list(boxes), ensure_ascii=False)}\n" for key, boxes in lines.items())
    path.write_text(content, encoding="utf-8")
    return path


def encoded(content: str) -> bytes:
    """The bytes of a label file as `kinds.KINDS` has it: text, but for MATLAB's."""
    return content.encode("latin-1" if content.startswith("MATLAB") else "utf-8")


def entry(points: Sequence[Sequence[float]] = QUAD, text: str = "hello", difficult: bool = False) -> dict[str, Any]:
    return {"transcription": text, "points": points, "difficult": difficult}


def write_json(path: Path, document: Any, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding=encoding)
    return path


def planned(root: Path, **options: Any) -> ImportPlan:
    plan = plan_import(root, ImportOptions(val_ratio=0, **options))
    assert report_of(plan).accounted
    return plan


def corners(plan: ImportPlan) -> dict[str, list[Any]]:
    return {picture.file: [box.points.tolist() for box in picture.boxes] for picture in plan.pictures}


def coco(annotations: list[Any], name: str = "1.jpg") -> dict[str, Any]:
    images = [{"id": 1, "file_name": name, "width": WIDTH, "height": HEIGHT}]
    return {"images": images, "annotations": [{"image_id": 1, "bbox": box} for box in annotations]}
