"""What the page asks of a visitor: clicks to a result, how soon a click shows, jumps while it loads, its width on a phone, names and colours.

    python -m benchmarks.page [--parts clicks speed shape panels trouble] [--out DIR]

Of a console of its own with a rendered dataset and a run. A click is what a mouse would press, the one that opens the chooser of
files among them; settings that make the training short are laid into the form before and are none. trouble, which has to be asked
for: a training that collapses, a full disk, a lost connection and an update of the console, brought about for real.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks._measure import finish, machine, say, table
from benchmarks.paging.clicks import run_clicks
from benchmarks.paging.panels import run_panels
from benchmarks.paging.shape import run_shape
from benchmarks.paging.speed import run_speed
from benchmarks.paging.trouble import run_trouble
from ocrweb.services.datasets.sample_data import make_sample_data
from tests.browser import CHROMIUM_ARGUMENTS, chromium_path, running_console

SHARED = {"clicks": run_clicks, "speed": run_speed, "shape": run_shape}
ALONE = {
    "panels": run_panels,
    "trouble": run_trouble,
}  # each with a console of its own; the latter fills its disk and kills it


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    document: dict[str, Any] = {"benchmark": "page", "machine": machine()}
    with tempfile.TemporaryDirectory(prefix="ocrweb-bench-") as home, sync_playwright() as playwright:
        make_sample_data(Path(home) / "datasets" / "pages", train=12, test=4, seed=5)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        with running_console(Path(home)) as console:
            for part in [part for part in given.parts if part in SHARED]:
                say(f"{part} …")
                document[part] = SHARED[part](browser, console)
        for part in [part for part in given.parts if part in ALONE]:
            say(f"{part} …")
            document[part] = ALONE[part](browser)
        browser.close()
    rows = [[part, name, str(value)] for part in given.parts for name, value in document[part].items()]
    finish("page", document, table(["part", "what", "measured"], rows), as_json=given.json, out=given.out)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.page", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("--parts", nargs="+", choices=[*SHARED, *ALONE], default=[*SHARED, "panels"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
