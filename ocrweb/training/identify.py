"""``python -m ocrweb.training.identify WEIGHTS``: the network that a file of weights is for, told without Paddle.

Prints one JSON document: architecture; or an error's code, where and params. Nothing in the file is executed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ocrweb.model.architecture import architecture_of
from ocrweb.training.machine.answer import answer


def main(arguments: list[str]) -> int:
    (path,) = arguments
    return answer(lambda: {"architecture": architecture_of(Path(path)).name})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
