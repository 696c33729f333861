#!/usr/bin/env bash
# Start the console: set up .venv when needed, replace an older instance on the same port, say when the page answers.
# usage: bash start_app.sh [--host H] [--port P] [--auth user:password | --auth-file FILE | --no-auth] [--lang en|zh] [--mcp]
#        [--allow-host NAME] [--allow-origin ORIGIN] [--trusted-proxy ADDRESS] [--root-path PATH] [--workers N] [--foreground]
set -u
cd "$(dirname "$0")" || exit 2
. scripts/setup_venv.sh

host=${OCRWEB_HOST:-127.0.0.1} port=${OCRWEB_PORT:-7860} foreground=0 arguments=()
need() { [ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }; }
while [ $# -gt 0 ]; do
  case $1 in
    --host) need "$@"; host=$2; shift 2 ;;
    --port) need "$@"; port=$2; shift 2 ;;
    --auth) need "$@"; export OCRWEB_AUTH=$2; shift 2 ;; # not an argument of the console: those can be read in ps
    --auth-file | --lang | --allow-host | --allow-origin | --trusted-proxy | --root-path | --workers)
      need "$@"; arguments+=("$1" "$2"); shift 2 ;;
    --no-auth | --mcp) arguments+=("$1"); shift ;;
    --foreground) foreground=1; shift ;;
    -h | --help) sed -n '2,4s/^# //p' "$0"; exit 0 ;;
    *) echo "unknown option $1 (try --help)" >&2; exit 2 ;;
  esac
done
case $port in '' | *[!0-9]*) echo "--port $port is not a number" >&2; exit 2 ;; esac

setup_venv requirements.txt || exit 2
home=${OCRWEB_HOME:-$PWD}
(umask 077; mkdir -p "$home/.ocrweb") || exit 2
export OCRWEB_HOME=$home
pid_file=$home/.ocrweb/console-$port.pid log=$home/.ocrweb/console-$port.log

# Ours on this port? The pid file names it, and /proc says that it is still the same program.
old=$(cat "$pid_file" 2>/dev/null || true)
if [ -n "$old" ] && tr '\0' ' ' <"/proc/$old/cmdline" 2>/dev/null | grep -q "app.py .*--port $port "; then
  echo "Stopping the console that runs on port $port (pid $old) …"
  kill "$old" 2>/dev/null
  bound=${OCRWEB_STOP_SECONDS:-20} # answers in flight go out first; its streams and threads take up to 5 s more
  for _ in $(seq $((${bound%.*} * 5 + 40))); do kill -0 "$old" 2>/dev/null || break; sleep 0.2; done
  kill -9 "$old" 2>/dev/null
fi
rm -f "$pid_file"

command=("$PYTHON" app.py --host "$host" --port "$port" ${arguments[@]+"${arguments[@]}"})
line=$(printf '=%.0s' $(seq 60))
ready() {
  "$PYTHON" - "$port" "$host" <<'PY' 2>/dev/null
import sys, urllib.request
host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(sys.argv[2], sys.argv[2])
urllib.request.urlopen(f"http://{host}:{sys.argv[1]}/healthz", timeout=3)
PY
}
banner() {
  printf '%s\nWebUI 服务地址: http://%s:%s\n%s\n' "$line" "$host" "$port" "$line"
  grep -aE "Login made|已为此控制台|Warning: started without|警告：未设置" "$log" 2>/dev/null || true
}

if [ "$foreground" = 1 ]; then
  echo $$ >"$pid_file"
  { for _ in $(seq 240); do ready && { banner; break; }; sleep 0.5; done; } &
  exec "${command[@]}"
fi

(umask 077; : >"$log")
chmod 600 "$log"
setsid nohup "${command[@]}" >>"$log" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$pid_file"
for _ in $(seq 240); do
  if ready; then
    banner
    echo "log: $log    stop: kill $pid"
    exit 0
  fi
  if ! kill -0 "$pid" 2>/dev/null; then
    echo "The console did not start:" >&2
    tail -n 5 "$log" >&2
    rm -f "$pid_file"
    exit 2
  fi
  sleep 0.5
done
echo "The page does not answer after two minutes; see $log" >&2
exit 2
