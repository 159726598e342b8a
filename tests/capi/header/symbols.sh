#!/bin/sh
# symbols.sh NM HEADER LIBRARY: the library exports exactly the functions that the header declares, in
# the version node that they came with, and nothing else: no C++ symbol, none of a dependency.
nm=$1 header=$2 library=$3
if [ -z "$nm" ] || [ ! -x "$nm" ]; then
  echo "nm is missing (package binutils)"
  exit 77
fi
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

# Declarations: MEMTIER_API, then the first name before a parenthesis, on that line or the next ones.
awk '/^MEMTIER_API /{on=1; text=""} on{text=text " " $0}
     on && /\(/{sub(/\(.*/, "", text); n=split(text, word, /[ *]+/); print word[n]; on=0}' \
  "$header" | sort >"$folder/declared"
"$nm" -D --defined-only "$library" | awk '$2 != "A" {print $3}' | sort >"$folder/exported"
sed 's/$/@@MEMTIER_1.0/' "$folder/declared" >"$folder/expected"

count=$(wc -l <"$folder/declared")
if [ "$count" -lt 100 ]; then
  echo "Only $count functions found in $header: the test reads it wrongly."
  exit 1
fi
if ! diff -u "$folder/expected" "$folder/exported"; then
  echo "- declared in the header, but not exported;  + exported, but not declared"
  exit 1
fi
echo "$count functions, all of MEMTIER_1.0"
