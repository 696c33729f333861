"""Make the shipped asset of db-resnet18 out of a run: ``python -m benchmarks.pretrain.ship RUN``.

Writes into ocrweb/assets/weights/ ``db_resnet18.pdparams`` (convolutions as float16, everything else as float32),
``.sha256`` and ``.yml`` (the card), and beside this file ``MODEL_CARD.md`` and ``curve.csv``. The network that users
detect with is made of these weights when it is first needed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ocrweb.config import paths
from ocrweb.config.model_names import HOUSE
from ocrweb.data.icdar import read_split
from ocrweb.errors import OcrwebError
from ocrweb.evaluation.sweep import FINE, Choice
from ocrweb.model.architecture import architecture_of
from ocrweb.model.pdparams import read_pdparams, write_pdparams
from ocrweb.render.dataset import render_dataset
from ocrweb.rundir import metrics, names
from ocrweb.runtime.card import ModelCard, read_card, write_card
from ocrweb.runtime.catalogue import SHIPPED
from ocrweb.runtime.paddle_env import machine_environment

HERE = Path(__file__).parent
STEM = "db_resnet18"
MOST_BYTES = 25_000_000
PAGES = 60
SEED = 990_001  # far from the seeds of training pages and of the run's own held-out pages
MOST_DIFFERENCE = 0.05  # of probabilities, by the rounding to float16; steep borders move most


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pretrain.ship", description=__doc__)
    parser.add_argument("run", help="run folder, name, or latest")
    parser.add_argument("--pages", type=int, default=PAGES, help="pages to judge the weights on")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the asset")
    parser.add_argument("--card-out", type=Path, default=HERE, help="folder of MODEL_CARD.md and curve.csv")
    given = parser.parse_args(argv)
    os.environ.update(machine_environment())
    try:
        shipped = ship(names.find_run(paths.workdirs_dir(), given.run), given.out, given.card_out, given.pages)
    except OcrwebError as error:
        print(f"{error.message()}\n  → {error.hint()}")
        return 2
    print("\n".join(f"{name}: {value}" for name, value in shipped.items()))
    return 0


def ship(run: Path, out: Path, card_out: Path, pages: int = PAGES) -> dict[str, Any]:
    """Write the asset; bytes, sha256 and max_abs_diff, the greatest change of a probability by the rounding.

    Of the run's best and latest weights those are taken that do better on new pages, and the thresholds chosen there.

    Raises OcrwebError ``weights.…`` for weights that are not whole or not of this network, ValueError for numbers that
    float16 cannot hold, a file too large, or a change too great. Nothing is replaced then.
    """
    candidates = [run / name for name in (names.BEST, names.LATEST) if (run / name).is_file()]
    for file in candidates:
        if architecture_of(file).name != HOUSE:
            raise ValueError(f"{file} is not {HOUSE}")
    given = read_card(run / names.CARD)
    choices = dict(zip(candidates, judge(candidates, given, pages), strict=True))
    chosen = max(choices, key=lambda file: choices[file].score.hmean)
    tensors = read_pdparams(chosen)
    halved = as_shipped(tensors)
    difference = max_abs_diff(tensors, halved)
    if difference > MOST_DIFFERENCE:
        raise ValueError(f"float16 changes probabilities by up to {difference:.4f}")
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{STEM}.pdparams"
    write_pdparams(halved, target.with_suffix(".new"))
    size = target.with_suffix(".new").stat().st_size
    if size > MOST_BYTES:
        target.with_suffix(".new").unlink()
        raise ValueError(f"{size:,} bytes are more than {MOST_BYTES:,}")
    target.with_suffix(".new").replace(target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    (out / f"{STEM}.sha256").write_text(f"{digest}  {target.name}\n", encoding="utf-8")
    card = house_card(given, choices[chosen], pages)
    write_card(card, out / f"{STEM}.yml")
    figures = {"weights": chosen.name, "bytes": size, "sha256": digest, "max_abs_diff": round(difference, 5)}
    write_model_card(run, card, figures, card_out)
    return figures


def as_shipped(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Convolutions as float16; batch norm and biases stay float32: they are small, and variances may be tiny."""
    shipped = {}
    for name, array in tensors.items():
        if not np.isfinite(array).all() or (array.ndim > 1 and np.abs(array).max() > np.finfo(np.float16).max):
            raise ValueError(f"{name} cannot be shipped: it is not finite, or too large for float16")
        shipped[name] = array.astype(np.float16 if array.ndim > 1 else np.float32)
    return shipped


def max_abs_diff(tensors: Mapping[str, np.ndarray], halved: Mapping[str, np.ndarray]) -> float:
    """The greatest difference of the two networks' probabilities on a rendered receipt."""
    import paddle

    from ocrweb.config.detection import ResizeOptions
    from ocrweb.render.page import render_page
    from ocrweb.runtime.preprocess import prepare

    default = ModelCard(name=HOUSE)
    page = render_page("receipt", 1, (640, 480), fonts="held-out")
    blob = prepare(page.pixels, ResizeOptions(limit_side=640), default.mean, default.std).blob
    with paddle.no_grad():
        maps = [network(version)(paddle.to_tensor(blob)).numpy() for version in (tensors, halved)]
    return float(np.abs(maps[0] - maps[1]).max())


def judge(files: Sequence[Path], card: ModelCard, pages: int) -> list[Choice]:
    """The thresholds that suit each file of weights, and its score with them, on pages of another seed in other fonts.

    The pages are not those that the run chose its best weights on: a best of many evaluations is too good there.
    """
    from ocrweb.config.detection import ResizeOptions
    from ocrweb.training.learn.evaluate import Evaluator, InputRule
    from ocrweb.training.machine.distributed import Group

    rule = InputRule(ResizeOptions(limit_side=card.limit_side, limit_type=card.limit_type), card.mean, card.std)
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "pages"
        render_dataset(drawn, pages, 0, SEED, fonts="held-out")
        evaluator = Evaluator(read_split(drawn, "train"), rule, Group())
        return [evaluator.evaluate(network(read_pdparams(file)), FINE).choice for file in files]


def network(tensors: Mapping[str, np.ndarray]) -> Any:
    """db-resnet18 with these weights, for detection."""
    import paddle

    from ocrweb.model.architecture import Architecture, new_layer

    model = new_layer(Architecture(HOUSE))
    model.set_state_dict({name: paddle.to_tensor(array.astype(np.float32)) for name, array in tensors.items()})
    model.eval()
    return model


def house_card(card: ModelCard, choice: Choice, pages: int) -> ModelCard:
    """The run's card under the house name, with the thresholds and the score of the last judgement."""
    description = {
        "en": "DB-ResNet18, pretrained on rendered pages: a start for your own pictures",
        "zh": "DB-ResNet18，在渲染页面上预训练：适合作为自有数据训练的起点",
    }
    changes = {"name": HOUSE, "architecture": STEM, "description": description, "source": "ocrweb, benchmarks/pretrain"}
    scores = {name: round(float(getattr(choice.score, name)), 4) for name in ("hmean", "precision", "recall")}
    metrics = {"validation": {"pictures": pages, **scores}}
    return card.model_copy(update={**changes, **choice.thresholds(), "metrics": metrics})


def write_model_card(run: Path, card: ModelCard, figures: Mapping[str, Any], out: Path) -> None:
    """Fill the template with the run's settings and figures, and keep its curve."""
    from ocrweb.training.run.checkpoint import load_checkpoint

    progress = load_checkpoint(run / names.LATEST_OPTIMIZER).progress
    rows = metrics.read_rows(run / names.METRICS)
    step = max(1, len(rows) // 25)
    curve = [row for place, row in enumerate(rows) if place % step == 0 or place == len(rows) - 1]
    columns = ("step", "loss", "hmean", "precision", "recall")
    lines = ["| " + " | ".join("" if row[c] is None else f"{row[c]:g}" for c in columns) + " |" for row in curve]
    filled = (HERE / "model_card_template.md").read_text(encoding="utf-8")
    values = {
        "config": (run / names.CONFIG).read_text(encoding="utf-8").strip(),
        "steps": progress.step,
        "hours": f"{progress.seconds / 3600:.1f}",
        "curve": "\n".join(lines),
        "hmean": card.metrics["validation"]["hmean"],
        "pages": card.metrics["validation"]["pictures"],
        "thresholds": f"{card.threshold} / {card.box_threshold} / {card.unclip_ratio}",
        **figures,
    }
    for name, value in values.items():
        filled = filled.replace(f"<{name}>", str(value))
    (out / "MODEL_CARD.md").write_text(filled, encoding="utf-8")
    shutil.copyfile(run / names.METRICS, out / "curve.csv")


if __name__ == "__main__":
    raise SystemExit(main())
