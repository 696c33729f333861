"""python opencv.py model_opencv.onnx model.yml picture.jpg: the boxes that OpenCV's own text detector finds.

OpenCV takes one size for every picture and stretches each to it. The network is in float32 whatever the export is in.
"""

import sys

import cv2
import numpy as np
import yaml

network, settings, name = sys.argv[1:]
with open(settings, encoding="utf-8") as file:
    card = yaml.safe_load(file)
picture = cv2.imread(name)
high, wide = picture.shape[:2]
if card["export"]["size"] == "dynamic":
    longest = card["limit_type"] == "max"
    side = card["limit_side"]
    ratio = min(1, side / max(high, wide)) if longest else max(1, side / min(high, wide))
    high, wide = (max(32, round(int(length * ratio) / 32) * 32) for length in (high, wide))
else:
    high, wide = card["export"]["size"]

model = cv2.dnn.TextDetectionModel_DB(network)
model.setInputSize(wide, high)
model.setInputMean(255 * np.array(card["mean"]))
model.setInputScale(1 / 255 / np.array(card["std"]))  # three values: with one alone boxes are far off
model.setInputSwapRB(False)  # channels stay blue, green, red
model.setBinaryThreshold(card["export"]["threshold"])
model.setPolygonThreshold(card["export"]["box_threshold"])
model.setUnclipRatio(card["export"]["unclip_ratio"])
model.setMaxCandidates(1000)
for box, score in zip(*model.detect(picture), strict=True):
    print(",".join(f"{value:.1f}" for value in np.ravel(box)), f"{score:.4f}", sep=",")
