#!/bin/sh
# Install the packages of uv.lock into .venv: deploy/install.sh [uv sync's options, e.g. --no-dev].
# Needs python3 with venv and pip (any version that still runs pip, for uv alone) and a Python 3.12 or newer,
# which need not be the same; of the network it needs the package registry only.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "$*" >&2
    exit 1
}

# Candidates by path, since pyenv's shims refuse to start where .python-version names what is not installed.
pythons() {
    for version in 3.12 3.13 3.14 3 ""; do
        command -v "python$version" || true
    done
    ls -1 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3 2>/dev/null || true
    ls -1 /usr/bin/python3 /usr/local/bin/python3.1* /opt/homebrew/bin/python3.1* 2>/dev/null || true
}

# The first candidate for which the given line of Python succeeds.
first_python() {
    pythons | while read -r candidate; do
        if "$candidate" -c "$1" >/dev/null 2>&1; then
            echo "$candidate"
            break
        fi
    done
}

echo "Installing the packages of uv.lock into .venv"
if ! [ -x .uv/bin/uv ]; then
    starter=$(first_python "import ensurepip, sys, venv; assert sys.version_info >= (3, 9)")
    [ -n "$starter" ] || fail "No python3 with venv and pip here: install it (Debian: apt-get install python3-venv)."
    rm -rf .uv
    "$starter" -m venv .uv
    .uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9" || {
        rm -rf .uv
        fail "uv could not be installed with pip: see the lines above. Is the package registry reachable?"
    }
fi

python=$(first_python "import sys; assert sys.version_info >= (3, 12)")
if [ -z "$python" ]; then
    .uv/bin/uv python install --quiet 3.12 2>/dev/null ||
        fail "No Python 3.12 or newer here: install one (Debian 13: apt-get install python3; any: pyenv install 3.12)."
    python=3.12
else
    # Where it really is: uv takes a shim for another interpreter each time, and makes the whole environment anew.
    python=$("$python" -c "import os, sys; print(os.path.realpath(sys.executable))")
fi
.uv/bin/uv sync --frozen --quiet --python "$python" "$@"
