# Shared by the commands in this folder: `prepare [requirements file...]` makes .venv and installs into it.
# shellcheck shell=bash

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11 or newer is needed, and none was found. Install it, or name it: PYTHON=/path/to/python3 $0" >&2
  return 1
}

prepare() {
  local python
  python=$(find_python)
  "$python" -m script.stack.virtualenv "$@"
}
