#!/usr/bin/env bash
# Set up everything and run all tests: style, types, tests, browser tests.
# usage: bash run_tests.sh [pytest arguments]     e.g.  bash run_tests.sh -m "not slow"
# Without arguments processes share the files, the heaviest first (tests/conftest.py): many of the long tests only wait.
set -u
cd "$(dirname "$0")" || exit 2
. scripts/setup_venv.sh

pip_options=--no-compile  # a minute and a half for thousands of modules that no test imports
setup_venv requirements-dev.txt || exit 2
there() { command -v "$1" >/dev/null 2>&1; }
if [ -z "${OCRWEB_CHROMIUM:-}" ] && ! there chromium-headless-shell; then  # the one without windows, where Debian has it
  ensure_packages chromium-headless-shell || there chromium || there chromium-browser || ensure_packages chromium || exit 2
fi
there nginx || [ -x /usr/sbin/nginx ] || ensure_packages nginx-light || exit 2

export OMP_WAIT_POLICY=PASSIVE  # three processes on two cores: a thread that waits would take the time of one that works
unset PYTHONDONTWRITEBYTECODE  # else each of the hundreds of programs that tests start compiles everything anew

"$PYTHON" -m ruff check . || exit 1
"$PYTHON" -m ruff format --check . || exit 1
if [ "$#" -gt 0 ]; then
  "$PYTHON" -m mypy || exit 1
  exec "$PYTHON" -m pytest "$@"
fi

"$PYTHON" -m mypy &  # one processor is enough for it, and the tests leave some of the other
types=$!

# The quick tests room by room, the longest first: each process reads and imports what its own room needs. Two rooms at a time
# work in what the long tests leave, which often wait.
quick_room() {
  local said code=0
  said=$(mktemp)
  "$PYTHON" -m pytest -p no:cacheprovider -m "not (slow or browser)" "$@" >"$said" 2>&1 || code=$?
  echo "== $*" && cat "$said" && rm -f "$said"
  return "$code"
}
export PYTHON && export -f quick_room
rooms=("services" "" "training model benchmarks" "data" "ui" "cli docs")  # the empty one: all that no other names
named=" ${rooms[*]} __pycache__ "
said=$(mktemp)
for room in "${rooms[@]}"; do
  if [ -z "$room" ]; then
    for path in tests/*/ tests/test_*.py; do
      name=$(basename "$path")
      [[ "$named" == *" $name "* ]] || printf '%s ' "$path"
    done
  else
    printf 'tests/%s ' $room
  fi
  echo
done | nice -n 10 xargs -P 2 -I{} bash -c 'quick_room {}' >"$said" 2>&1 &
quick=$!
trap 'kill "$types" "$quick" 2>/dev/null; rm -f "$said"' EXIT

# Apart, because a process that has driven a browser keeps its event loop.
mapfile -t long_files < <(grep -rlwE "slow|browser" tests --include="test_*.py")  # every process reads all that it is given
"$PYTHON" -m pytest -p no:cacheprovider --dist loadfile --no-loadscope-reorder -m "slow or browser" --numprocesses 3 "${long_files[@]}"
code=$?
wait "$quick" || code=1
cat "$said"
wait "$types" || { echo "mypy found what is told above" >&2; exit 1; }
exit "$code"
