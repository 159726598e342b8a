// Completion scripts are made from the command line itself, so that they are never behind it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace memtier::tool {

std::string bash_completion(const CLI::App& root);
std::string zsh_completion(const CLI::App& root);
std::string fish_completion(const CLI::App& root);

// One command of the line, such as "put" or "tiers move"; the whole line has the name "".
struct CommandModel {
  std::string name;
  const CLI::App* app;
};

// The commands directly below an app, and all below it.
std::vector<CommandModel> commands_below(const CLI::App& app, const std::string& prefix);
std::vector<CommandModel> all_commands(const CLI::App& root);

std::vector<const CLI::Option*> options_of(const CLI::App& app);      // not its arguments
std::vector<const CLI::Option*> own_options_of(const CLI::App& app);  // nor --help, --version
std::vector<std::string> names_of(const CLI::Option& option);         // {"-n", "--limit"}
bool takes_value(const CLI::Option& option);
bool takes_file(const CLI::Option& option);
bool takes_file(const CLI::App& app);  // as an argument

// What the type "full|normal|relaxed" allows; capitals such as FILE are no values.
std::vector<std::string> values_of(const CLI::Option& option);

// What an argument of the command allows, with blanks between, as "bash zsh fish".
std::string argument_values(const CLI::App& app);

// A text in single quotes, with those inside it replaced.
std::string single_quoted(const std::string& text, const std::string& quote);

}  // namespace memtier::tool
