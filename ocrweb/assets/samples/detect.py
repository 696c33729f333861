"""python detect.py model.onnx picture.jpg: prints x1,y1,x2,y2,x3,y3,x4,y4,score of every box; needs the metadata."""

import json
import sys

import cv2
import numpy as np
import onnxruntime
from tiles import probability_map

CIRCLE = np.stack([np.cos(np.arange(0, 6.283, 0.01)), np.sin(np.arange(0, 6.283, 0.01))], axis=-1)


def run(session, card, shown):
    """The map of what fits into the network: (h, w, 3) pixels → (h, w) probabilities."""
    (high, wide), fixed = shown.shape[:2], card["size"]
    blob = (shown / 255.0 - card["mean"]) / card["std"]  # channels stay blue, green, red
    if fixed:  # zeros on the right and below
        blob = np.pad(blob, ((0, fixed[0] - high), (0, fixed[1] - wide), (0, 0)))
    blob = blob.transpose(2, 0, 1)[None].astype(np.float32)
    return session.run(None, {session.get_inputs()[0].name: blob})[0][0, 0, :high, :wide]


def on_canvas(picture):
    """A tiny picture gets a margin of its border's colour."""
    if max(picture.shape[:2]) >= 64:
        return picture
    colour = np.median(np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]), axis=0)
    high, wide = picture.shape[:2]
    return cv2.copyMakeBorder(picture, 0, 96 - high, 0, 96 - wide, cv2.BORDER_CONSTANT, value=colour.tolist())


def detect(session, card, picture):
    canvas = on_canvas(picture)
    scores = probability_map(lambda shown: run(session, card, shown), canvas, card)
    high, wide = scores.shape
    text = (scores > card["threshold"]).astype(np.uint8)
    scale = [canvas.shape[1] / wide, canvas.shape[0] / high]
    for contour in cv2.findContours(text, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]:
        rectangle = cv2.minAreaRect(contour)
        kernel, sides = cv2.boxPoints(rectangle).astype(np.int32), rectangle[1]
        mask = cv2.fillPoly(np.zeros_like(text), [kernel], 1)
        score = scores[mask > 0].mean()
        if min(sides) < 3 or score < card["box_threshold"]:
            continue
        distance = sides[0] * sides[1] * card["unclip_ratio"] / sum(sides) / 2  # area · ratio / perimeter
        outline = np.floor(kernel[:, None] + distance * CIRCLE + 0.5).reshape(-1, 2)
        grown = cv2.minAreaRect(outline.astype(np.float32))
        if min(grown[1]) >= 5:
            yield np.clip((cv2.boxPoints(grown) + 0.5) * scale, 0, picture.shape[1::-1]), score


network = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
known = network.get_modelmeta().custom_metadata_map
settings = {name: json.loads(known[name]) for name in ("mean", "std", "threshold", "box_threshold", "unclip_ratio")}
settings |= {"limit_side": int(known["limit_side"]), "limit_type": known["limit_type"]}
settings |= {"size": None if known["size"] == "dynamic" else json.loads(known["size"])}
for box, score in detect(network, settings, cv2.imread(sys.argv[2])):
    print(",".join(f"{value:.1f}" for value in box.ravel()), f"{score:.4f}", sep=",")
