"""Caches that have a bound are filled before anything is measured: what grows then is kept for ever."""

from __future__ import annotations

import random

import cv2

from benchmarks._served import Served
from benchmarks._visitor import Visitor, codes_in
from benchmarks.faults import material
from ocrweb.services.detect.maps import BUDGET

HEIGHT, WIDTH = 1600, 1200


def fill_maps(console: Served, budget: int = BUDGET) -> int:
    """Detect large pictures on the page until the pictures kept for its sliders take so many bytes; how many they are.

    Raises RuntimeError with the codes of what the page said instead of a result.
    """
    dice, visitor = random.Random(7), Visitor(console.port)
    count = -(-budget // (HEIGHT * WIDTH * 3))
    for number in range(count):
        data = bytes(cv2.imencode(".jpg", material.page(dice, HEIGHT, WIDTH))[1])
        sent = visitor.upload(f"warm{number}.jpg", data)
        answer = visitor.press(visitor.event("single-start"), {"single-picture": sent})
        if codes_in(answer):
            raise RuntimeError(f"warming up: {codes_in(answer)}")
    return count
