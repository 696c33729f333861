"""``python -m tests.services.models.import_children SPEC.json``: children that behave badly, as the spec's name says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main(path: str) -> None:
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    print(json.dumps({"kind": "stage", "stage": "prove", "share": 0.5}), flush=True)
    (Path(spec["told"]) / "environment").write_text("\n".join(f"{name}={value}" for name, value in os.environ.items()))
    deed = spec["name"]
    if deed == "sleeps":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        (Path(spec["told"]) / "pid").write_text(str(child.pid))
        time.sleep(600)
    if deed == "eats":
        eaten = [bytearray(b"x" * (64 << 20)) for _ in range(8)]
        time.sleep(600)
        print(len(eaten))
    if deed == "crashes":
        os.abort()
    if deed == "fails":
        place = Path(path).parent / "given.onnx"
        print("not an event", flush=True)
        params = {"path": str(place), "reason": f"in {place} at 3"}
        print(json.dumps({"kind": "error", "code": "model.damaged", "where": None, "params": params}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
