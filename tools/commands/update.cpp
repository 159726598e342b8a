// memtier update: changes fields of one item, or of all that a filter matches.
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "commands/fields.h"
#include "input.h"
#include "item_text.h"
#include "progress.h"
#include "units.h"

namespace memtier::tool {
namespace {

struct UpdateOptions {
  std::string id;
  std::string filter;
  std::optional<std::string> text;
  std::string file;
  FieldOptions fields;
};

Builder changes_of(const UpdateOptions& options) {
  if (options.text && !options.file.empty()) {
    throw usage_failure("give --text or --file, not both");
  }
  Builder builder;
  call(memtier_item_builder_create, builder.out());
  int set = set_fields(options.fields, builder.get());
  if (options.text) {
    set_content(builder.get(), *options.text == "-" ? read_standard_input() : *options.text);
    ++set;
  } else if (!options.file.empty()) {
    set_content(builder.get(),
                options.file == "-" ? read_standard_input() : read_file(options.file));
    ++set;
  }
  if (set == 0) throw usage_failure("what is to be changed? Give --text, --type, --tag, ...");
  return builder;
}

void update_one(Tool& tool, const UpdateOptions& options, const Builder& builder) {
  Item item;
  call(memtier_item_update, tool.store(), tool.scope(), options.id.data(), options.id.size(),
       builder.get(), MEMTIER_DURABILITY_DEFAULT, item.out());
  if (tool.options.json) {
    tool.write_line(item_json(item.get()));
  } else {
    tool.say("updated: version " + std::to_string(read_int64(item.get(), MEMTIER_FIELD_VERSION)));
  }
}

void update_where(Tool& tool, const UpdateOptions& options, const Builder& builder) {
  memtier_store* store = tool.store();
  int64_t count = 0;
  const Outcome outcome = [&] {
    const LongWork work(tool, "updating", LongWork::Unit::kItems);
    return attempt(memtier_item_update_where, store, tool.scope(), options.filter.data(),
                   options.filter.size(), builder.get(), MEMTIER_DURABILITY_DEFAULT, work.control(),
                   &count);
  }();
  tool.report(outcome, "updated", count);
}

void update(Tool& tool, const UpdateOptions& options) {
  if (options.id.empty() == options.filter.empty()) {
    throw usage_failure("which items? Give an ID or --filter, one of them");
  }
  const Builder builder = changes_of(options);
  if (options.filter.empty()) {
    update_one(tool, options, builder);
  } else {
    update_where(tool, options, builder);
  }
}

}  // namespace

void add_update(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<UpdateOptions>();
  CLI::App* command = add_command(
      app, "update",
      "Change fields of items, by id or by filter.\nFields that are not given stay as they are.",
      "Writing",
      {"memtier update notes --importance 0.9 --tag reviewed --remove-tag draft",
       "memtier update notes --file notes.md --expect-version 3",
       "memtier update --filter '{\"type\": \"fact\"}' --ttl none --pin"});
  command->add_option("ID", options->id, "the id of one item");
  add_filter_option(command, options->filter, "all items that this filter matches");
  add_value(command, "--text", options->text, "TEXT", "its new content, or - for standard input");
  add_value(command, "--file", options->file, "FILE", "its new content, from a file");
  add_field_options(command, options->fields);
  add_values(command, "--remove-tag", options->fields.removed_tags, "TAG", "a tag to be removed");
  command->add_flag("--unpin", options->fields.unpin, "it expires and moves again")
      ->excludes(command->get_option("--pin"));
  add_value(command, "--expect-version", options->fields.expected_version, "NUMBER",
            "only if this is the version that is there now");
  command->callback(
      [options, &tool] { tool.command = [options, &tool] { update(tool, *options); }; });
}

}  // namespace memtier::tool
