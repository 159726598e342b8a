// The options of commands that show what fits into a prompt.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tool.h"

namespace memtier::tool {

struct ContextOptions {
  std::string text;
  std::optional<int64_t> newest;
  std::optional<int64_t> max_items;
  std::optional<int64_t> max_tokens;
  std::vector<std::string> exclude;
  std::string filter;
};

void add_context_options(CLI::App* command, ContextOptions& options, const std::string& newest,
                         const std::string& about_newest);
// The document for the library; `newest` is the key that its number of newest has there.
std::string context_document(const ContextOptions& options, const std::string& newest);

// Items for people, or {"turns": [...]}, with the version where it is not 0.
void show_items(Tool& tool, const memtier_items* items, const std::string& key, int64_t version);

}  // namespace memtier::tool
