# Shared by tools/test and tools/demo: the checkout's own .venv. Sourced by sh with `root` set.

stop() {
    printf 'error: %s\n' "$1" >&2
    [ -z "${2-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Sets `python` to one that is at least 3.11: python3, or a newer one that stands beside it.
find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        ! is_new_enough "$python" || return 0
    done
    stop "git-ledger needs Python 3.11 or newer, and none is on the path" "apt-get install python3"
}

# Makes $root/.venv with the project and what its tests need, again only when pyproject.toml or the
# place of the checkout changed. Sets `venv`.
make_venv() {
    venv=$root/.venv
    wanted=$(printf '%s\n' "$root" && cat "$root/pyproject.toml") || exit
    stamp=$venv/made-for
    if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return 0
    fi
    find_python
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        stop "$python cannot make virtual environments" "apt-get install python3-venv"
    fi
    echo "making $venv (once) …" >&2
    "$python" -m venv --clear "$venv" || exit
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -e "$root[dev]" || exit
    printf '%s\n' "$wanted" >"$stamp"
}
