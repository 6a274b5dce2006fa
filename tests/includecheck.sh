#!/bin/sh
# SPDX-FileCopyrightText: 2026 Procession contributors
# SPDX-License-Identifier: MIT
#
# includecheck.sh SOURCE-DIR QTCORE-INCLUDE-DIR
# Holds every #include under src/ against the arrows between the rooms. The linker cannot do this: a target that links
# Qt6::Core alone still finds <QtGui/QColor>, and one include directory serves every room.
set -eu
src=$1/src
qtcore=$2
faults=0
checked=0

# The rooms a room may include besides itself.
arrows() {
    case $1 in
    keeper) ;;
    core) ;;
    formats) echo core ;;
    model) echo core ;;
    gui) echo core formats model ;;
    cli) echo core formats ;;
    .) echo core formats gui cli ;; # src/main.cpp
    *) return 1 ;;
    esac
}

fault() {
    echo "src/$room/$file:$line: $1" | sed 's|/\./|/|'
    faults=$((faults + 1))
}

# <header>
system_header() {
    case $1 in
    Q[A-Z]* | Qt*/* | q*.h)
        if [ "$room" = keeper ]; then
            fault "the keeper includes nothing of Qt: <$1>"
        elif [ "$room" != gui ] && [ "$room" != . ]; then
            case $1 in
            QtCore/*) name=${1#QtCore/} ;;
            *) name=$1 ;;
            esac
            if [ ! -e "$qtcore/$name" ]; then
                fault "$room includes no Qt but Core: <$1>"
            fi
        fi
        ;;
    yaml.h)
        if [ "$room" != formats ]; then
            fault "only formats reads YAML: <$1>"
        fi
        ;;
    *.h) ;;
    *)
        if [ "$room" = keeper ]; then
            fault "the keeper has no C++ runtime, so C headers only: <$1>"
        fi
        ;;
    esac
}

# "header"
own_header() {
    case $1 in
    ui_*.h)
        if [ "$room" != gui ]; then
            fault "only gui has forms: \"$1\""
        fi
        ;;
    keeper/rundir.h) # the run directory's format is the one thing the keeper shares
        if [ "$room" != core ] && [ "$room" != keeper ]; then
            fault "only core reads run directories: \"$1\""
        fi
        ;;
    *..*) fault "paths start at src/, not at ..: \"$1\"" ;;
    */*)
        target=${1%%/*}
        if [ "$target" = "$room" ]; then
            return
        fi
        for allowed in $(arrows "$room"); do
            if [ "$target" = "$allowed" ]; then
                return
            fi
        done
        fault "no arrow leads from $room to $target: \"$1\""
        ;;
    *.moc) ;;
    *)
        if [ ! -e "$src/$room/$1" ]; then
            fault "not a header of this room: \"$1\""
        fi
        ;;
    esac
}

cd "$src"
includes=$(mktemp)
trap 'rm -f "$includes"' EXIT
find . -name '*.h' -o -name '*.cpp' -o -name '*.c' | sort | xargs grep -nE '^[[:space:]]*#[[:space:]]*include' >"$includes"
while IFS= read -r found; do
    path=${found%%:*}
    rest=${found#*:}
    line=${rest%%:*}
    room=$(dirname "${path#./}")
    file=${path##*/}
    checked=$((checked + 1))
    if ! arrows "$room" >/dev/null; then
        fault "no such room: $room"
        continue
    fi
    header=$(printf '%s\n' "$rest" | sed -n 's/^[^#]*#[[:space:]]*include[[:space:]]*\([<"][^>"]*\)[>"].*/\1/p')
    case $header in
    '<'*) system_header "${header#<}" ;;
    '"'*) own_header "${header#?}" ;;
    *) fault "cannot read this #include" ;;
    esac
done <"$includes"

echo "$checked includes checked, $faults against the arrows"
[ "$checked" -gt 0 ] && [ "$faults" -eq 0 ]
