// memtier help: the help pages, for those who ask for them as for any other command.
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "failure.h"

namespace memtier::tool {
namespace {

void help(const CLI::App& root, Tool& tool, const std::vector<std::string>& names) {
  const CLI::App* page = &root;
  for (const std::string& name : names) {
    const auto below = page->get_subcommands(
        [&name](const CLI::App* command) { return command->get_name() == name; });
    if (below.empty()) throw usage_failure(no_command_message(*page, name));
    page = below.front();
  }
  // Not page->help(): that of the root is the help of the command that runs, which is this one.
  tool.write(root.get_formatter()->make_help(page, "", CLI::AppFormatMode::Normal));
}

}  // namespace

void add_help(CLI::App& app, Tool& tool) {
  auto names = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      add_command(app, "help", "Show the help of memtier, or of a command.", "Other",
                  {"memtier help", "memtier help put", "memtier help tiers move"});
  add_arguments(command, "COMMAND", *names, "the command's name", tool.argument_count);
  command->callback(
      [names, &app, &tool] { tool.command = [names, &app, &tool] { help(app, tool, *names); }; });
}

}  // namespace memtier::tool
