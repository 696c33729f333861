"""From a stranger's file to a proven network: find it, make it ONNX, judge the graph, run it once, try to train it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ocrweb.data.archive import extract_archive
from ocrweb.data.archive_plan import ArchiveLimits
from ocrweb.errors import OcrwebError
from ocrweb.messages import Sentence
from ocrweb.rundir import names
from ocrweb.runtime.card import CARD_FILE, ModelCard, read_card
from ocrweb.runtime.entry import card_of_paddle, from_onnx
from ocrweb.training.importing.graph import check_graph
from ocrweb.training.importing.proof import checked_card, prove

NETWORK, WEIGHTS = "model.onnx", "weights.pdparams"
PARAMETERS, PROGRAMS = "inference.pdiparams", ("inference.json", "inference.pdmodel")
BASE_GRAPH = "base.onnx"  # of a run's weights, not its network
MEMBERS = 200  # files that a zip with one model may hold
Tell = Callable[[str, float], None]


def import_file(source: Path, folder: Path, name: str, shown: str, tell: Tell) -> dict[str, Any]:
    """Fill `folder` with ``model.onnx``, and ``weights.pdparams`` where they can be trained from; what was found out.

    source: an .onnx, .pdparams or .zip file, or a Paddle inference folder. name: of the model. shown: the file's name.
    Raises what `check_graph`, `prove`, the converter and reading archives, weights and cards raise, and ``imports.no-model``.
    """
    tell("read", 0.05)
    found = find_model(source, source.parent / "unpacked", shown)
    form = "paddle" if found.is_dir() else found.suffix.removeprefix(".")
    network = folder / NETWORK
    house = False
    if form == "onnx":
        shutil.copyfile(found, network)
        check_graph(network, shown)
        card = from_onnx(found, name).card
    else:
        tell("convert", 0.15)
        card, house = _converted(found, network, shown)
        check_graph(network, shown)
    card = checked_card(card, name)
    tell("prove", 0.5)
    proof = prove(network, card)
    tell("train", 0.8)
    if house:
        shutil.copyfile(found, folder / WEIGHTS)
        card = card.model_copy(update={"architecture": "db_resnet18"})
    return {
        "card": card.model_dump(mode="json"),
        "form": form,
        "trains": house or _trainable(network),
        "proof": asdict(proof),
    }


def find_model(source: Path, unpacked: Path, shown: str) -> Path:
    """The one model in what was handed in: an .onnx or .pdparams file, or the folder of ``inference.pdiparams``."""
    if source.suffix.lower() == ".zip":
        size = source.stat().st_size
        limits = ArchiveLimits(bytes=size, unpacked=max(4 * size, 1 << 28), members=MEMBERS)
        source = extract_archive(source, unpacked, limits).root
    if source.is_file():
        return source
    files = [path for path in sorted(source.rglob("*")) if path.is_file() and not path.is_symlink()]
    kinds = (
        [path for path in files if path.suffix == ".onnx" and path.name != BASE_GRAPH],
        [path.parent for path in files if path.name == PARAMETERS],
        [path for path in files if path.name == names.BEST],
        [path for path in files if path.suffix == ".pdparams"],
    )
    models = next((found for found in kinds if found), [])
    if len(models) != 1:
        raise OcrwebError("imports.no-model", name=shown, count=len(models))
    return models[0]


def _converted(found: Path, network: Path, shown: str) -> tuple[ModelCard, bool]:
    """Write the network of Paddle's files; their card, and whether they are weights of the house model."""
    if found.is_file():
        from ocrweb.config.model_names import HOUSE
        from ocrweb.model.architecture import architecture_of
        from ocrweb.training.export.convert import convert

        house = architecture_of(found).name == HOUSE
        beside = found.with_name(CARD_FILE)
        convert(found, network)
        return (read_card(beside) if beside.is_file() else ModelCard(name=shown)), house
    if not any((found / program).is_file() for program in PROGRAMS):
        raise OcrwebError("model.damaged", path=shown, reason=" / ".join(PROGRAMS))
    import paddle

    from ocrweb.training.export.onnx import export_onnx
    from ocrweb.training.machine.device import on_cpu

    try:
        layer = paddle.jit.load(str(found / "inference"))
    except (RuntimeError, ValueError, OSError) as failure:
        raise OcrwebError("model.damaged", path=shown, reason=Sentence("engine.not-a-network")) from failure
    with on_cpu():
        export_onnx(layer, network)
    return card_of_paddle(found) or ModelCard(name=shown), False


def _trainable(network: Path) -> bool:
    """Whether a run could start from it."""
    try:
        from ocrweb.model.architecture import build_model

        build_model(network)
    except MemoryError:
        raise
    except Exception:  # a graph that nobody thought of breaks the builder in its own way: then it detects only
        return False
    return True
