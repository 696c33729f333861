"""The table of results: a row a picture."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from ocrweb.runtime.result import DetectionResult

ABOUT = b"ocrweb"


def row_of(result: DetectionResult, scale: float | None = None, overlay: str | None = None) -> dict[str, Any]:
    """A row: the document of a result, as `schema` has it. scale: pixels of the network's input for one of the picture's."""
    document = result.to_dict("en")
    kept = {name: document.get(name) for name in schema().names}
    return {**kept, "warnings": document.get("warnings", []), "tiles": result.tiles, "scale": scale, "overlay": overlay}


def to_parquet(rows: Sequence[dict[str, Any]], about: dict[str, Any]) -> bytes:
    """A file of rows in their order. about: what `about_of` gives back."""
    import pyarrow
    from pyarrow import parquet

    file = io.BytesIO()
    table = pyarrow.Table.from_pylist(list(rows), schema=schema())
    parquet.write_table(table.replace_schema_metadata({ABOUT: json.dumps(about)}), file, compression="zstd")
    return file.getvalue()


def about_of(file: Any) -> dict[str, Any]:
    """What was kept with the rows, from an opened file's end alone."""
    from pyarrow import parquet

    return dict(json.loads(parquet.read_schema(file).metadata[ABOUT]))


def from_parquet(content: bytes) -> list[dict[str, Any]]:
    from pyarrow import parquet

    return list(parquet.read_table(io.BytesIO(content)).to_pylist())


def schema() -> Any:
    """Columns and their types. boxes: eight whole pixels each, clockwise from the top left, one score each."""
    import pyarrow as pa

    text, real, whole = pa.string(), pa.float32(), pa.int32()
    boxes = pa.list_(pa.list_(whole))
    return pa.schema(
        [
            ("image_path", text),
            ("success", pa.bool_()),
            ("width", whole),
            ("height", whole),
            ("boxes", boxes),
            ("scores", pa.list_(real)),
            ("polygons", boxes),
            ("boxes_points", pa.list_(pa.list_(real))),
            ("page", whole),
            ("tiles", whole),
            ("warnings", pa.list_(text)),
            ("model", text),
            ("device", text),
            ("threshold", real),
            ("inference_time", real),
            ("scale", real),
            ("overlay", text),
            ("error", pa.struct([("code", text), ("message", text), ("hint", text)])),
        ]
    )
