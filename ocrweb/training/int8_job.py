"""``python -m ocrweb.training.int8_job SPEC.json``: the process in which a model's copy in int8 is made and measured.

It says on stdout what it does, as `export_job` does: ``{"kind": "stage", …}``, then ``{"kind": "measured", …}`` or
``{"kind": "error", "code", "where", "params"}``. It ends when its stdin closes.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.runtime.card import ModelCard
from ocrweb.training.export.int8_copy import CopySpec, make_copy
from ocrweb.training.export_job import Teller, end_with_parent


def main(arguments: list[str] | None = None) -> int:
    (path,) = sys.argv[1:] if arguments is None else arguments
    teller = Teller()
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    threading.Thread(target=end_with_parent, args=(Path(path).parent,), daemon=True).start()
    spec = CopySpec(
        Path(given["network"]),
        ModelCard.model_validate(given["card"]),
        Path(given["dataset"]) if given["dataset"] else None,
        Path(given["target"]),
        Path(given["work"]),
    )
    try:
        teller.event("measured", **make_copy(spec, teller.stage))
    except OcrwebError as error:
        teller.event("error", **error.to_record())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
