// Small additions to CLI11: commands with examples, options with a fixed set of values, and help
// pages that fit the terminal.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace memtier::tool {

// A command that takes the global options too, before and after its name. The first line of its
// description stands in lists of commands. Examples are lines of shell.
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& description,
                      const std::string& group, const std::vector<std::string>& examples);

// Whole numbers in decimal. Left to CLI11, one too large for 64 bits becomes the largest there is.
CLI::Validator whole_number();

// An option that takes one value, called `type` in the help. A type such as "full|normal" lists the
// only values that are allowed; names in capitals stand for themselves.
template <typename Value>
CLI::Option* add_value(CLI::App* command, const std::string& names, Value& value,
                       const std::string& type, const std::string& description) {
  CLI::Option* option = command->add_option(names, value, description);
  option->type_name(type);
  constexpr bool is_integer =
      std::is_same_v<Value, int64_t> || std::is_same_v<Value, std::optional<int64_t>>;
  if (is_integer) option->check(whole_number());
  const bool is_choice = type.find('|') != std::string::npos &&
                         type.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  if (is_choice) {
    option->check(CLI::Validator(
        [type](const std::string& given) {
          const bool is_known = ("|" + type + "|").find("|" + given + "|") != std::string::npos;
          return is_known ? std::string() : "\"" + given + "\" is none of " + type;
        },
        ""));
  }
  return option;
}

// An option that can be given several times, one value each time.
CLI::Option* add_values(CLI::App* command, const std::string& names,
                        std::vector<std::string>& values, const std::string& type,
                        const std::string& description);

// Arguments without an option, any number of them, at most `most`. CLI11's own lists would split
// "[a,b]" at its commas, and delete an item of another id than the one given.
void add_arguments(CLI::App* command, const std::string& name, std::vector<std::string>& values,
                   const std::string& description, int most);

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

// What is wrong with the command line, in this tool's words.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error);

// That `app` has no command of this name, and which one may be meant.
std::string no_command_message(const CLI::App& app, const std::string& name);

// The first line of a command's description, as it stands in a list: without the full stop.
std::string summary_of(const CLI::App& app);

// "memtier tiers move"
std::string full_name(const CLI::App& app);

}  // namespace memtier::tool
