# Sourced by ./demo and ./check: makes .venv from the lock file named in $lock and leaves $python set.
# POSIX sh; needs Python 3.11+ with venv, and a package index. uv is used when it is there.

find_python() {
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "estate-sms needs Python 3.11 or newer with the venv module (Debian: apt install python3-venv)." >&2
    exit 1
}

python=.venv/bin/python
wanted="$(cat "$lock" pyproject.toml | cksum)"
if [ ! -x "$python" ] || [ "$(cat ".venv/.$lock" 2>/dev/null)" != "$wanted" ]; then
    echo "Setting up .venv from $lock …" >&2
    [ -x "$python" ] || "$(find_python)" -m venv .venv
    if command -v uv >/dev/null 2>&1; then
        uv pip install --quiet --python "$python" --require-hashes -r "$lock"
        uv pip install --quiet --python "$python" --no-deps --no-build-isolation -e .
    else
        "$python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
        "$python" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
    fi
    echo "$wanted" >".venv/.$lock"
fi
