"""``python -m ocrweb.training.identify WEIGHTS``: the network that a file of weights is for, told without Paddle.

Prints one JSON document: architecture; or an error's code, where and params. Nothing in the file is executed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ocrweb.errors import OcrwebError
from ocrweb.model.architecture import architecture_of


def main(arguments: list[str]) -> int:
    (path,) = arguments
    try:
        answer: dict[str, object] = {"architecture": architecture_of(Path(path)).name}
    except OcrwebError as error:
        answer = error.to_record()
    print(json.dumps(answer, default=str))
    return int("code" in answer)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
