#!/usr/bin/env bash
# Make README's figures anew and say which have moved: bash benchmarks/run_all.sh [--long] [--only WORD] [--data DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" -m benchmarks.run_all "$@"
