"""The console: `python app.py [--host --port --auth user:pass --lang]`, the same as `python -m ocrweb serve`."""

import sys

from ocrweb.__main__ import main

if __name__ == "__main__":
    sys.argv.insert(1, "serve")
    main()
