"""Train from Python: check the dataset, start a run, follow it, use what it made. python examples/train.py DATASET [KEY=VALUE...]

The run is a process of its own with a folder in workdirs/ of the data root; the console and `ocrweb runs` see it too.
"""

import sys

import ocrweb
from ocrweb.services.training.runs import follow, make_config, start_run


def main(dataset: str, *settings: str) -> None:
    report = ocrweb.validate(dataset)
    if not report.ok:
        sys.exit(f"mend it first: {report.counts['error']} errors; ocrweb validate {dataset} --fix")
    run = start_run(make_config(words=[f"dataset={dataset}", *settings], preset="safe"))
    ended = follow(run, print)
    print(f"{ended.status.state}, outcome {ended.status.outcome}: {run}")
    if ended.status.state != "finished":
        sys.exit(1)
    after = ocrweb.evaluate(dataset, ended.name, split="train")
    print(f"hmean on its own pictures: {after.score.hmean:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
