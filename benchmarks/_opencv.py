"""OpenCV's own text detector with the network of an export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from ocrweb.runtime.card import ModelCard
from ocrweb.runtime.detector import default_decode, default_resize
from ocrweb.runtime.preprocess import network_size


def opencv_detector(network: Path, card: ModelCard) -> Callable[[np.ndarray], Sequence[np.ndarray]]:
    """`cv2.dnn.TextDetectionModel_DB` at the size and with the thresholds of the card: (H, W, 3) BGR → quads.

    network: the export's ``model_opencv.onnx``; another may hold operations that OpenCV has not.
    """
    decode, resize = default_decode(card), default_resize(card)
    model = cv2.dnn.TextDetectionModel_DB(str(network))
    model.setInputMean((255 * np.array(card.mean)).tolist())
    model.setInputScale((1 / 255 / np.array(card.std)).tolist())
    model.setInputSwapRB(False)
    model.setBinaryThreshold(decode.threshold)
    model.setPolygonThreshold(decode.effective_box_threshold)
    model.setUnclipRatio(decode.unclip_ratio)
    model.setMaxCandidates(decode.max_candidates)

    def run(pixels: np.ndarray) -> Sequence[np.ndarray]:
        model.setInputSize(*network_size(pixels.shape[1], pixels.shape[0], resize))
        return [np.asarray(box, np.float32) for box in model.detect(pixels)[0]]

    return run
