"""The settings that a search tries, each against ``as it is``: the words of ``ocrweb train -o``."""

from __future__ import annotations

AS_IT_IS = "as it is"
SETTINGS: dict[str, tuple[str, ...]] = {
    AS_IT_IS: (),
    "rate / 2": ("learning_rate=0.0005",),
    "rate x 2": ("learning_rate=0.002",),
    "pretrained 0.1": ("optimizer.pretrained_ratio=0.1",),
    "pretrained 1": ("optimizer.pretrained_ratio=1",),
    "batch 4": ("batch_size=4",),
    "crop 480": ("crop_size=480",),
    "crop 320, batch 8": ("crop_size=320", "batch_size=8"),
    "dice": ("loss.main=dice",),
    "bce": ("loss.main=bce",),
    "fewer negatives": ("loss.negative_ratio=1.5",),
    "more negatives": ("loss.negative_ratio=6",),
    "threshold map / 3": ("loss.beta=3",),
    "shrink 0.3": ("targets.shrink_ratio=0.3",),
    "shrink 0.5": ("targets.shrink_ratio=0.5",),
    "text from 4 px": ("targets.min_text_size=4",),
    "average 0.99": ("ema.decay=0.99",),
    "average 0.9995": ("ema.decay=0.9995",),
    "zoomed": ("augmentation.scale_min=1", "augmentation.scale_max=4", "augmentation.text_height_min=16"),
    "no perspective": ("augmentation.perspective=0",),
    "more blur and JPEG": ("augmentation.blur=0.3", "augmentation.jpeg=0.4"),
    "shadows": ("augmentation.shadow=0.4",),
    "longer side 1600": ("evaluation.limit_side=1600",),
    "longer side 2000": ("evaluation.limit_side=2000",),
}
