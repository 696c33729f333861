"""What people take for a model, and what is said of it."""

from __future__ import annotations

from pathlib import Path

from ocrweb.disk.names import some_of
from ocrweb.errors import OcrwebError

OTHER_FILES = {
    **dict.fromkeys((".pth", ".pt", ".ckpt", ".safetensors", ".bin", ".h5", ".pb", ".tflite"), "model.other-framework"),
    **dict.fromkeys((".pdopt", ".pdstates", ".states"), "model.optimizer-state"),
    **dict.fromkeys((".tar", ".zip", ".gz", ".tgz", ".7z", ".rar"), "model.packed"),
    **dict.fromkeys((".pdmodel", ".pdiparams", ".info", ".json", ".yml", ".xml"), "model.part-of-folder"),
}


def code_of(path: Path) -> str:
    """The error that a file of this suffix is refused with; "" where it may be a model."""
    return OTHER_FILES.get(path.suffix.lower(), "")


def refuse_folder_of_weights(path: Path, name: str) -> None:
    """Raise ``model.folder-of-weights`` for a folder in which a trainer of others left weights and no network."""
    weights = sorted(path.glob("*.pdparams"))
    if weights and not any(path.glob("*.onnx")) and not any(path.glob("inference.*")):
        likely = next((file for file in weights if "best" in file.name), weights[0])
        raise OcrwebError(
            "model.folder-of-weights", path=name, names=some_of([file.name for file in weights]), likely=str(likely)
        )
