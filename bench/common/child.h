// Measuring in a process of its own, whose memory nothing else has touched: the program starts itself
// with `--child NAME ARGUMENT…` and reads back what it prints.
#pragma once

#include <string>
#include <vector>

namespace bench {

using Arguments = std::vector<std::string>;

// Runs it in a new process; returns the numbers that it printed, one a line.
std::vector<double> run_child(const std::string& name, const Arguments& arguments);

// In that process: what `name` stands for; the exit code.
int child_main(const std::string& name, const Arguments& arguments);

}  // namespace bench
