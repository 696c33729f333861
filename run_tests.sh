#!/usr/bin/env bash
# Set up everything and run all tests: style, types, tests, browser tests.
# usage: bash run_tests.sh [pytest arguments]     e.g.  bash run_tests.sh -m "not slow"
# Without arguments processes share the files, the heaviest first (tests/conftest.py): many of the long tests only wait.
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

unset PYTHONDONTWRITEBYTECODE  # else each of the hundreds of programs that tests start compiles everything anew

# Apart, because a process that has driven a browser keeps its event loop.
tests_marked() { "$PYTHON" -m pytest -p no:cacheprovider --dist loadfile --no-loadscope-reorder -m "$@"; }
mapfile -t long_files < <(grep -rlwE "slow|browser" tests --include="test_*.py")  # every process reads all that it is given
tests_marked "slow or browser" --numprocesses 3 "${long_files[@]}"
long=$?
tests_marked "not (slow or browser)" --numprocesses 2 && exit "$long"
