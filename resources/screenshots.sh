#!/bin/sh
# SPDX-FileCopyrightText: 2026 Procession contributors
# SPDX-License-Identifier: MIT
#
# Makes the pictures of the window, light and dark, with real workers in every state that can be reached:
#   resources/screenshots.sh [FOLDER]
# FOLDER defaults to build/screenshots. The one for the README goes to resources/screenshot.png.
# Needs what resources/setup.sh installs, and no display.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$root/build/screenshots}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

build=$root/build/release
cmake --preset release -S "$root" >/dev/null
cmake --build "$build" --target procession-screenshots

QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 "$build/bin/procession-screenshots" "$folder"
cp "$folder/window-light.png" "$root/resources/screenshot.png"
echo "Pictures are in $folder, the README's in $root/resources/screenshot.png"
