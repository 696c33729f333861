"""Hold a dataset for a short change; wait a moment for who holds it, but for no training."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ocrweb.data.labelling.place import labelling_folder
from ocrweb.disk.lock import locked
from ocrweb.errors import OcrwebError
from ocrweb.imaging.encode import write_error
from ocrweb.services.datasets.use import changing

PATIENCE = 2.0  # seconds: another one's save is over in a tenth of one
PAUSE = 0.02


@contextmanager
def held(name: str, root: Path, patience: float = PATIENCE) -> Iterator[None]:
    """As `changing`. Raises store.busy after the seconds, store.in-use at once."""
    deadline = time.monotonic() + patience
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(changing(name, root))
                break
            except OcrwebError as error:
                if error.code != "store.busy" or time.monotonic() >= deadline:
                    raise
            time.sleep(PAUSE)
        yield


@contextmanager
def records_held(root: Path) -> Iterator[None]:
    """One at a time changes what is known of a dataset's pictures. Raises usage.not-writable, usage.disk-full."""
    folder = labelling_folder(root)
    try:
        folder.mkdir(exist_ok=True)
        (folder / ".lock").touch()
    except OSError as failure:
        raise write_error(failure, folder) from failure
    with locked(folder / ".lock"):
        yield
