// The options that set an item's fields; put and update have them both.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "handles.h"

namespace memtier::tool {

struct FieldOptions {
  std::optional<std::string> type;
  std::vector<std::string> tags;
  std::vector<std::string> removed_tags;
  std::optional<double> importance;
  std::optional<int64_t> priority;
  bool pin = false;
  bool unpin = false;
  std::optional<std::string> ttl;
  std::optional<std::string> created;
  std::optional<std::string> expires;
  std::optional<std::string> metadata;
  std::optional<std::string> tier;
  std::optional<std::string> content_type;
  std::optional<int64_t> expected_version;
};

void add_field_options(CLI::App* command, FieldOptions& fields);

// Sets what was given; returns how many fields that were.
int set_fields(const FieldOptions& fields, memtier_item_builder* builder);

void set_content(memtier_item_builder* builder, const std::string& content);

// The filter option of a command.
void add_filter_option(CLI::App* command, std::string& filter, const std::string& description);

}  // namespace memtier::tool
