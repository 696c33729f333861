"""``python -m ocrweb.training.import_job SPEC.json``: the process in which a stranger's file is read, and the only one.

It says on stdout what it does, as `export_job` does: ``{"kind": "stage", …}``, then ``{"kind": "proven", …}`` or
``{"kind": "error", "code", "where", "params"}``. It ends, with everything it started, when its stdin closes.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import threading
from pathlib import Path

from ocrweb.disk.limits import Limits, limit_self
from ocrweb.errors import OcrwebError
from ocrweb.runtime.paddle_env import machine_environment
from ocrweb.training.export_job import Teller, end_with_parent


def main(arguments: list[str] | None = None) -> int:
    (path,) = sys.argv[1:] if arguments is None else arguments
    teller = Teller()
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    limits = Limits(**spec["limits"])
    limit_self(limits)
    threading.Thread(target=end_with_parent, args=(Path(path).parent,), daemon=True).start()
    os.environ.update(machine_environment())
    try:
        from ocrweb.training.importing.steps import import_file

        source, folder = Path(spec["source"]), Path(spec["folder"])
        teller.event("proven", **import_file(source, folder, spec["name"], spec["shown"], teller.stage))
    except OcrwebError as error:
        teller.event("error", **error.to_record())
    except MemoryError:
        mib = limits.memory >> 20
        teller.event("error", code="imports.memory", where=None, params={"mib": mib})
    except OSError as failure:
        if failure.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        teller.event("error", code="usage.disk-full", where=None, params={"path": "models"})
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
