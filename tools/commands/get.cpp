// memtier get: shows one item.
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "item_text.h"

namespace memtier::tool {
namespace {

struct GetOptions {
  std::string id;
  bool content = false;
};

void get(Tool& tool, const GetOptions& options) {
  if (options.content && tool.options.json)
    throw usage_failure("give --content or --json, not both");
  Item item;
  call(memtier_item_get, tool.store(), tool.scope(), options.id.data(), options.id.size(),
       item.out());
  if (options.content) {
    tool.write(read_text(item.get(), MEMTIER_FIELD_CONTENT));
  } else if (tool.options.json) {
    tool.write_line(item_json(item.get()));
  } else {
    tool.write(item_page(item.get(), tool.terminal().colour));
  }
}

}  // namespace

void add_get(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<GetOptions>();
  CLI::App* command = add_command(
      app, "get",
      "Show one item.\nThis counts as a read of it, and can bring it a tier up; search, list and "
      "export do not. (Where a ladder asks for several reads within a time, each process counts "
      "its "
      "own.)",
      "Reading",
      {"memtier get notes", "memtier get notes --json | jq .metadata",
       "memtier get notes --content > notes.md"});
  command->add_option("ID", options->id, "its id")->required();
  command->add_flag("--content", options->content, "the content alone, byte for byte");
  command->callback([options, &tool] { tool.command = [options, &tool] { get(tool, *options); }; });
}

}  // namespace memtier::tool
