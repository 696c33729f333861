"""Pictures that lose their text when they are shrunk to the network's size are seen in tiles, whose maps are blended."""

import cv2
import numpy as np

OVERLAP, LARGEST, SMALLEST = 160, 1280, 480  # pixels of the network's input


def probability_map(run, picture, card):
    """The map of a picture of any size. run: (h, w, 3) pixels → (h, w) map. card: the settings in the metadata."""
    high, wide = picture.shape[:2]
    fixed, longest = card["size"], card["limit_type"] == "max"
    if fixed:
        ratio = int(max(high, wide) * min(1, fixed[0] / high, fixed[1] / wide)) / max(high, wide)
    else:
        ratio = (
            min(1, card["limit_side"] / max(high, wide)) if longest else max(1, card["limit_side"] / min(high, wide))
        )
    limit = min(card["limit_side"], LARGEST) if longest else LARGEST
    most = [side // 32 * 32 for side in fixed or (limit, limit)]
    line = min(max(min(high, wide) / 60, 14.5), 54)  # pixels of an ordinary line; under 8 in the network it is lost
    if line * max(ratio, min(1, LARGEST / max(high, wide))) >= 8 or min(most) < SMALLEST:
        return run(_resized(picture, ratio))
    return _stitched(run, _resized(picture, min(1, 20 / line)), most)


def _resized(picture, ratio):
    high, wide = (max(32, round(int(side * ratio) / 32) * 32) for side in picture.shape[:2])
    return cv2.resize(picture, (wide, high))


def _stitched(run, shown, most):
    whole = np.zeros(shown.shape[:2], np.float32)
    (tops, high), (lefts, wide) = (_axis(side, limit) for side, limit in zip(shown.shape, most, strict=False))
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            place = slice(top, top + high), slice(left, left + wide)
            whole[place] += run(shown[place]) * np.outer(_counts(tops, row, high), _counts(lefts, column, wide))
    return whole


def _axis(length, most):
    """Where the tiles start that cover a length, and their size."""
    if length <= most:
        return [0], length
    count = -(-(length - OVERLAP) // (most - OVERLAP))
    size = min(most, -(-(length + (count - 1) * OVERLAP) // count // 32) * 32)
    return [(length - size) * number // (count - 1) // 32 * 32 for number in range(count)], size


def _counts(starts, number, size):
    """How much each pixel of a tile counts: a slope over the middle half of what neighbours share."""
    counts = np.ones(size)
    for other, side in ((number - 1, slice(None)), (number + 1, slice(None, None, -1))):
        if 0 <= other < len(starts):
            shared = size - abs(starts[other] - starts[number])
            counts[side][:shared] = np.clip(2 * (np.arange(shared) + 0.5) / shared - 0.5, 0, 1)
    return counts
