#include "command_line.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "failure.h"
#include "terminal.h"
#include "text.h"

namespace memtier::tool {
namespace {

constexpr int kWidestHelp = 100;
constexpr int kIndent = 2;
constexpr int kGap = 2;
constexpr int kNameRoom = 34;  // names that are longer have their description on the next line

int help_width() {
  const int width = terminal_of(STDOUT_FILENO).width;
  return width == 0 ? 80 : std::clamp(width, 40, kWidestHelp);
}

struct Entry {
  std::string name;
  std::string description;
};

std::string section(const std::string& title, const std::vector<Entry>& entries) {
  if (entries.empty()) return {};
  int column = 0;
  for (const Entry& entry : entries) column = std::max(column, display_width(entry.name));
  column = kIndent + std::min(column, std::min(kNameRoom, help_width() / 2)) + kGap;
  std::string text = "\n" + title + "\n";
  for (const Entry& entry : entries) {
    std::string line(kIndent, ' ');
    line += entry.name;
    if (display_width(line) + kGap > column) {
      line += "\n" + std::string(static_cast<size_t>(column), ' ');
    } else {
      line += std::string(static_cast<size_t>(column - display_width(line)), ' ');
    }
    text += line + wrap(entry.description, help_width() - column, column) + "\n";
  }
  return text;
}

// How the second and later ones of an argument that can be repeated are called; they are hidden.
std::string next_name(const std::string& name, int number) {
  return name + " " + std::to_string(number);
}

bool is_hidden(const CLI::Option* option) {
  return option->get_group().empty();
}

std::string option_name(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  std::string text = joined(names, ", ");
  if (option.get_snames().empty()) text = "    " + text;
  return option.get_type_name().empty() ? text : text + " " + option.get_type_name();
}

std::vector<Entry> option_entries(const CLI::App& app) {
  std::vector<Entry> entries;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->nonpositional()) continue;
    entries.push_back({option_name(*option), option->get_description()});
  }
  return entries;
}

std::vector<Entry> arguments_of(const CLI::App& app) {
  std::vector<Entry> entries;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional() && !is_hidden(option)) {
      entries.push_back({option->get_name(true), option->get_description()});
    }
  }
  return entries;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string usage_of(const CLI::App& app) {
  std::string usage = "Usage: " + full_name(app) + " [OPTIONS]";
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional() || is_hidden(option)) continue;
    std::string name = option->get_name(true);
    if (app.get_option_no_throw(next_name(name, 2)) != nullptr) name += "...";
    usage += option->get_required() ? " " + name : " [" + name + "]";
  }
  if (commands_of(app).empty()) return usage + "\n";
  return usage + (app.get_parent() == nullptr ? " COMMAND ...\n" : " [COMMAND ...]\n");
}

std::string commands_text(const CLI::App& app) {
  std::vector<std::string> groups;
  for (const CLI::App* command : commands_of(app)) {
    const bool is_new =
        std::find(groups.begin(), groups.end(), command->get_group()) == groups.end();
    if (is_new) groups.push_back(command->get_group());
  }
  std::string text;
  for (const std::string& group : groups) {
    std::vector<Entry> entries;
    for (const CLI::App* command : commands_of(app)) {
      if (command->get_group() == group) {
        entries.push_back({command->get_name(), summary_of(*command)});
      }
    }
    text += section(group, entries);
  }
  return text;
}

int edit_distance(const std::string& left, const std::string& right) {
  std::vector<int> row(right.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= left.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= right.size(); ++j) {
      const int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// Few letters apart, and fewer than half of them: "foo" is not meant for "log".
bool is_near(const std::string& given, const std::string& known) {
  constexpr int kNear = 2;
  const size_t letters = known.size() - std::min(known.find_first_not_of('-'), known.size());
  const int distance = edit_distance(given, known);
  return distance <= kNear && 2 * static_cast<size_t>(distance) < letters;
}

// "; did you mean search?", or nothing.
std::string suggestion(const std::string& given, const std::vector<std::string>& known) {
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&given](const auto& left, const auto& right) {
        return edit_distance(given, left) < edit_distance(given, right);
      });
  if (nearest == known.end() || !is_near(given, *nearest)) return {};
  return "; did you mean " + *nearest + "?";
}

const CLI::App& deepest(const CLI::App& app) {
  const auto used = app.get_subcommands();
  return used.empty() ? app : deepest(*used.front());
}

std::string unexpected_message(const CLI::App& app, const std::string& argument) {
  const CLI::App& command = deepest(app);
  std::vector<std::string> known;
  if (argument.starts_with('-')) {
    for (const CLI::App* owner = &command; owner != nullptr; owner = owner->get_parent()) {
      for (const CLI::Option* option : owner->get_options()) {
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
      }
    }
    return full_name(command) + " has no option " + argument + suggestion(argument, known);
  }
  if (!commands_of(command).empty()) return no_command_message(command, argument);
  return "unexpected argument \"" + argument + "\" (text of several words needs quotes)";
}

}  // namespace

std::string no_command_message(const CLI::App& app, const std::string& name) {
  std::vector<std::string> known;
  for (const CLI::App* command : commands_of(app)) known.push_back(command->get_name());
  return "there is no command \"" + name + "\"" + suggestion(name, known);
}

std::string summary_of(const CLI::App& app) {
  const std::string description = app.get_description();
  std::string summary = description.substr(0, description.find('\n'));
  if (summary.ends_with('.')) summary.pop_back();
  return summary;
}

std::string full_name(const CLI::App& app) {
  if (app.get_parent() == nullptr) return "memtier";
  return full_name(*app.get_parent()) + " " + app.get_name();
}

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& description,
                      const std::string& group, const std::vector<std::string>& examples) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->fallthrough();
  command->group(group);
  std::string footer = "\nExamples\n";
  for (const std::string& example : examples) footer += "  " + example + "\n";
  if (!examples.empty()) command->footer(footer);
  return command;
}

CLI::Validator whole_number() {
  return CLI::Validator(
      [](const std::string& given) {
        int64_t value = 0;
        const char* end = given.data() + given.size();
        const auto [stop, error] = std::from_chars(given.data(), end, value);
        if (error == std::errc::result_out_of_range) return "\"" + given + "\" is too large";
        const bool is_whole = error == std::errc() && stop == end;
        return is_whole ? std::string() : "\"" + given + "\" is not a whole number";
      },
      "");
}

void add_arguments(CLI::App* command, const std::string& name, std::vector<std::string>& values,
                   const std::string& description, int most) {
  const auto take = [&values](const std::string& value) { values.push_back(value); };
  command->add_option_function<std::string>(name, take, description);
  for (int i = 2; i <= std::max(2, most); ++i) {
    command->add_option_function<std::string>(next_name(name, i), take)->group("");
  }
}

CLI::Option* add_values(CLI::App* command, const std::string& names,
                        std::vector<std::string>& values, const std::string& type,
                        const std::string& description) {
  CLI::Option* option = command->add_option(names, values, description);
  // Without this, CLI11 takes all that follows, and splits "[a,b]" at its commas.
  option->allow_extra_args(false)->type_name(type);
  return option;
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string /*name*/,
                                     CLI::AppFormatMode /*mode*/) const {
  const bool is_root = app->get_parent() == nullptr;
  std::string text = is_root ? app->get_description() + "\n\n" + usage_of(*app)
                             : usage_of(*app) + "\n" +
                                   wrap(one_line(app->get_description()), help_width(), 0) + "\n";
  text += section("Arguments", arguments_of(*app));
  text += commands_text(*app);
  text += section(is_root ? "Global options, before or after the command" : "Options",
                  option_entries(*app));
  if (!is_root) {
    text += "\nThe global options, such as --store, --user and --json: memtier --help\n";
  }
  return text + app->get_footer();
}

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  std::string message = error.what();
  const bool has_command = !app.get_subcommands().empty();
  const bool is_unexpected = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  const bool is_missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const std::vector<std::string> unexpected = app.remaining(true);
  // What is missing is often only what an option mistyped has taken with it.
  if (!unexpected.empty() && (is_unexpected || is_missing || !has_command)) {
    return unexpected_message(app, unexpected.front());
  }
  if (is_missing && !has_command) return "which command?";
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string option = message.substr(0, message.find(':'));
    const bool is_twice = message.find("At Most") != std::string::npos;
    return option + (is_twice ? " is given twice" : " needs a value");
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    const size_t name = message.find(": ");
    const size_t value = message.find(" = ");
    if (name != std::string::npos && value != std::string::npos) {
      return message.substr(name + 2, value - name - 2) + ": \"" + message.substr(value + 3) +
             "\" is not a number";
    }
  }
  return message;
}

}  // namespace memtier::tool
