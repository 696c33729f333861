# Sourced by run_tests.sh: the same command with two words, both at once.

# two_at_once COMMAND FIRST SECOND: what the second says comes at once, the first's when both have ended.
# Answers with the first code that is not 0; both end with the shell.
two_at_once() {
  local said first_code second_code first_pid
  said="$(mktemp)" || return 2
  "$1" "$2" >"$said" 2>&1 &
  first_pid=$!
  trap 'kill "$first_pid" 2>/dev/null; exit 130' INT TERM
  "$1" "$3"
  second_code=$?
  wait "$first_pid"
  first_code=$?
  trap - INT TERM
  cat "$said"
  rm -f "$said"
  [ "$first_code" -eq 0 ] || return "$first_code"
  return "$second_code"
}
