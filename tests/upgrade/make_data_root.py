"""How `data_root_0.1.0.tar.gz` was made: a data root that version 0.1.0 itself filled, with its large files made small.

usage: python tests/upgrade/make_data_root.py CHECKOUT     CHECKOUT: a folder with the code of that version

Its own code draws and uploads a dataset, trains a run to its end, prepares a second one that waits in the queue, exports
the first, runs a batch of two pictures and makes a login. Then weights and networks, tens of megabytes that no reader of
lists looks into, are replaced by the tiny network of `tests/runtime/networks.py` or cut to some bytes, and so is what the
worker's libraries printed; drawings shrink, sample pictures, caches and locks go. Nothing else is touched: every other JSON,
YAML, CSV and text file is as it was written then.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE / "data_root_0.1.0.tar.gz"
SIZE = "320x320"
COMMANDS = (
    "sample-data --out ../drawn --train 4 --test 2 --seed 1",
    "resize ../drawn --max-side 320 --out ../small",
)
TRAIN = "train -o dataset=demo -o name=first -o epochs=1 -o batch_size=2 -o crop_size=320 -o max_minutes=1"
EXPORT = f"export --model first --size {SIZE}"
LOADED = {".pdparams", ".pdopt", ".pdiparams", ".bin"}  # only read when a model is used
INSIDE = """
import time
from pathlib import Path
from ocrweb.services import batch_jobs, training, training_queue
from ocrweb.services.access import decide_access
from ocrweb.services.batch import BatchRequest
from ocrweb.services.page_secret import page_secret

decide_access("0.0.0.0", None, False)
page_secret()
waits = training.prepare_run(training.make_config(None, ["dataset=demo", "name=second"]))
training_queue.enqueue(waits.name)
pictures = tuple(sorted(Path("datasets/demo/test_images").iterdir()))
batch = batch_jobs.start_batch(BatchRequest(tuple(path.resolve() for path in pictures)))
while batch_jobs.batch_job(batch).state in ("waiting", "running"):
    time.sleep(0.2)
print(batch_jobs.batch_job(batch))
"""
UPLOAD = """
import shutil
from pathlib import Path
from ocrweb.services import dataset_store
dataset_store.add_zip(Path(shutil.make_archive("../demo", "zip", "../small")))
"""


def fill(checkout: Path, root: Path) -> None:
    """Let the old version work in an empty data root."""
    environment = os.environ | {"PYTHONPATH": str(checkout), "OCRWEB_HOME": str(root), "OCRWEB_LANG": "en"}

    def python(*words: str) -> None:
        subprocess.run(
            [sys.executable, *words], cwd=root, env=environment, check="export" not in words
        )  # an export of so short a run may fail its gate

    for line in COMMANDS:
        python("-m", "ocrweb", *line.split())
    python("-c", UPLOAD)
    python("-m", "ocrweb", *TRAIN.split())
    python("-m", "ocrweb", *EXPORT.split())
    python("-c", INSIDE)


def slim(root: Path) -> None:
    """Make the large files small."""
    import cv2

    from ocrweb.runtime.card import read_card
    from tests.runtime.networks import save_brightness

    for folder in ("openvino", "converted", "tmp", "uploads", "inbox"):
        shutil.rmtree(root / ".ocrweb" / folder, ignore_errors=True)
    for path in sorted(root.rglob("*")):
        if path.name == ".lock" or (path.parent.name == "samples" and path.suffix == ".jpg"):
            path.unlink()
        elif path.suffix in LOADED or path.name in ("inference.json", "worker.txt"):
            path.write_bytes(b"cut")
        elif path.parent.name == "visualization":
            cv2.imwrite(str(path), cv2.resize(cv2.imread(str(path)), (64, 48), interpolation=cv2.INTER_AREA))
        elif path.suffix == ".onnx":
            card = path.with_name("model.yml")
            size = tuple(map(int, SIZE.split("x"))) if "exports" in path.parts else None
            save_brightness(path, size=size, card=read_card(card) if card.exists() else None)  # type: ignore[arg-type]
        elif path.suffix == ".xml":
            path.write_text("<net/>")
    for archive in (*root.glob("exports/*.zip"), *root.glob("outputs/*.zip")):
        archive.unlink()
        shutil.make_archive(str(archive.with_suffix("")), "zip", archive.parent, archive.stem)


def _nameless(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        root.mkdir()
        fill(Path(sys.argv[1]).resolve(), root)
        slim(root)
        with tarfile.open(OUT, "w:gz") as archive:
            archive.add(root, "root", filter=_nameless)


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent.parent))
    main()
