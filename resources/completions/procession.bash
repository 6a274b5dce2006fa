# SPDX-FileCopyrightText: 2026 Procession contributors
# SPDX-License-Identifier: MIT
# Completion of procession's command line for bash.

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
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--start --help --version' -- "$word")
        return
    elif ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W run -- "$word")
    fi
    compopt -o filenames
    local files
    mapfile -t files < <(compgen -f -X '!*.@(yaml|yml)' -- "$word"; compgen -d -- "$word")
    COMPREPLY+=("${files[@]}")
}
complete -F _procession procession
