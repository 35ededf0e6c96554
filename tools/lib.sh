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

# made_for STAMP: the .venv was made for this checkout as it is.
made_for() {
    [ -x "$venv/bin/python" ] && [ -f "$venv/$1" ] && [ "$(cat "$venv/$1")" = "$wanted" ]
}

# make_venv [tests]: makes $root/.venv with the project, and with what its tests need if that is asked for;
# again only when pyproject.toml or the place of the checkout changed. Sets `venv`.
make_venv() {
    venv=$root/.venv
    wanted=$(printf '%s\n' "$root" && cat "$root/pyproject.toml") || exit
    ! made_for made-for-tests || return 0
    [ -n "${1-}" ] || ! made_for made-for || return 0
    if [ ! -w "$root" ]; then
        stop "$venv cannot be made: nothing can be written there" \
            "git clone '$root' in a folder of yours, and call the same tool of that clone"
    fi
    find_python
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        stop "$python cannot make virtual environments" "apt-get install python3-venv"
    fi
    echo "making $venv (once) …" >&2
    "$python" -m venv --clear "$venv" || exit
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -e "$root${1:+[dev]}" || exit
    printf '%s\n' "$wanted" >"$venv/made-for${1:+-tests}"
}
