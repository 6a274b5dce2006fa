# SPDX-FileCopyrightText: 2026 Procession contributors
# SPDX-License-Identifier: MIT
# Completion of procession's command line for bash.

# IDs and names of runs, as far as they are one word; with --alive only those that are.
_procession_runs()
{
    "${COMP_WORDS[0]}" list --json "$@" 2>/dev/null |
        sed -n 's/.*"id":"\([[:alnum:]_.-]*\)".*"worker":"\([[:alnum:]_.-]*\)"}$/\1\n\2/p; t; s/.*"id":"\([[:alnum:]_.-]*\)".*/\1/p' |
        sort -u
}

_procession()
{
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} i
    COMPREPLY=()

    if [[ ${COMP_WORDS[1]} == run ]] && ((COMP_CWORD > 1)); then
        # After -- stands somebody else's command.
        for ((i = 2; i < COMP_CWORD; ++i)); do
            if [[ ${COMP_WORDS[i]} == -- ]]; then
                mapfile -t COMPREPLY < <(compgen -o default -c -- "$word")
                return
            fi
        done
        case $previous in
        --until)
            mapfile -t COMPREPLY < <(compgen -W 'all any first-failure' -- "$word")
            return
            ;;
        --interval | --timeout | -j)
            return
            ;;
        esac
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W '--interval --timeout --until -j --leave --dry-run --json --help --' -- "$word")
            return
        fi
    elif [[ ${COMP_WORDS[1]} == @(list|stop|logs) ]] && ((COMP_CWORD > 1)); then
        local options runs=()
        case ${COMP_WORDS[1]} in
        list) options='--alive --all --long --json --help' ;;
        stop) options='--all --kill --timeout --help' ;;
        logs) options='--follow --tail --stdout --stderr --help' ;;
        esac
        if [[ $previous == --timeout || $previous == --tail ]]; then
            return
        elif [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        elif [[ ${COMP_WORDS[1]} != list ]]; then
            [[ ${COMP_WORDS[1]} == stop ]] && runs=(--alive)
            mapfile -t COMPREPLY < <(compgen -W "$(_procession_runs "${runs[@]}")" -- "$word")
        fi
        return
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--start --help --version' -- "$word")
        return
    elif ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W 'run list stop logs' -- "$word")
    fi
    compopt -o filenames
    local files
    mapfile -t files < <(compgen -f -X '!*.@(yaml|yml)' -- "$word"; compgen -d -- "$word")
    COMPREPLY+=("${files[@]}")
}
complete -F _procession procession
