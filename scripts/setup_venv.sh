# Sourced by start_app.sh and run_tests.sh: make or reuse .venv, install only when the requirements changed.
# usage: setup_venv <requirements file>      leaves $PYTHON set; pip_options: for every installation

find_python() {
  local candidate
  for candidate in "${OCRWEB_PYTHON:-}" python3.11 python3.12 python3; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && { echo "$candidate"; return 0; }
  done
  echo "Python 3.11 or 3.12 is needed. On Debian: apt-get install python3 python3-venv" >&2
  echo "需要 Python 3.11 或 3.12。Debian 上请执行：apt-get install python3 python3-venv" >&2
  return 2
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi
}

# Debian packages that a wheel cannot bring. Does nothing when they are there.
ensure_packages() {
  command -v apt-get >/dev/null 2>&1 || return 0
  local missing=() package
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "Installing ${missing[*]} …"
  { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } || {
    echo "Could not install ${missing[*]}: run as root  apt-get install ${missing[*]}" >&2
    return 1
  }
}

# A GPU build lies in the folder of its CPU build, which must not be written over it. Prints the file to install from.
beside_gpu_builds() {
  local requirements=$1 name replaced="" list=.venv/requirements-beside-gpu.txt
  for name in paddlepaddle onnxruntime; do
    compgen -G ".venv/lib/python*/site-packages/${name}_gpu-*.dist-info" >/dev/null && replaced="$replaced|$name=="
  done
  [ -n "$replaced" ] || { echo "$requirements"; return; }
  sed -n 's/^-r //p' "$requirements" | xargs cat "$requirements" | grep -vE "^(-r $replaced)" | sort -u >"$list"
  echo "$list"
}

pip_install() { "$PYTHON" -m pip install --quiet --disable-pip-version-check ${pip_options:-} "$@"; }

setup_venv() {
  local requirements=$1 python stamp wanted
  python=$(find_python) || return 2
  if [ ! -x .venv/bin/python ]; then
    "$python" -m venv .venv 2>/dev/null || {
      rm -rf .venv
      ensure_packages "$(basename "$(readlink -f "$(command -v "$python")")")-venv" && "$python" -m venv .venv
    } || return 2
  fi
  PYTHON=$PWD/.venv/bin/python
  stamp=.venv/installed-$(basename "$requirements")
  wanted=$(cat requirements*.txt constraints.txt | sha256sum)
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "Installing $requirements (about a minute, once) …"
    pip_install -r "$(beside_gpu_builds "$requirements")" -c constraints.txt && pip_install --no-deps -r requirements-nodeps.txt && pip_install --no-deps -e . || return 2
    for requirements in "$requirements" $(sed -n 's/^-r //p' "$requirements"); do  # those that it includes are there too
      printf '%s\n' "$wanted" >".venv/installed-$(basename "$requirements")"
    done
  fi
  # The desktop build of OpenCV needs two system libraries.
  if ! "$PYTHON" -c 'import cv2' >/dev/null 2>&1; then ensure_packages libgl1 libglib2.0-0; fi
}
