"""python detect.py model.onnx picture.jpg [boxes.png]: text boxes with ONNX Runtime and OpenCV alone.

Prints one box a line: x1,y1,x2,y2,x3,y3,x4,y4,score. All settings come from the file's metadata.
"""
import json
import sys

import cv2
import numpy as np
import onnxruntime


def load(path):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    known = session.get_modelmeta().custom_metadata_map
    names = ("mean", "std", "threshold", "box_threshold", "unclip_ratio", "limit_side", "size")
    return session, {n: known[n] if n == "size" and known[n] == "dynamic" else json.loads(known[n]) for n in names} | {
        "limit_type": known["limit_type"]}


def network_input(picture, card):
    height, width = picture.shape[:2]
    if card["size"] != "dynamic":
        ratio = min(1, card["size"][0] / height, card["size"][1] / width)
        ratio = int(max(height, width) * ratio) / max(height, width)
    elif card["limit_type"] == "max":
        ratio = min(1, card["limit_side"] / max(height, width))
    else:
        ratio = max(1, card["limit_side"] / min(height, width))
    high, wide = (max(32, round(int(side * ratio) / 32) * 32) for side in (height, width))
    blob = (cv2.resize(picture, (wide, high)) / 255.0 - card["mean"]) / card["std"]  # channels stay blue green red
    blob = blob.transpose(2, 0, 1)[None].astype(np.float32)
    if card["size"] != "dynamic":  # zeros on the right and below, up to the fixed size
        blob = np.pad(blob, ((0, 0), (0, 0), (0, card["size"][0] - high), (0, card["size"][1] - wide)))
    return blob, high, wide


def detect(session, card, picture):
    blob, high, wide = network_input(picture, card)
    score_map = np.ascontiguousarray(session.run(None, {session.get_inputs()[0].name: blob})[0][0, 0, :high, :wide])
    contours, _ = cv2.findContours((score_map > card["threshold"]).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours[:1000]:
        kernel = cv2.boxPoints(cv2.minAreaRect(contour))
        mask = cv2.fillPoly(np.zeros(score_map.shape, np.uint8), [kernel.astype(np.int32)], 1)
        score, sides = cv2.mean(score_map, mask)[0], cv2.minAreaRect(contour)[1]
        if min(sides) < 3 or score < card["box_threshold"]:
            continue
        grow = sides[0] * sides[1] * card["unclip_ratio"] / sum(sides)  # both sides by 2 · area · ratio / perimeter
        centre, (one, two), angle = cv2.minAreaRect(np.trunc(kernel).astype(np.int32))
        if min(one, two) + grow >= 5:
            box = cv2.boxPoints((centre, (one + grow, two + grow), angle)) * [picture.shape[1] / wide, picture.shape[0] / high]
            yield np.clip(box, 0, [picture.shape[1], picture.shape[0]]), score


picture = cv2.imread(sys.argv[2], cv2.IMREAD_COLOR)
boxes = list(detect(*load(sys.argv[1]), picture))
for box, score in boxes:
    print(",".join(f"{value:.1f}" for value in box.ravel()), f"{score:.4f}", sep=",")
if len(sys.argv) > 3:
    cv2.imwrite(sys.argv[3], cv2.polylines(picture, [box.astype(np.int32) for box, _ in boxes], True, (0, 0, 255), 2))
