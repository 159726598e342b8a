// Filters: parsing never breaks, and a good one can be evaluated on an item, twice alike.
#include "model/filter.h"
#include "fuzz/fuzz.h"
#include "model/filter_eval.h"

void fuzz_one(std::string_view bytes) {
  using namespace memtier;
  static const TierNames kTiers = {"working", "archive"};
  static const ItemRef kItem = [] {
    ItemFields fields;
    const Scope scope({"", "", "ada", "", ""});
    fields[Text::kId] = "x";
    fields.set_scope(scope);
    fields[Text::kType] = "fact";
    fields[Text::kContent] = "Ada likes green tea";
    fields[Text::kContentType] = "text/plain";
    fields[Text::kTags] = "tea\ngreen";
    fields[Text::kMetadata] = R"({"place": {"city": "Bari"}, "n": [1, 2.5, null], "0": "a"})";
    return ItemRef::adopt(Item::create(fields, 1).detach());
  }();
  const auto filter = Filter::parse(bytes);
  if (!filter.ok()) return;
  const bool matched = matches(*filter.value(), kItem->fields(), kTiers);
  require(matched == (matches_batch(*filter.value(), {kItem}, kTiers)[0] != 0),
          "a batch says what an item alone says");
}
