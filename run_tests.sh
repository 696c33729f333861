#!/usr/bin/env bash
# Set up everything and run all tests: style, types, tests, browser tests.
# usage: bash run_tests.sh [pytest arguments]     e.g.  bash run_tests.sh -m "not slow"
# Without arguments two runs go at once, for many tests only wait: what drives browsers, consoles and trainings, and the rest.
set -u
cd "$(dirname "$0")" || exit 2
. scripts/setup_venv.sh

setup_venv requirements-dev.txt || exit 2
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 && [ -z "${OCRWEB_CHROMIUM:-}" ]; then
  ensure_packages chromium || exit 2
fi
command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || ensure_packages nginx-light || exit 2

"$PYTHON" -m ruff check . || exit 1
"$PYTHON" -m ruff format --check . || exit 1
"$PYTHON" -m mypy || exit 1
[ "$#" -eq 0 ] || exec "$PYTHON" -m pytest "$@"

. scripts/two_at_once.sh
tests_marked() { "$PYTHON" -m pytest -p no:cacheprovider -m "$1"; }
two_at_once tests_marked "slow or browser" "not (slow or browser)"
