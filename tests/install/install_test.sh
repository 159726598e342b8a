#!/usr/bin/env bash
# install_test.sh CMAKE BUILD CC CXX EXAMPLE WAY TOOL: installs the build into an empty folder, and builds
# and runs programs against what lies there, and nothing else of the project. WAY: pkg_config,
# find_package, dlopen or valgrind; TOOL: what it needs.
set -euo pipefail
cmake=$1 build=$2 cc=$3 cxx=$4 example=$5 way=$6 tool=$7
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "$tool" ] || [[ "$tool" = *-NOTFOUND ]] || ! command -v "$tool" >/dev/null; then
  echo "the tool for $way is missing"
  exit 77
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
"$cmake" --install "$build" --prefix "$prefix" >"$folder/install.log" ||
  { cat "$folder/install.log"; exit 1; }
library=$(dirname "$(find "$prefix" -name libmemtier.so.1)")
[ -n "$library" ] || { echo "no libmemtier.so.1 was installed"; exit 1; }
export LD_LIBRARY_PATH=$library
cd "$folder"

by_pkg_config() {
  export PKG_CONFIG_PATH=$library/pkgconfig
  local flags
  flags=$(pkg-config --cflags --libs memtier)
  case "$flags" in
    *"$prefix"*) ;;
    *) echo "pkg-config does not point to where it was installed: $flags"; return 1 ;;
  esac
  # shellcheck disable=SC2086
  "$cc" -std=c99 -Wall -Wextra -Werror -g "$example" $flags -o first
}

case $way in
  pkg_config)
    by_pkg_config
    [ "$(pkg-config --modversion memtier)" = 1.0.0 ]
    ./first agent.mem | tee output
    grep -q "Ada is allergic to hazelnuts" output
    ./first agent.mem >/dev/null # the file is there now
    ;;
  find_package)
    cp "$example" main.c
    cp "$here/find_package/CMakeLists.txt" .
    "$cmake" -S . -B out -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" \
      -DCMAKE_CXX_COMPILER="$cxx" >configure.log || { cat configure.log; exit 1; }
    "$cmake" --build out
    ./out/first agent.mem | grep "Ada is allergic to hazelnuts"
    ;;
  dlopen)
    "$cc" -std=c99 -Wall -Wextra -Werror "$here/dlopen_client.c" -o client -ldl
    ./client agent.mem
    ;;
  valgrind)
    by_pkg_config
    "$tool" --quiet --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
      --error-exitcode=3 ./first agent.mem
    ;;
esac
