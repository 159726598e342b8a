// memtier completion: prints a script for a shell.
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "commands/completion_model.h"

namespace memtier::tool {
namespace {

std::string script_for(const CLI::App& root, const std::string& shell) {
  if (shell == "bash") return bash_completion(root);
  return shell == "zsh" ? zsh_completion(root) : fish_completion(root);
}

}  // namespace

void add_completion(CLI::App& app, Tool& tool) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = add_command(
      app, "completion", "Print a script that completes commands and options in a shell.", "Other",
      {"source <(memtier completion bash)", "memtier completion zsh > \"${fpath[1]}/_memtier\"",
       "memtier completion fish > ~/.config/fish/completions/memtier.fish"});
  add_value(command, "SHELL", *shell, "bash|zsh|fish", "bash, zsh or fish")->required();
  command->callback([shell, &app, &tool] {
    tool.command = [shell, &app, &tool] { tool.write(script_for(app, *shell)); };
  });
}

}  // namespace memtier::tool
