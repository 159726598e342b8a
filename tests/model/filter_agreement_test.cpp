// Random filters over random items: in RAM, on a batch and as SQL they say the same.
// (What they should say is told by tests/conformance/filters.json.)
#include <algorithm>

#include "base/seed.h"
#include "model/filter_eval.h"
#include "store/store_testing.h"

namespace memtier::testing {
namespace {

const std::vector<std::string> kTiers = {"working", "short_term", "long_term", "archive"};

class Maker {
 public:
  explicit Maker(Random& random) : random_(random) {}

  // Few values, so that they meet.
  Json scalar() {
    static const Json kValues = Json::parse(
        R"(["a", "ab", "A", "Straße", "STRASSE", "", "1", 0, 1, -1, 2, 1.0, 1.5, 0.5, true, false, null,
            9007199254740993, 9007199254740992, 18446744073709551615, -9223372036854775808, 1e300])");
    return kValues[random_.below(kValues.size())];
  }
  Json value(int depth = 2) {
    const uint64_t kind = random_.below(8);
    if (depth == 0 || kind < 5) return scalar();
    if (kind < 7) {
      Json list = Json::array();
      for (uint64_t i = random_.below(4); i > 0; --i) list.push_back(value(depth - 1));
      return list;
    }
    return object(depth - 1);
  }
  Json object(int depth) {
    Json object = Json::object();
    for (const char* key : {"x", "y", "0"}) {
      if (!random_.one_in(3)) object[key] = value(depth);
    }
    return object;
  }

  std::string item(int number) {
    Json item = {{"id", "i" + std::to_string(number)},
                 {"content", pick({"a", "ab", "x A y", "é"})}};
    if (random_.one_in(2)) item["type"] = pick({"a", "ab", "fact"});
    if (random_.one_in(2)) item["tags"] = Json::array({pick({"a", "ab"}), pick({"A", "1"})});
    if (!random_.one_in(4)) item["metadata"] = object(2);
    if (random_.one_in(2)) item["importance"] = random_.one_in(2) ? 0.5 : 1.0;
    if (random_.one_in(3)) item["priority"] = random_.one_in(2) ? 1 : -1;
    if (random_.one_in(3)) item["pinned"] = true;
    if (random_.one_in(3)) item["expires_us"] = kStartUs + 1000;
    item["tier"] = kTiers[random_.below(kTiers.size())];
    return item.dump();
  }

  Json filter(int depth) {
    const uint64_t kind = random_.below(7);
    if (depth > 0 && kind == 0) return {{"$not", filter(depth - 1)}};
    if (depth > 0 && kind <= 2) {
      Json list = Json::array();
      for (uint64_t i = random_.below(4); i > 0; --i) list.push_back(filter(depth - 1));
      return {{kind == 1 ? "$or" : "$and", list}};
    }
    Json filter = Json::object();
    for (uint64_t i = 1 + random_.below(2); i > 0; --i) filter[field()] = condition();
    return filter;
  }

 private:
  std::string pick(std::initializer_list<const char*> texts) {
    return *(texts.begin() + random_.below(texts.size()));
  }
  std::string field() {
    return pick({"id",           "type",         "content",      "content_type", "tags",
                 "importance",   "priority",     "pinned",       "tier",         "created_us",
                 "expires_us",   "ttl_us",       "access_count", "version",      "size_bytes",
                 "user",         "collection",   "metadata.x",   "metadata.y",   "metadata.x.y",
                 "metadata.x.0", "metadata.0.x", "metadata.none"});
  }
  Json condition() {
    if (random_.one_in(4)) return scalar();
    Json condition = Json::object();
    for (uint64_t i = 1 + random_.below(2); i > 0; --i) {
      const std::string op = pick({"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin",
                                   "$exists", "$contains", "$icontains", "$startsWith", "$not"});
      condition[op] = operand(op);
    }
    return condition;
  }
  Json operand(const std::string& op) {
    if (op == "$exists") return random_.one_in(2);
    if (op == "$not") return {{"$eq", scalar()}};
    if (op == "$in" || op == "$nin") return Json::array({scalar(), scalar()});
    if (op == "$startsWith" || op == "$icontains") return pick({"a", "A", "", "straße", "1"});
    return op == "$eq" || op == "$ne" ? value(1) : scalar();
  }

  Random& random_;
};

TEST(Filters, mean_the_same_in_ram_on_a_batch_and_as_sql) {
  Random random;
  Maker maker(random);
  const TempFolder folder;
  const auto store = open_store(folder.file(), quiet_options(make_clock()));
  for (int i = 0; i < 80; ++i) {
    const Scope scope = scope_of({.user = random.one_in(2) ? "a" : ""});
    (void)must_put(*store, scope, maker.item(i));
  }
  const std::vector<ItemRef> items = list_all(*store, Scope());
  ASSERT_EQ(items.size(), 80u);
  int used = 0;
  size_t found = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = maker.filter(2).dump();
    const auto filter = Filter::parse(text);
    if (!filter.ok()) continue;  // an operand that this operator does not take
    ++used;
    std::vector<std::string> in_ram;
    const auto batch = matches_batch(*filter.value(), items, store->tier_names());
    for (size_t n = 0; n < items.size(); ++n) {
      const bool matched = matches(*filter.value(), items[n]->fields(), store->tier_names());
      ASSERT_EQ(batch[n] != 0, matched) << text << " on " << items[n]->id();
      if (matched) in_ram.emplace_back(items[n]->id());
    }
    ListRequest request;
    request.filter = filter.value();
    std::vector<std::string> in_sql =
        ids_of(must(store->list(Scope(), request, 1000, Control())).items);
    std::sort(in_ram.begin(), in_ram.end());
    std::sort(in_sql.begin(), in_sql.end());
    ASSERT_EQ(in_sql, in_ram) << text;
    ASSERT_EQ(must(store->count(Scope(), filter.value())), static_cast<int64_t>(in_ram.size()))
        << text;
    found += in_ram.size();
  }
  EXPECT_GT(used, 1000) << "most filters must be good ones";
  EXPECT_GT(found, 1000u) << "and match something";
}

}  // namespace
}  // namespace memtier::testing
