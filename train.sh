#!/usr/bin/env bash
cd "$(dirname "$0")" || exit 2
exec "$([ -x .venv/bin/python ] && echo .venv/bin/python || echo python3)" -m ocrweb train "$@"
