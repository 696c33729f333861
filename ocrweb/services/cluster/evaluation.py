"""A model judged over a cluster: the machines find the boxes, they are compared with the labels here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ocrweb.errors import OcrwebError
from ocrweb.evaluation.gallery import Judgement, judge_outlines
from ocrweb.runtime.catalogue import resolve
from ocrweb.runtime.detector import default_decode, default_resize
from ocrweb.services.cluster.job import ClusterRequest, rows_of, run_cluster
from ocrweb.services.cluster.shard import ShardReport
from ocrweb.services.cluster.store import opened
from ocrweb.services.detect.evaluation import EvaluationReport, EvaluationRequest, Judge, labelled_samples, summed_up


def evaluate_on_cluster(
    request: EvaluationRequest,
    cluster: ClusterRequest,
    on_part: Callable[[ShardReport, int, int], None] = lambda part, done, total: None,
) -> EvaluationReport:
    """As `evaluate_model`, with the same figures. cluster: how; its inputs are the pictures of the split.

    Raises what `run_cluster` raises, `cluster.no-sweep`, and `cluster.unusable` for a picture without a result.
    """
    if request.sweep:
        raise OcrwebError("cluster.no-sweep")
    samples = labelled_samples(request)
    pictures = tuple(dict.fromkeys(os.path.abspath(sample.image) for sample in samples))
    run_cluster(replace(cluster, inputs=pictures, detect=request.detect), on_part)
    rows = {row["image_path"]: row for row in rows_of(opened(cluster.out))}
    card = resolve(request.detect.model).card
    decode = request.detect.decode or default_decode(card)

    def looked_at() -> Iterator[tuple[Judgement, float]]:
        for sample in samples:
            row = rows[os.path.abspath(sample.image)]
            if not row["success"]:
                raise OcrwebError("cluster.unusable", reason=row["error"]["message"])
            yield judge_outlines(sample, outlines_of(row), decode.shape), row["scale"]

    told = next(iter(rows.values()))
    by = Judge(told["model"], told["device"], decode, request.detect.resize or default_resize(card))
    return summed_up(request, by, looked_at(), len(samples), lambda done, total: None)


def outlines_of(row: dict[str, Any]) -> list[np.ndarray]:
    """(P, 2) float each, of the outlines where a row has them, else of its boxes."""
    return [np.array(flat, np.float64).reshape(-1, 2) for flat in row["polygons"] or row["boxes"]]
