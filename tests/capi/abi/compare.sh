#!/bin/sh
# compare.sh ABIDIFF RECORDED LIBRARY HEADERS: fails if the library has lost or changed anything that
# was recorded. What was added is told, and allowed.
abidiff=$1 recorded=$2 library=$3 headers=$4
if [ -z "$abidiff" ] || [ ! -x "$abidiff" ]; then
  echo "abidiff is missing (package abigail-tools)"
  exit 77
fi
"$abidiff" --headers-dir2 "$headers" --drop-private-types --no-show-locs "$recorded" "$library"
status=$?
# Bits: 1 abidiff failed, 2 wrong usage, 4 something changed, 8 something incompatible.
if [ $((status & 11)) -ne 0 ]; then
  echo "The ABI was broken (abidiff says $status); see docs/abi-policy.md."
  exit 1
fi
if [ $((status & 4)) -ne 0 ]; then
  # Additions alone are compatible, and so are harmless changes: but a change of a type is not harmless
  # here, where every visible struct and callback is pinned.
  if "$abidiff" --headers-dir2 "$headers" --drop-private-types --no-show-locs --no-added-syms \
      "$recorded" "$library" >/dev/null; then
    echo "Functions were added. Record the ABI anew: scripts/record-abi"
    exit 0
  fi
  echo "Something recorded has changed; see docs/abi-policy.md."
  exit 1
fi
