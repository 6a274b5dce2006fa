#!/bin/sh
# SPDX-FileCopyrightText: 2026 Procession contributors
# SPDX-License-Identifier: MIT
#
# mutate.sh NAME SOURCE-DIR BUILD-DIR BUILD-TYPE CMAKE CXX: builds a keeper with one thing broken on purpose, and passes
# if the test that is to notice turns red. A test that cannot fail proves nothing.
set -eu

name=$1 source=$2 build=$3 type=$4 cmake=$5 cxx=$6

# Each has a file, the text that stands in it exactly once, what to put in its place, and the test that notices.
case $name in
reap-before-recording)
    file=run.cpp
    from='            recordEnd(info, usage);
        waitpid(info.si_pid, nullptr, 0);'
    to='            waitpid(info.si_pid, nullptr, 0), recordEnd(info, usage);
        waitpid(info.si_pid, nullptr, 0);'
    notices='tst_syscalls fault7_killedAtEverySystemCall:active at the exit'
    ;;
descriptors-inherited)
    file=worker.cpp
    from='    syscall(SYS_close_range, 3u, ~0u, closeRangeCloexec);'
    to='    for (int file = 3; file < 64; ++file)
        syscall(SYS_fcntl, file, 2 /* F_SETFD */, closeRangeCloexec & 1u);'
    notices='tst_start fault35_carelessParent'
    ;;
no-continue-after-stop-signal)
    file=ladder.cpp
    from='        ::kill(child.pid, SIGCONT);'
    to=''
    notices='tst_tree fault20_stoppedProcessInTree'
    ;;
guardian-no-subreaper)
    file=keeper.cpp
    from='    prctl(PR_SET_CHILD_SUBREAPER, 1);'
    to=''
    notices='tst_syscalls fault7_killedAtEverySystemCall:active at the entry'
    ;;
active-no-subreaper)
    file=pair.cpp
    from='    prctl(PR_SET_CHILD_SUBREAPER, 1);'
    to=''
    notices='tst_tree fault18_doubleForkedDaemon'
    ;;
no-lock)
    file=state.cpp
    from='    if (flock(m_file, LOCK_EX | LOCK_NB) != 0)'
    to='    if (m_file < 0)'
    notices='tst_control fault9_keeperStopped'
    ;;
nothing-taken-over)
    file=pair.cpp
    from='    run.takeOver();'
    to=''
    notices='tst_syscalls fault7_killedAtEverySystemCall:active at the exit'
    ;;
*)
    echo "no mutation has the name $name" >&2
    exit 2
    ;;
esac

tree=$build/mutations/$name
rm -rf "$tree"
mkdir -p "$tree/src"
cp -R "$source/src/keeper" "$tree/src/keeper"
FROM=$from TO=$to perl -0777 -i -pe '
    my $count = () = /\Q$ENV{FROM}\E/g;
    if ($count != 1) { print STDERR "the text to break stands there $count times\n"; exit 1 }
    s/\Q$ENV{FROM}\E/$ENV{TO}/' "$tree/src/keeper/$file"
# The keeper's own CMakeLists.txt, so that the flags are those of the real one.
cat >"$tree/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(procession VERSION 0.0.1 LANGUAGES CXX)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_subdirectory(src/keeper)
END
"$cmake" -S "$tree" -B "$tree/build" -G Ninja -DCMAKE_BUILD_TYPE="$type" -DCMAKE_CXX_COMPILER="$cxx" >"$tree/log" 2>&1 &&
    "$cmake" --build "$tree/build" -j 2 >>"$tree/log" 2>&1 || {
    cat "$tree/log"
    echo "the broken keeper could not be built" >&2
    exit 1
}

program=${notices%% *}
function=${notices#* }
# The order of system calls differs a little from run to run, and with it what is killed at the one moment that is broken.
for attempt in 1 2 3 4 5; do
    status=0
    PROCESSION_TEST_KEEPER=$tree/build/bin/procession-keeper PROCESSION_FAULT_PATIENCE_MS=2000 \
        "$build/bin/$program" "$function" >"$tree/said" 2>&1 || status=$?
    if [ "$status" -ne 0 ] && grep -q '^FAIL!' "$tree/said"; then
        break
    fi
    if [ "$attempt" -eq 5 ]; then
        cat "$tree/said"
        echo "$name: $program $function does not notice (exit status $status)" >&2
        exit 1
    fi
done
echo "mutation $name: $program $function turned red:"
grep -m 3 '^FAIL!' "$tree/said" | cut -c 1-300
