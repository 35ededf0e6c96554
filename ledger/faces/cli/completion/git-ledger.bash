# Completes `git ledger` and `git-ledger` in bash. Git's own completion calls _git_ledger.
# In ~/.bashrc:  source <(git ledger completion bash)

_git_ledger ()
{
    local place start=0 line
    for ((place = 0; place < COMP_CWORD; place++)); do
        case ${COMP_WORDS[place]} in
        -C) place=$((place + 1)) ;;
        ledger | git-ledger | */git-ledger) start=$place && break ;;
        esac
    done
    COMPREPLY=()
    compopt +o default +o bashdefault -o nospace 2>/dev/null
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        case $line in
        :files) compopt -o default +o nospace 2>/dev/null ;;
        *[:=]) COMPREPLY+=("$line") ;;
        *) COMPREPLY+=("$line ") ;;
        esac
    done < <(git ${__git_C_args[@]+"${__git_C_args[@]}"} ledger completion words -- \
        "${COMP_WORDS[@]:start+1:COMP_CWORD-start}" 2>/dev/null </dev/null)
}

complete -o nospace -F _git_ledger git-ledger
