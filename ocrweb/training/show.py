"""``python -m ocrweb.training.show CONFIG FOLDER``: the first training samples as pictures.

The last line on stdout is a JSON object: the files, or the error with its code, place and parameters.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ocrweb.config.loader import build, read_yaml
from ocrweb.config.training import TrainingConfig
from ocrweb.runtime.catalogue import resolve
from ocrweb.training.feed.feed import training_source
from ocrweb.training.feed.preview import write_preview
from ocrweb.training.learn.base import input_rule
from ocrweb.training.machine.answer import answer
from ocrweb.training.run.session import labelled_pictures


def show(config: TrainingConfig, folder: Path) -> list[Path]:
    """Write the samples of epoch 0 as a run with these settings would see them. Raises what opening a run raises."""
    samples = [] if config.pages.crops else labelled_pictures(config)[1]
    rule = input_rule(resolve(config.model).card, config.evaluation)
    return write_preview(training_source(samples, config, rule), folder)


def main(arguments: list[str]) -> int:
    file, folder = map(Path, arguments)
    return answer(lambda: {"files": show(build(TrainingConfig, read_yaml(file)), folder)})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
