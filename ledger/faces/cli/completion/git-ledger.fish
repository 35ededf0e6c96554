# Completes `git ledger` and `git-ledger` in fish.
# In ~/.config/fish/config.fish:  git ledger completion fish | source

function __git_ledger_candidates
    set -l words (commandline -opc)
    while set -q words[1]
        and not string match -qr '(^|git-|/)ledger$' -- $words[1]
        if test "$words[1]" = -C
            set -e words[1]
        end
        set -e words[1]
    end
    for line in (git ledger completion words -- $words[2..] (commandline -ct) 2>/dev/null </dev/null)
        if string match -q ':files*' -- $line
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end

complete -c git-ledger -f -k -a '(__git_ledger_candidates)'
complete -c git -n '__fish_seen_subcommand_from ledger' -f -k -a '(__git_ledger_candidates)'
