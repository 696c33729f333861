"""One part of a job, from its pictures to its file."""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ocrweb.config.detection import DecodeOptions, ResizeOptions
from ocrweb.errors import OcrwebError
from ocrweb.imaging.documents.page import DocumentPage
from ocrweb.imaging.encode import encode_picture
from ocrweb.runtime.detector import Detector
from ocrweb.runtime.result import DetectionResult
from ocrweb.services.cluster.inputs import Shard
from ocrweb.services.cluster.ledger import TRIES, Tries
from ocrweb.services.cluster.pieces import Data, Piece, pieces
from ocrweb.services.cluster.rows import row_of, to_parquet
from ocrweb.services.cluster.store import Store
from ocrweb.services.detect.detection import draw_result, probe
from ocrweb.services.files.outputs import Names
from ocrweb.services.files.reports import internal_error

OVERLAYS = "overlays"


@dataclass(frozen=True, slots=True)
class ShardReport:
    """What became of a part."""

    name: str
    pictures: int
    failed: int
    boxes: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Answer:
    result: DetectionResult
    scale: float | None = None
    drawing: bytes | None = None


@dataclass(frozen=True, slots=True)
class ShardWork:
    """How every part of a job is answered. out: the job's folder. overlays: pictures with their boxes are written too.

    together: pictures in work at a time.
    """

    detector: Detector
    decode: DecodeOptions
    resize: ResizeOptions | None
    out: Store
    overlays: bool
    together: int

    def answer(self, shard: Shard, tries: Tries) -> ShardReport:
        """Look at all pictures of a part and write its file, the drawings first: the file says that the part is done.

        A picture that cannot be used is a row with its error, and so is one that has ended its worker `TRIES` times.
        Raises what stops the job: an output folder that cannot be written.
        """
        rows: list[dict[str, Any]] = []
        names, packed = Names(), io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as drawings:
            for answer in self._answers(shard, tries):
                overlay = None
                if answer.drawing is not None:
                    name = f"{names.give(answer.result.image_path)}.jpg"
                    drawings.writestr(zipfile.ZipInfo(name), answer.drawing)
                    overlay = f"{OVERLAYS}/{shard.name}.zip/{name}"
                rows.append(row_of(answer.result, answer.scale, overlay))
        if self.overlays:
            self.out.at(f"{OVERLAYS}/{shard.name}.zip").write(packed.getvalue())
        failed = sum(not row["success"] for row in rows)
        report = ShardReport(shard.name, len(rows), failed, sum(len(row["boxes"]) for row in rows))
        self.out.at(f"{shard.name}.parquet").write(to_parquet(rows, report.to_dict()))
        return report

    def _answers(self, shard: Shard, tries: Tries) -> Iterator[_Answer]:
        """In the order of the part."""
        waiting: deque[tuple[int, Future[_Answer]]] = deque()

        def oldest() -> _Answer:
            place, future = waiting.popleft()
            answer = future.result()
            tries.end(place)
            return answer

        with (
            pieces(shard, self.detector.longest(self.resize)) as coming,
            ThreadPoolExecutor(self.together, thread_name_prefix="shard") as pool,
        ):
            place = 0
            while True:
                ended = tries.before(place)
                while waiting and (ended or len(waiting) >= self.together):
                    yield oldest()
                if ended > TRIES:  # it ends its worker before its name is known: nothing can be read from there on
                    yield self._failed(shard.addresses[-1], OcrwebError("cluster.poisonous", tries=ended))
                    return
                tries.begin(place)
                piece = next(coming, None)
                if piece is None:
                    tries.end(place)
                    break
                if ended >= TRIES:
                    tries.end(place)
                    yield self._failed(piece.name, OcrwebError("cluster.poisonous", tries=ended))
                elif ended:
                    answer = self._looked_at(piece)
                    tries.end(place)
                    yield answer
                else:
                    here = piece if piece.apart else _loaded(piece)
                    waiting.append((place, pool.submit(self._looked_at, here)))
                place += 1
            while waiting:
                yield oldest()

    def _looked_at(self, piece: Piece) -> _Answer:
        try:
            data = piece.load()
            page = probe(
                self.detector, data.pixels if isinstance(data, DocumentPage) else data, self.resize, piece.name
            )
            result = self.detector.regions(page, self.decode, image_path=piece.name)
            if isinstance(data, DocumentPage):
                result = replace(result, page=data.number, to_points=data.to_points)
            drawn = _drawn(page.picture, result) if self.overlays else None
            return _Answer(result, float(page.page.scale_y), drawn)
        except OcrwebError as error:
            return self._failed(piece.name, error)
        except Exception as failure:  # one odd picture must not take the others with it; its traceback is kept
            return self._failed(piece.name, internal_error(failure))

    def _failed(self, name: str, error: OcrwebError) -> _Answer:
        """With a copy of the error that was never raised: a traceback would keep the picture's bytes alive."""
        error = OcrwebError(error.code, where=error.where, **error.params)
        told = (self.detector.model, self.detector.device, self.decode.threshold)
        return _Answer(DetectionResult(name, 0, 0, *told, error=error))


def _loaded(piece: Piece) -> Piece:
    """The piece with its bytes, read here and now: the archive goes on to the next one."""
    try:
        data: Data = piece.load()
    except OcrwebError as error:
        failure = error

        def fail() -> Data:
            raise failure

        return Piece(piece.name, fail)
    return Piece(piece.name, lambda: data)


def _drawn(pixels: np.ndarray, result: DetectionResult) -> bytes:
    return encode_picture(draw_result(pixels, result), ".jpg")
