"""A dataset labelled over a cluster: the machines find the boxes, the dataset is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ocrweb.data.formats.write import free_stem, save_picture
from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.imaging.encode import encode_picture
from ocrweb.runtime.detector import default_decode
from ocrweb.services.cluster.job import ClusterRequest, run_cluster
from ocrweb.services.cluster.manifest import planned
from ocrweb.services.cluster.pieces import Piece, pieces
from ocrweb.services.cluster.rows import from_parquet
from ocrweb.services.cluster.shard import ShardReport
from ocrweb.services.cluster.store import opened
from ocrweb.services.datasets.autolabel import (
    MARGIN,
    AutoLabelReport,
    Labelled,
    labelled_dataset,
    proposals_of,
    sure_from_of,
)


def auto_label_on_cluster(
    cluster: ClusterRequest,
    out: Path,
    margin: float = MARGIN,
    on_part: Callable[[ShardReport, int, int], None] = lambda part, done, total: None,
) -> AutoLabelReport:
    """As `auto_label`. cluster: the job, whose own ``out`` keeps the boxes until the dataset is there.

    Raises what `run_cluster` and `labelled_dataset` raise.
    """
    if not 0 <= margin <= 1:
        raise OcrwebError("usage.bad-value", name="--margin", value=margin, expected="0–1")
    detector = cluster.detect.detector()
    sure_from = sure_from_of(cluster.detect.decode or default_decode(detector.card), margin)
    total = run_cluster(replace(cluster, overlays=False), on_part).pictures
    longest = detector.longest(cluster.detect.resize)

    def label(folder: Path) -> Iterator[tuple[str, Labelled | OcrwebError]]:
        store, taken = opened(cluster.out), set[str]()
        for shard in planned(store):
            with pieces(shard, longest) as coming:
                for row in from_parquet(store.at(f"{shard.name}.parquet").read()):
                    piece = next(coming, None)
                    yield row["image_path"], _labelled(row, piece, folder, taken, sure_from)

    return labelled_dataset(out, label, detector.model, sure_from, total)


def _labelled(
    row: dict[str, Any], piece: Piece | None, folder: Path, taken: set[str], sure_from: float
) -> Labelled | OcrwebError:
    """The picture of a row in the dataset's folder; the row's error where it has one."""
    if not row["success"] or piece is None or piece.name != row["image_path"]:
        return OcrwebError("cluster.unusable", reason=row["error"]["message"] if row["error"] else "–")
    path = PurePosixPath(row["image_path"].removesuffix(f"#{row['page']}"))
    named = f"{path.stem}_p{row['page']}" if row["page"] else path.stem
    try:
        data = piece.load()
        content = encode_picture(data.pixels, ".png") if isinstance(data, DocumentPage) else data
        file = save_picture(content, folder / free_stem(named + path.suffix, taken))
    except OcrwebError as error:
        return error
    size = (row["width"], row["height"])
    quads = [np.array(box, np.float32).reshape(4, 2) for box in row["boxes"]]
    return Labelled(file, size, proposals_of(quads, row["scores"], size, sure_from))
