// Looks a store's file over: do index tables, totals and the word index say what the items say? Used
// after crashes and after random operations. Everything must be folded, and nobody write meanwhile.
#pragma once

#include <string>
#include <vector>

namespace memtier::testing {

// What is wrong; empty if all is well.
std::vector<std::string> integrity_problems(const std::string& path);

}  // namespace memtier::testing
