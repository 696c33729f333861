"""Count the files that each of the five journeys passes: those of the package in which a function ran.

usage: python -m tools.journeys [CHECKOUT]
The journeys go by their commands, so that any version can be counted. What runs while a module loads does not count.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
TRACER = """
import os, sys, threading
_package, _folder = os.environ["JOURNEY_PACKAGE"], os.environ["JOURNEY_TRACES"]
_seen = set()

def _note(frame, event, argument):
    code = frame.f_code
    if event != "call" or code in _seen or not code.co_filename.startswith(_package):
        return
    if code.co_flags & 1 and not _loads(frame):  # of a function; a module's or a class's own body has no such flag
        _seen.add(code)
        with open(f"{_folder}/{os.getpid()}", "a") as file:
            file.write(code.co_filename[len(_package):] + "\\n")

def _loads(frame):
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_code.co_filename.startswith(_package):
            return not frame.f_code.co_filename.endswith("__main__.py") and frame.f_globals["__name__"] != "__main__"
        frame = frame.f_back
    return False

threading.setprofile(_note)
sys.setprofile(_note)
"""
JOURNEYS = {
    "picture": ("detect", "data/train_images/1.jpg", "--out", "one"),
    "zip": ("validate", "data.zip"),
    "run": (
        "train",
        "-o",
        "dataset=data",
        "-o",
        "name=small",
        "-o",
        "epochs=1",
        "-o",
        "crop_size=160",
        "-o",
        "device=cpu",
    ),
    "export": ("export", "--model", "ppocrv6-small", "--size", "320x320", "--out", "exported"),
    "batch": ("detect", "data/train_images", "--out", "many"),
}


def main(arguments: list[str]) -> int:
    checkout = Path(arguments[0]).resolve() if arguments else HERE
    with tempfile.TemporaryDirectory(prefix="journeys-") as temporary:
        home = Path(temporary)
        _run(checkout, home, ("sample-data", "--out", "data", "--train", "4", "--test", "2", "--seed", "1"))
        shutil.make_archive(str(home / "data"), "zip", home, "data")
        print(f"{'journey':10} {'all':>4} {'of them in processes beside the command':>40}")
        for name, command in JOURNEYS.items():
            own, beside = files_passed(checkout, home, command)
            print(f"{name:10} {len(own | beside):4} {len(beside - own):40}", flush=True)
    return 0


def files_passed(checkout: Path, home: Path, command: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """Files of the package passed by the process of the command, and by those that it started. home: its data root."""
    with tempfile.TemporaryDirectory(prefix="journeys-") as temporary:
        traces = Path(temporary)
        (traces / "tracer").mkdir()
        (traces / "tracer" / "sitecustomize.py").write_text(TRACER, encoding="utf-8")
        pid = _run(checkout, home, command, traces)
        files = {int(path.name): set(path.read_text(encoding="utf-8").split()) for path in traces.glob("[0-9]*")}
    return files.pop(pid, set()), set().union(*files.values())


def _run(checkout: Path, home: Path, command: tuple[str, ...], traces: Path | None = None) -> int:
    """The process id of the command, which has ended. An end with findings is one."""
    environment = {**os.environ, "OCRWEB_HOME": str(home), "PYTHONPATH": str(checkout)}
    if traces is not None:
        environment["PYTHONPATH"] = os.pathsep.join((str(traces / "tracer"), str(checkout)))
        environment |= {"JOURNEY_PACKAGE": f"{checkout / 'ocrweb'}{os.sep}", "JOURNEY_TRACES": str(traces)}
    with subprocess.Popen(
        [sys.executable, "-m", "ocrweb", *command],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as child:
        said = child.communicate()[0].decode("utf-8", "replace")
    if child.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {child.returncode}\n{said[-2000:]}")
    return child.pid


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
