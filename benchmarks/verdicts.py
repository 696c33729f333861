"""What trainings that are destroyed or useless are called: each is trained for real, at toy size, and so are good ones.

A table of what `train`, `runs`, ``status.json``, the webhook and the page say of each, and whether they agree. None of
the spoilt ones may be green, each good one must be. Cases that are done are kept, so that it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import _spoilt as spoilt
from benchmarks._home import data_root
from benchmarks._measure import finish, machine, say, table
from ocrweb.config import paths
from ocrweb.config.judgement import HELPED, IMPROVED, THRESHOLDS

TOY = (
    "crop_size=96", "batch_size=2", "epochs=3", "learning_rate=0.001", "evaluation.limit_side=256",
    "evaluation.every_steps=8", "evaluation.validation_ratio=0.34", "loader.workers=0", "seed=7",
)  # fmt: skip
SMALL, HOUSE = "model=ppocrv6-small", "model=db-resnet18"
GREEN = "good"


@dataclass(frozen=True)
class Case:
    """words: settings beyond `TOY`. spoil: what is done to the training pages. good: it must be green."""

    name: str
    words: tuple[str, ...] = (SMALL,)
    spoil: spoilt.Spoil | None = None
    good: bool = False
    faint: bool = False
    text: str = "text"
    tests: int = spoilt.TESTED


CASES = (
    Case("rate 0.1", (SMALL, "learning_rate=0.1")),
    Case("labels shuffled", spoil=spoilt.shuffled),
    Case("good: faint print", (SMALL, "epochs=6"), faint=True, good=True),
    Case("one picture repeated", spoil=spoilt.one_picture),
    Case("gaps labelled, text not", spoil=spoilt.between_the_lines),
    Case("labels moved by 30, 22", spoil=spoilt.moved(30, 22)),
    Case("rate 1e-9", (SMALL, "learning_rate=1e-9")),
    Case("random boxes", spoil=spoilt.random_boxes),
    Case("one box a page", spoil=spoilt.whole_page),
    Case("labels moved by 0, -14", spoil=spoilt.moved(0, -14)),
    Case("labels moved at random", spoil=spoilt.moved_at_random),
    Case("good: random weights", (HOUSE, "optimizer.random_weights=true", "epochs=8", "learning_rate=0.003"), good=True),
    Case("pictures turned by 180", spoil=spoilt.turned),
    Case("labels of another size", spoil=spoilt.of_another_size),
    Case("black pictures", spoil=spoilt.black),
    Case("slivers under the text", spoil=spoilt.slivers),
    Case("judged on what it learnt from", (SMALL, "evaluation.validation_ratio=0"), faint=True, tests=0),
    Case("no boxes", spoil=spoilt.without_boxes),
    Case("all ###", text="###"),
    Case("rate 1.0", (SMALL, "learning_rate=1.0")),
    Case("rate 0", (SMALL, "learning_rate=0")),
    Case("one step", (SMALL, "epochs=1", "batch_size=64")),
    Case("no loss", (SMALL, "loss.alpha=0", "loss.beta=0")),
    Case("rate 0.1, db-resnet18", (HOUSE, "learning_rate=0.1")),
    Case("random weights, one step", (HOUSE, "optimizer.random_weights=true", "epochs=1", "batch_size=64")),
    Case("labels shuffled, random weights", (HOUSE, "optimizer.random_weights=true"), spoil=spoilt.shuffled),
)  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    given = parse(argv)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    home: Path = given.home or paths.outputs_dir() / "benchmarks" / "verdicts"
    wanted = [case for case in CASES if case.name == given.only] or [case for case in CASES if given.only in case.name]
    rows = []
    for case in wanted:
        kept = home / slug(case.name) / "verdict.json"
        if given.anew or not kept.is_file():
            say(f"{case.name} …")
            shutil.rmtree(kept.parent, ignore_errors=True)
            document = judge(case, kept.parent)
            kept.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        rows.append(json.loads(kept.read_text(encoding="utf-8")))
    bad, good = ([row for row in rows if row["good"] is kind] for kind in (False, True))
    document = {
        "machine": machine(),
        "spoilt": len(bad),
        "spoilt_named": sum(row["named"] for row in bad),
        "spoilt_green": sum(row["green"] for row in bad),
        "good": len(good),
        "good_green": sum(row["green"] for row in good),
        "agree": all(row["agree"] for row in rows),
        "cases": rows,
    }
    head = ("training", "outcome", "why", "exit", "page", "hmean", "base", "agree")
    text = table(head, [[str(row[name] if row[name] is not None else "–") for name in SHOWN] for row in rows])
    text += (
        f"\n{document['spoilt_named']} of {len(bad)} destroyed or useless trainings are named so, "
        f"{document['spoilt_green']} are green; {document['good_green']} of {len(good)} good ones are green"
    )
    finish("verdicts", document, text, as_json=given.json, out=given.out)
    fine = document["spoilt_named"] == len(bad) and not document["spoilt_green"] and document["agree"]
    return 0 if fine and document["good_green"] == len(good) else 1


SHOWN = ("name", "outcome", "why", "exit", "page", "hmean", "base_hmean", "agree")


def judge(case: Case, home: Path) -> dict[str, Any]:
    """Train it and gather what each place says of it. home: an empty data root for this case alone."""
    began = time.monotonic()
    data = spoilt.write(home / "data", case.spoil, faint=case.faint, text=case.text, tests=case.tests)
    words = [word for option in (*TOY, *case.words, f"dataset={data}") for word in ("-o", option)]
    child = ocrweb(home, "train", "--json", *words)
    answer = json.loads(child.stdout)
    row: dict[str, Any] = {"name": case.name, "good": case.good, "exit": child.returncode}
    if "error" in answer:  # refused before it began
        row |= {"outcome": "refused", "why": answer["error"]["code"], "page": "problem", "hmean": None}
        row |= {"base_hmean": None, "agree": child.returncode == 2}
    else:
        row |= told(answer, home, child.returncode)
    row["green"] = row["page"] == GREEN or (row["exit"] == 0 and row["outcome"] != THRESHOLDS)
    row["named"] = not row["green"] and bool(row["outcome"])
    row["seconds"] = round(time.monotonic() - began, 1)
    say(f"  {row['outcome']} ({row['why']}), exit {row['exit']}, {row['seconds']} s")
    return row


def told(answer: dict[str, Any], home: Path, code: int) -> dict[str, Any]:
    """What the command, the list, the file, the webhook and the page say; whether it is the same."""
    from ocrweb.rundir import names
    from ocrweb.services.training.notify import webhook_document
    from ocrweb.services.training.runs import run_info
    from ocrweb.services.training.view import run_view
    from ocrweb.ui.training.present import status_card

    run = Path(answer["folder"])
    shown = json.loads(ocrweb(home, "runs", "show", run.name, "--json").stdout)
    with data_root(home):
        file = json.loads((run / names.STATUS).read_text(encoding="utf-8"))
        posted = webhook_document(run_info(run.name))
        card = status_card(run_view(run.name), "en")
    page = re.findall(r'class="ocrweb-(\w+)"', card)[0]
    outcome = answer["outcome"]
    places = {(place["state"], place["outcome"], place["hmean"]) for place in (answer, shown, file, posted)}
    expected = {IMPROVED: "good", THRESHOLDS: "warning"}.get(outcome, "problem")
    fits = code == (0 if answer["state"] == "finished" and outcome in HELPED else 1)
    why = answer["verdict"].get("doubt") or (answer["cause"] or {}).get("code")
    return {
        "outcome": outcome or answer["state"],
        "why": why,
        "page": page,
        "hmean": answer["hmean"],
        "base_hmean": answer["base_hmean"],
        "agree": len(places) == 1 and page == expected and fits,
    }


def ocrweb(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OCRWEB_HOME": str(home), "OCRWEB_LANG": "en"}
    command = [sys.executable, "-m", "ocrweb", *words]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        answer, _ = child.communicate()
    except BaseException:
        child.terminate()  # `train` passes it on to its worker
        raise
    return subprocess.CompletedProcess(command, child.returncode, answer)


def slug(name: str) -> str:
    return re.sub(r"\W+", "-", name).strip("-").lower()


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ocrweb bench verdicts", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="the case of this name, else those whose name holds it")
    parser.add_argument("--anew", action="store_true", help="train again what is done already")
    parser.add_argument("--home", type=Path, help="where runs are kept; default: outputs/benchmarks/verdicts")
    parser.add_argument("--out", type=Path, help="JSON file; default: outputs/benchmarks/verdicts.json")
    parser.add_argument("--json", action="store_true", help="print the JSON document")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
