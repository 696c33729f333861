"""Pictures and datasets that the deeds send, drawn on the spot from the dice."""

from __future__ import annotations

import io
import random
import zipfile

import cv2
import numpy as np

TRAINING = "story"  # the dataset that runs are trained on


def page(dice: random.Random, height: int = 220, width: int = 300, lines: int = 3) -> np.ndarray:
    """(height, width, 3) uint8 BGR: lines of clear print."""
    pixels = np.full((height, width, 3), 250, np.uint8)
    for line in range(lines):
        words = f"No {dice.randrange(1000)} {dice.randrange(100)}.50"
        cv2.putText(pixels, words, (15, 45 + 60 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (10, 10, 10), 2, 16)
    return pixels


def picture(dice: random.Random) -> tuple[str, bytes]:
    """A name and the bytes of a picture file."""
    suffix = dice.choice([".png", ".jpg"])
    return f"page{dice.randrange(10**6)}{suffix}", bytes(cv2.imencode(suffix, page(dice))[1])


def zip_of_pictures(dice: random.Random) -> bytes:
    return _packed(dict(picture(dice) for _ in range(dice.randint(5, 15))))


def dataset_zip(dice: random.Random, pictures: int = 10) -> bytes:
    """A dataset in the training layout; three of four times with something wrong in it that the rules find."""
    files: dict[str, bytes] = {}
    for split, count in (("train", pictures), ("test", 2)):
        lines = []
        for number in range(1, count + 1):
            image, labels = f"{split}_images/{number}.jpg", f"{split}_gts/{number}.txt"
            files[image] = bytes(cv2.imencode(".jpg", page(dice))[1])
            boxes = [
                f"10,{20 + 60 * line},250,{20 + 60 * line},250,{55 + 60 * line},10,{55 + 60 * line},No {line}"
                for line in range(3)
            ]
            files[labels] = "\n".join(boxes).encode() + b"\n"
            lines.append(f"{image} {labels}\n")
        files[f"{split}_list.txt"] = "".join(lines).encode()
    wrong = dice.choice(["nothing", "label", "picture", "line"])
    if wrong == "label":
        files["train_gts/2.txt"] += b"250,20,10,20,10,55,250,55,turned\n1,2,3\n"
    elif wrong == "picture":
        files["train_images/3.jpg"] = files["train_images/3.jpg"][:200]
    elif wrong == "line":
        files["train_list.txt"] += b"train_images/none.jpg train_gts/none.txt\n"
    return _packed(files)


def _packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
