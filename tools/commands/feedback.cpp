// memtier feedback: says how useful items were, and shows what was learned from it.
#include <memory>
#include <nlohmann/json.hpp>

#include "command_line.h"
#include "commands.h"
#include "json_object.h"
#include "table.h"
#include "text.h"

namespace memtier::tool {
namespace {

struct FeedbackOptions {
  std::vector<std::string> ids;
  double value = 1;
};

void give_feedback(Tool& tool, const FeedbackOptions& options) {
  nlohmann::json items = nlohmann::json::array();
  for (const std::string& id : options.ids) {
    items.push_back({{"id", id}, {"value", options.value}});
  }
  const std::string document = nlohmann::json{{"items", std::move(items)}}.dump();
  call(memtier_feedback_add, tool.store(), tool.scope(), document.data(), document.size());
  if (tool.options.json) tool.write_line(document);
  tool.say("noted");
}

void list_preferences(Tool& tool) {
  Bytes bytes;
  call(memtier_feedback_list, tool.store(), tool.scope(), bytes.out());
  const std::string text(view_of(bytes));
  if (tool.options.json) return tool.write_line("{\"preferences\":" + text + "}");
  Table table(tool.terminal(),
              {{.title = "PREFERENCE", .right = true}, {.title = "KIND"}, {.title = "NAME"}});
  for (const nlohmann::json& entry : nlohmann::json::parse(text)) {
    table.add({format_decimal(entry.at("preference").get<double>(), 2),
               entry.at("kind").get<std::string>(), one_line(entry.at("name").get<std::string>())});
  }
  if (table.row_count() == 0) return tool.hint("nothing was learned yet");
  tool.write(table.take());
}

void clear_feedback(Tool& tool) {
  call(memtier_feedback_clear, tool.store(), tool.scope());
  if (tool.options.json) tool.write_line(JsonObject().add_json("cleared", "true").text());
  tool.say("forgot the preferences");
}

}  // namespace

void add_feedback(CLI::App& app, Tool& tool) {
  CLI::App* feedback = add_command(
      app, "feedback", "Say how useful items were, so that searches learn from it",
      "Looking after the store",
      {"memtier feedback add a1 a2 --user ada", "memtier feedback add a3 --value -1 --user ada",
       "memtier feedback list --user ada"});
  feedback->require_subcommand(1);
  auto options = std::make_shared<FeedbackOptions>();
  CLI::App* command =
      add_command(*feedback, "add", "Say how useful items were.", "Commands",
                  {"memtier feedback add a1 a2", "memtier feedback add a3 --value -1"});
  command->add_option("ID", options->ids, "the items that were found")->required();
  add_value(command, "--value", options->value, "NUMBER",
            "from -1, not what was wanted, to 1, just that, the default");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { give_feedback(tool, *options); }; });
  command = add_command(*feedback, "list", "Show what was learned, the strongest first.",
                        "Commands", {"memtier feedback list --user ada"});
  command->callback([&tool] { tool.command = [&tool] { list_preferences(tool); }; });
  command = add_command(*feedback, "clear", "Forget what was learned.", "Commands",
                        {"memtier feedback clear --user ada"});
  command->callback([&tool] { tool.command = [&tool] { clear_feedback(tool); }; });
}

}  // namespace memtier::tool
