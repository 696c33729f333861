"""Make arrays of this folder again and say how far the kept ones are from them.

    python -m tests.golden.make [--write]

All come from PaddleOCR's own modules (Apache-2.0) with the config ch_det_res18_db_v2.0; Python 3.11, paddlepaddle 3.2.2, NumPy
2.3.5, paddleocr 3.7.0; OpenCV 4.10.0, and 5.0.0 for the files ``…_cv411plus``, since OpenCV fills polygons in another way from 4.11 on.

What this script makes, from the maps in dbpostprocess.npz (drawn once, rounded to float16 before anything was made of them): what
DBPostProcess gives at thresholds 0.3 and 0.6 and unclip ratio 1.5, in the order of the contours. It drops its scores, so the
functions inside it are called. The class of PaddleX, which PaddleOCR detects with, gives the same as ``ppocr.postprocess``.

The rest needs the modules that PaddleOCR trains with, from a checkout of it; no package has them:

- keys.tsv: name, shape and type of each tensor of ResNet_vd(18), DBFPN(256), DBHead(k=50).
- forward.npz: that network with the weights of `tests.model.golden.fill`, on default_rng(0).standard_normal((1, 3, 160, 224)),
  every third row and column; ``after_train``: statistics after one forward pass in train mode.
- trainstep.npz: three steps of Adam at 0.001 from there, on default_rng(1).standard_normal((2, 3, 128, 160)) and the labels inside.
- loss.npz: DBLoss of the maps and labels inside; ``out_bce`` with main_loss_type=BCELoss on maps clipped to 1e-4 … 1 - 1e-4.
- targets.npz: MakeBorderMap(0.4, 0.3, 0.7), then MakeShrinkMap(8, 0.4), on the polygons inside in 640 x 640 pixels: three receipts
  of SROIE (the fourth polygon set to ignore) and handmade ones.
- metric.json: DetectionIoUEvaluator on the labels and detections inside.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np

FOLDER = Path(__file__).parent
FIRST, SECOND = FOLDER / "dbpostprocess.npz", FOLDER / "dbpostprocess_cv411plus.npz"
MADE_WITH = ("paddlex", "opencv-contrib-python", "numpy", "pyclipper", "shapely")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden.make")
    parser.add_argument("--write", action="store_true", help="replace the file")
    given = parser.parse_args()
    print(", ".join(f"{name} {version(name)}" for name in MADE_WITH))
    target = SECOND if tuple(int(part) for part in cv2.__version__.split(".")[:2]) >= (4, 11) else FIRST
    inputs, kept = np.load(FIRST), np.load(target)
    made = answers(inputs)
    worst = {name: furthest(array, kept[name]) for name, array in made.items()}
    for name, distance in sorted(worst.items()):
        print(f"{name}: {distance:g}")
    if given.write:
        np.savez_compressed(target, **({**dict(inputs), **made} if target == FIRST else made))
    return int(max(worst.values()) > 0)


def answers(inputs: np.lib.npyio.NpzFile) -> dict[str, np.ndarray]:
    """Boxes and scores of every page, and its outlines with the number of points of each."""
    from paddlex.inference.models.text_detection.processors import DBPostProcess

    made: dict[str, np.ndarray] = {}
    for page in sorted({name.split("/")[0] for name in inputs.files}):
        probabilities = inputs[f"{page}/map"].astype(np.float32)
        width, height = inputs[f"{page}/picture_size"].tolist()
        bitmap = probabilities > 0.3
        for mode in ("fast", "slow"):
            process = DBPostProcess(score_mode=mode)
            boxes, scores = process.boxes_from_bitmap(probabilities, bitmap, width, height, 0.6, 1.5)
            made[f"{page}/{mode}_quad/boxes"] = np.array(boxes, np.int32).reshape(-1, 4, 2)
            made[f"{page}/{mode}_quad/scores"] = np.array(scores, np.float64)
        outlines, scores = DBPostProcess().polygons_from_bitmap(probabilities, bitmap, width, height, 0.6, 1.5)
        made[f"{page}/fast_poly/counts"] = np.array([len(outline) for outline in outlines], np.int32)
        made[f"{page}/fast_poly/points"] = np.array([p for outline in outlines for p in outline], np.int32).reshape(
            -1, 2
        )
        made[f"{page}/fast_poly/scores"] = np.array(scores, np.float64)
    return made


def furthest(made: np.ndarray, kept: np.ndarray) -> float:
    """The largest difference of two arrays; infinite where their shapes differ."""
    if made.shape != kept.shape:
        return float("inf")
    return float(np.abs(made.astype(float) - kept.astype(float)).max(initial=0))


if __name__ == "__main__":
    sys.exit(main())
