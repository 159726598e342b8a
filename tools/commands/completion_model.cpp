#include "commands/completion_model.h"

#include <algorithm>

#include "text.h"

namespace memtier::tool {

std::vector<CommandModel> commands_below(const CLI::App& app, const std::string& prefix) {
  std::vector<CommandModel> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back({prefix + command->get_name(), command});
  }
  return commands;
}

std::vector<CommandModel> all_commands(const CLI::App& root) {
  std::vector<CommandModel> all;
  for (const CommandModel& command : commands_below(root, "")) {
    all.push_back(command);
    for (const CommandModel& below : commands_below(*command.app, command.name + " ")) {
      all.push_back(below);
    }
  }
  return all;
}

std::vector<const CLI::Option*> options_of(const CLI::App& app) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional()) options.push_back(option);
  }
  return options;
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

bool takes_value(const CLI::Option& option) {
  return !option.get_type_name().empty();  // a flag has no type
}

std::vector<const CLI::Option*> own_options_of(const CLI::App& app) {
  std::vector<const CLI::Option*> options = options_of(app);
  std::erase_if(options, [&app](const CLI::Option* option) {
    return option == app.get_help_ptr() || option == app.get_version_ptr();
  });
  return options;
}

std::string argument_values(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() && !values_of(*option).empty()) {
      return joined(values_of(*option), " ");
    }
  }
  return {};
}

bool takes_file(const CLI::Option& option) {
  return option.get_type_name().ends_with("FILE");
}

bool takes_file(const CLI::App& app) {
  const auto options = app.get_options();
  return std::any_of(options.begin(), options.end(), [](const CLI::Option* option) {
    return option->get_positional() && option->get_name(true) == "FILE";
  });
}

std::vector<std::string> values_of(const CLI::Option& option) {
  std::vector<std::string> values;
  std::string rest = option.get_type_name();
  if (rest.find('|') == std::string::npos) return values;
  while (!rest.empty()) {
    const size_t bar = std::min(rest.find('|'), rest.size());
    const std::string value = rest.substr(0, bar);
    if (value.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos) {
      values.push_back(value);
    }
    rest.erase(0, bar + 1);
  }
  return values;
}

std::string single_quoted(const std::string& text, const std::string& quote) {
  std::string out = "'";
  for (const char byte : text) {
    if (byte == '\'') {
      out += quote;
    } else {
      out += byte;
    }
  }
  return out + "'";
}

}  // namespace memtier::tool
