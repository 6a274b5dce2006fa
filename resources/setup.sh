#!/bin/sh
# SPDX-FileCopyrightText: 2026 Procession contributors
# SPDX-License-Identifier: MIT
#
# Installs the Debian packages that building, running and testing Procession takes, as root or through sudo. It
# asks for nothing, touches nothing else, and when nothing is missing it is done at once without the network.
set -eu

# to build
packages="g++ cmake ninja-build pkg-config musl-tools libyaml-dev libpcre2-dev libutf8proc-dev qt6-base-dev"
# to run: nothing pulls the SVG plug-ins in, yet without them every icon is blank; a bare system has no font either
packages="$packages libqt6svg6 fonts-dejavu-core"
# to test: a display without a screen
packages="$packages xvfb xauth"

if ! command -v dpkg-query >/dev/null; then
    echo "setup.sh knows Debian 12 and its relatives only. On another system, install what these packages hold:" >&2
    echo "  $packages" >&2
    exit 1
fi

missing=
# dpkg-query complains about packages it has never heard of; they are simply missing.
installed=$(dpkg-query -W -f '|${Package} ${db:Status-Status}|' $packages 2>/dev/null || true)
for package in $packages; do
    case $installed in
    *"|$package installed|"*) ;;
    *) missing="$missing $package" ;;
    esac
done
if [ -z "$missing" ]; then
    exit 0
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing, and without sudo only root can install them:$missing" >&2
        exit 1
    fi
    sudo=sudo
fi

echo "Installing:$missing"
# Through env, because sudo keeps hardly any variable of its caller.
$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
