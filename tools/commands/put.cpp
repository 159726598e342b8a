// memtier put: stores one item.
#include <memory>

#include "command_line.h"
#include "commands.h"
#include "commands/fields.h"
#include "input.h"
#include "item_text.h"
#include "text.h"

namespace memtier::tool {
namespace {

struct PutOptions {
  std::optional<std::string> text;
  std::string file;
  std::optional<std::string> id;
  bool create_only = false;
  bool update_only = false;
  FieldOptions fields;
};

std::string content_of(const PutOptions& options) {
  if (options.text && !options.file.empty()) {
    throw usage_failure("give the text or --file, not both");
  }
  if (!options.file.empty()) {
    return options.file == "-" ? read_standard_input() : read_file(options.file);
  }
  if (!options.text) {
    throw usage_failure("what is to be stored? Give TEXT, - for standard input, or --file FILE");
  }
  return *options.text == "-" ? read_standard_input() : *options.text;
}

int32_t mode_of(const PutOptions& options) {
  if (options.create_only) return MEMTIER_PUT_CREATE;
  return options.update_only ? MEMTIER_PUT_UPDATE : MEMTIER_PUT_REPLACE;
}

void put(Tool& tool, const PutOptions& options) {
  Builder builder;
  call(memtier_item_builder_create, builder.out());
  set_content(builder.get(), content_of(options));
  set_fields(options.fields, builder.get());
  if (options.id) {
    call(memtier_item_builder_set_text, builder.get(), MEMTIER_FIELD_ID, options.id->data(),
         options.id->size());
  }
  // Where a former version has to be there, the store has to be there too.
  const bool may_create = !options.update_only && !options.fields.expected_version;
  memtier_store* store =
      tool.open(may_create ? Tool::Opening::kMayCreate : Tool::Opening::kExisting);
  Item item;
  call(memtier_item_put, store, tool.scope(), builder.get(), mode_of(options),
       MEMTIER_DURABILITY_DEFAULT, item.out());
  tool.write_line(tool.options.json ? item_json(item.get())
                                    : one_line(read_text(item.get(), MEMTIER_FIELD_ID)));
}

}  // namespace

void add_put(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<PutOptions>();
  CLI::App* command = add_command(
      app, "put",
      "Store a text or a file, and print its id.\nAn item of the same id is replaced; its tier and "
      "what is known of its reads are kept.",
      "Writing",
      {"memtier put \"Ada likes green tea\" --type fact --tag drinks --importance 0.8",
       "memtier put --file notes.md --id notes --content-type text/markdown --tier long_term",
       "date | memtier put - --user ada --ttl 30d --metadata '{\"speaker\": \"cron\"}'"});
  command->add_option("TEXT", options->text, "the content, or - for standard input");
  add_value(command, "--file", options->file, "FILE", "the content, byte for byte, from a file");
  add_value(command, "--id", options->id, "ID", "its id; else one is made");
  add_field_options(command, options->fields);
  add_value(command, "--expect-version", options->fields.expected_version, "NUMBER",
            "only if this is the version that is there now");
  CLI::Option* create =
      command->add_flag("--create-only", options->create_only, "only if it is not there yet");
  command->add_flag("--update-only", options->update_only, "only if it is there already")
      ->excludes(create);
  command->callback([options, &tool] { tool.command = [options, &tool] { put(tool, *options); }; });
}

}  // namespace memtier::tool
