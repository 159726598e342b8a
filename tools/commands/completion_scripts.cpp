// The scripts themselves, one dialect after the other.
#include "commands/completion_model.h"

#include <set>

#include "command_line.h"
#include "text.h"

namespace memtier::tool {
namespace {

constexpr const char* kBashBegin =
    R"(# bash completion for memtier; printed by: memtier completion bash
_memtier() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local command='' commands='' options='' skip='' word
  COMPREPLY=()
  # bash hands over --option=value as three words
  [[ $previous == = ]] && previous=${COMP_WORDS[COMP_CWORD-2]}
  [[ $current == = ]] && current=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then [[ $word == = ]] || skip=''; continue; fi
    case "$word" in
      )";
constexpr const char* kBashCommands = R"() skip=1 ;;
      -*) ;;
      *) case "$command $word" in
           )";
constexpr const char* kBashValues = R"() command="${command:+$command }$word" ;;
         esac ;;
    esac
  done
  if [[ -n $skip ]]; then
    case "$previous" in
)";
constexpr const char* kBashOptions = R"(    esac
    return
  fi
  case "$command" in
)";
constexpr const char* kBashEnd = R"("
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$commands" -- "$current"))
  fi
}
complete -o bashdefault -o default -F _memtier memtier
)";

// Every option of every command once.
std::vector<const CLI::Option*> unique_options(const CLI::App& root) {
  std::vector<const CLI::Option*> unique = options_of(root);
  std::set<std::string> seen;
  for (const CLI::Option* option : unique) seen.insert(option->get_name());
  for (const CommandModel& command : all_commands(root)) {
    for (const CLI::Option* option : options_of(*command.app)) {
      if (seen.insert(option->get_name()).second) unique.push_back(option);
    }
  }
  return unique;
}

std::string option_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::Option* option : options_of(app)) {
    words.push_back(joined(names_of(*option), " "));
  }
  return joined(words, " ");
}

std::string command_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CommandModel& command : commands_below(app, "")) words.push_back(command.name);
  return words.empty() ? argument_values(app) : joined(words, " ");
}

std::string bash_values(const CLI::Option& option) {
  const std::string values = joined(values_of(option), " ");
  if (values.empty()) return {};
  const std::string files = takes_file(option) ? " -f" : "";
  return "      " + joined(names_of(option), "|") + ") COMPREPLY=($(compgen" + files + " -W '" +
         values + "' -- \"$current\")) ;;\n";
}

std::string bash_case(const std::string& name, const CLI::App& app) {
  return "    '" + name + "') commands='" + command_words(app) + "' options='" + option_words(app) +
         "' ;;\n";
}

// Text within the brackets of an _arguments specification.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '[' || byte == ']' || byte == ':' || byte == '\\') out += '\\';
    out += byte;
  }
  return out;
}

std::string zsh_option(const CLI::Option& option) {
  const std::vector<std::string> names = names_of(option);
  std::string action;
  if (takes_value(option)) {
    const std::string values = joined(values_of(option), " ");
    action = ":" + zsh_text(option.get_type_name()) + ":";
    if (!values.empty() && takes_file(option)) {
      action += "{_alternative \"values:value:(" + values + ")\" \"files:file:_files\"}";
    } else if (!values.empty()) {
      action += "(" + values + ")";
    } else if (takes_file(option)) {
      action += "_files";
    } else {
      action += " ";
    }
  }
  std::string lines;
  for (const std::string& name : names) {
    const std::string exclusion =
        option.get_items_expected_max() > 1 ? "*" : "(" + joined(names, " ") + ")";
    lines +=
        "    " +
        single_quoted(exclusion + name + "[" + zsh_text(option.get_description()) + "]" + action,
                      "'\\''") +
        "\n";
  }
  return lines;
}

std::string zsh_array(const std::vector<const CLI::Option*>& options) {
  std::string lines = "(\n";
  for (const CLI::Option* option : options) lines += zsh_option(*option);
  return lines + "  )\n";
}

std::string zsh_function_name(std::string command) {
  for (char& byte : command) byte = byte == ' ' ? '_' : byte;
  return "_memtier" + (command.empty() ? "" : "_" + command);
}

// What a command takes that has none below it.
std::string zsh_argument(const CLI::App& app) {
  const std::string values = argument_values(app);
  if (!values.empty()) return "'1:value:(" + values + ")'";
  return takes_file(app) ? "'*:file:_files'" : "'*: : '";
}

std::string zsh_function(const std::string& name, const CLI::App& app) {
  const auto below = commands_below(app, name.empty() ? "" : name + " ");
  std::string text = zsh_function_name(name) + "() {\n  local -a options commands\n";
  text += "  local curcontext=\"$curcontext\" state line\n  typeset -A opt_args\n  options=";
  text += zsh_array(name.empty() ? std::vector{app.get_help_ptr(), app.get_version_ptr()}
                                 : options_of(app));
  text += "  options+=($_memtier_global_options)\n";
  if (below.empty()) return text + "  _arguments -s $options " + zsh_argument(app) + "\n}\n\n";
  text += "  _arguments -C -s $options '1: :->command' '*:: :->argument'\n  case $state in\n";
  text += "  command)\n    commands=(\n";
  for (const CommandModel& command : below) {
    const std::string entry = command.app->get_name() + ":" + zsh_text(summary_of(*command.app));
    text += "      " + single_quoted(entry, "'\\''") + "\n";
  }
  text +=
      "    )\n    _describe -t commands command commands ;;\n  argument)\n    case $words[1] in\n";
  for (const CommandModel& command : below) {
    text += "    " + command.app->get_name() + ") " + zsh_function_name(command.name) + " ;;\n";
  }
  return text + "    esac ;;\n  esac\n}\n\n";
}

// When fish offers something: behind this command, and behind no other that has its name within.
std::string fish_condition(const CommandModel& command, const CLI::App& root) {
  const size_t blank = command.name.find(' ');
  const std::string seen = "__fish_seen_subcommand_from ";
  if (blank != std::string::npos) {
    return seen + command.name.substr(0, blank) + "; and " + seen + command.name.substr(blank + 1);
  }
  std::string condition = seen + command.name;
  for (const CommandModel& other : commands_below(root, "")) {
    const bool is_group = !commands_below(*other.app, "").empty();
    if (is_group && other.name != command.name) condition += "; and not " + seen + other.name;
  }
  return condition;
}

std::string fish_option(const CLI::Option& option, const std::string& condition) {
  std::string line = "complete -c memtier";
  if (!condition.empty()) line += " -n '" + condition + "'";
  for (const std::string& name : option.get_snames()) line += " -s " + name;
  for (const std::string& name : option.get_lnames()) line += " -l " + name;
  const std::string values = joined(values_of(option), " ");
  if (takes_value(option)) line += takes_file(option) ? " -r -F" : " -x";
  if (!values.empty()) line += " -a '" + values + "'";
  return line + " -d " + single_quoted(option.get_description(), "\\'") + "\n";
}

std::string fish_commands(const CLI::App& app, const std::string& condition) {
  std::string lines;
  for (const CommandModel& command : commands_below(app, "")) {
    lines += "complete -c memtier -n '" + condition + "' -a " + command.name + " -d " +
             single_quoted(summary_of(*command.app), "\\'") + "\n";
  }
  return lines;
}

}  // namespace

std::string bash_completion(const CLI::App& root) {
  std::vector<std::string> valued;
  std::vector<std::string> commands;
  std::string values;
  for (const CLI::Option* option : unique_options(root)) {
    if (!takes_value(*option)) continue;
    valued.push_back(joined(names_of(*option), "|"));
    values += bash_values(*option);
  }
  std::string cases = bash_case("", root);
  for (const CommandModel& command : all_commands(root)) {
    const bool is_top = command.name.find(' ') == std::string::npos;
    commands.push_back((is_top ? "' " : "'") + command.name + "'");
    cases += bash_case(command.name, *command.app);
  }
  return kBashBegin + joined(valued, "|") + kBashCommands + joined(commands, "|") + kBashValues +
         values + kBashOptions + cases + "  esac\n  options+=\" " + option_words(root) + kBashEnd;
}

std::string zsh_completion(const CLI::App& root) {
  std::string script = "#compdef memtier\n# zsh completion for memtier; printed by: ";
  script += "memtier completion zsh\n\ntypeset -ga _memtier_global_options=";
  script += zsh_array(own_options_of(root)) + "\n";
  for (const CommandModel& command : all_commands(root)) {
    script += zsh_function(command.name, *command.app);
  }
  return script + zsh_function("", root) + "_memtier \"$@\"\n";
}

std::string fish_completion(const CLI::App& root) {
  std::string script = "# fish completion for memtier; printed by: memtier completion fish\n";
  script += "complete -c memtier -f\n";
  script += fish_commands(root, "not __fish_seen_subcommand_from " + command_words(root));
  for (const CLI::Option* option : options_of(root)) script += fish_option(*option, "");
  for (const CommandModel& command : all_commands(root)) {
    const std::string condition = fish_condition(command, root);
    const std::string begin = "complete -c memtier -n '" + condition + "'";
    const std::string below = command_words(*command.app);
    script +=
        fish_commands(*command.app, condition + "; and not __fish_seen_subcommand_from " + below);
    const std::string values = argument_values(*command.app);
    if (!values.empty()) script += begin + " -a '" + values + "'\n";
    if (takes_file(*command.app)) script += begin + " -F\n";
    for (const CLI::Option* option : own_options_of(*command.app)) {
      script += fish_option(*option, condition);
    }
  }
  return script;
}

}  // namespace memtier::tool
