"""The table of results."""

from __future__ import annotations

import io

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.runtime.region import TextRegion
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.cluster.rows import about_of, from_parquet, row_of, to_parquet


def test_a_row_is_the_result_document_and_a_bad_picture_has_its_error() -> None:
    quad = np.array([[1, 2], [30, 2], [30, 9], [1, 9]], np.float32)
    good = DetectionResult("a.jpg", 40, 20, "m", "CPU", 0.2, (TextRegion(quad, 0.75),), page=3)
    bad = DetectionResult("b.jpg", 0, 0, "m", "CPU", 0.2, error=OcrwebError("image.empty", where="b.jpg"))
    content = to_parquet([row_of(good, 0.5, "x.zip/a.jpg"), row_of(bad)], {"pictures": 2})
    first, second = from_parquet(content)
    document = good.to_dict("en")
    assert {name: first[name] for name in ("image_path", "success", "boxes", "scores", "page", "error")} == {
        name: document[name] for name in ("image_path", "success", "boxes", "scores", "page", "error")
    }
    assert (first["scale"], first["overlay"], first["polygons"]) == (0.5, "x.zip/a.jpg", None)
    assert (second["success"], second["boxes"], second["error"]) == (False, [], bad.to_dict("en")["error"])
    assert about_of(io.BytesIO(content)) == {"pictures": 2}


def test_a_part_without_pictures_is_a_table_without_rows() -> None:
    assert from_parquet(to_parquet([], {})) == []
