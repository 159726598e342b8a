// The image of an item, and the JSON form: what goes in comes out.
#include "model/item.h"

#include <limits>

#include "base/must.h"
#include "base/seed.h"
#include "model/draft.h"
#include "model/item_json.h"
#include "model/scope.h"

namespace memtier::testing {
namespace {

const TierNames kTierNames = {"working", "long_term", "archive"};

// Fields with texts of their own, so that views stay.
struct RandomFields {
  explicit RandomFields(Random& random) {
    for (size_t i = 0; i < ImageHeader::kTexts; ++i) texts[i] = random.letters(random.below(12));
    texts[static_cast<size_t>(Text::kId)] = "id" + random.letters(5);
    texts[static_cast<size_t>(Text::kContent)] = random.bytes(random.below(200));
    texts[static_cast<size_t>(Text::kTags)] = random.one_in(2) ? "" : "one\ntwo\nthree";
    texts[static_cast<size_t>(Text::kMetadata)] =
        random.one_in(2) ? "" : R"({"n": 9007199254740993, "s": ")" + random.letters(3) + "\"}";
    texts[static_cast<size_t>(Text::kSnippet)].clear();
    for (size_t i = 0; i < ImageHeader::kTexts; ++i) fields.texts[i] = texts[i];
    const auto number = [&random] { return static_cast<int64_t>(random.below(INT64_MAX)); };
    fields.pinned = random.one_in(2);
    fields.version = 1 + number() / 2;
    fields.sequence = number();
    fields.created_us = number();
    fields.updated_us = number();
    fields.accessed_us = number();
    fields.expires_us = random.one_in(2) ? 0 : number();
    fields.ttl_us = random.one_in(2) ? kNoTtl : 1 + number() / 2;
    fields.access_count = number();
    fields.validation_count = number();
    fields.priority = -number();
    fields.importance = random.fraction();
    fields.tier = static_cast<int32_t>(random.below(kTierNames.size()));
  }
  std::array<std::string, ImageHeader::kTexts> texts;
  ItemFields fields;
};

void expect_equal(const ItemFields& a, const ItemFields& b) {
  EXPECT_EQ(a.texts, b.texts);
  EXPECT_EQ(a.pinned, b.pinned);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.created_us, b.created_us);
  EXPECT_EQ(a.updated_us, b.updated_us);
  EXPECT_EQ(a.accessed_us, b.accessed_us);
  EXPECT_EQ(a.expires_us, b.expires_us);
  EXPECT_EQ(a.ttl_us, b.ttl_us);
  EXPECT_EQ(a.access_count, b.access_count);
  EXPECT_EQ(a.validation_count, b.validation_count);
  EXPECT_EQ(a.priority, b.priority);
  EXPECT_EQ(a.importance, b.importance);
  EXPECT_EQ(a.tier, b.tier);
}

TEST(Image, comes_back_with_every_field) {
  Random random;
  for (int i = 0; i < 300; ++i) {
    const RandomFields made(random);
    std::string image(image_size(made.fields), '\xaa');
    write_image(made.fields, image.data());
    EXPECT_EQ(image.size() % 8, 0u);
    const ItemFields read = must(read_image(image));
    expect_equal(read, made.fields);
    EXPECT_EQ(read.sequence, made.fields.sequence);
    const Ref<Item> item = must(Item::from_image(image, 7));
    EXPECT_EQ(item->image(), image);
    EXPECT_EQ(item->row(), 7);
  }
}

TEST(Image, is_refused_where_it_is_cut_or_damaged_and_never_read_beyond) {
  Random random;
  const RandomFields made(random);
  std::string image(image_size(made.fields), '\0');
  write_image(made.fields, image.data());
  for (size_t size = 0; size < image.size(); ++size) {
    // Of exactly this size, so that a sanitizer sees a look beyond it.
    const std::vector<char> cut(image.begin(), image.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(read_image({cut.data(), cut.size()}).ok()) << size;
  }
  for (int i = 0; i < 2000; ++i) {
    std::vector<char> bad(image.begin(), image.end());
    for (uint64_t n = 0; n <= random.below(3); ++n) {
      bad[random.below(ImageHeader::kTexts * 4 + 120)] = static_cast<char>(random.below(256));
    }
    const auto read = read_image({bad.data(), bad.size()});
    if (!read.ok()) continue;
    for (const std::string_view text : read->texts) {
      EXPECT_TRUE(text.empty() || (text.data() >= bad.data() &&
                                   text.data() + text.size() <= bad.data() + bad.size()));
    }
  }
}

TEST(Item, shows_live_fields_in_its_copy_and_not_in_its_image) {
  ItemFields fields;
  fields[Text::kId] = "x";
  const Scope scope;
  fields.set_scope(scope);
  fields.tier = 1;
  const Ref<Item> item = Item::create(fields, 1);
  item->set_tier(2);
  item->set_validation_count(5);
  item->set_expires_us(77);
  item->count_access(99);
  EXPECT_EQ(item->fields().tier, 2);
  EXPECT_EQ(item->fields().validation_count, 5);
  EXPECT_EQ(item->image_fields().tier, 1);
  std::string copy(item->image().size(), '\0');
  item->copy_image(copy.data());
  const ItemFields copied = must(read_image(copy));
  EXPECT_EQ(copied.tier, 2);
  EXPECT_EQ(copied.expires_us, 77);
  EXPECT_EQ(copied.access_count, 1);
  EXPECT_EQ(copied.accessed_us, 99);
}

TEST(Item, notes_the_times_of_its_last_reads) {
  ItemFields fields;
  fields[Text::kId] = "x";
  const Ref<Item> item = Item::create(fields, 1);
  EXPECT_EQ(item->note_read(10, 3), 0);
  item->count_access(10);
  EXPECT_EQ(item->note_read(20, 1), 20);
}

TEST(Item, expires_at_its_time_unless_it_is_pinned) {
  ItemFields fields;
  fields[Text::kId] = "x";
  fields.expires_us = 100;
  EXPECT_FALSE(Item::create(fields, 1)->is_expired(99));
  EXPECT_TRUE(Item::create(fields, 1)->is_expired(100));
  fields.pinned = true;
  EXPECT_FALSE(Item::create(fields, 1)->is_expired(100));
  fields.pinned = false;
  fields.expires_us = 0;
  EXPECT_FALSE(Item::create(fields, 1)->is_expired(INT64_MAX));
}

TEST(ItemJson, is_lossless) {
  Random random;
  for (int i = 0; i < 300; ++i) {
    RandomFields made(random);
    std::string json;
    append_item_json(made.fields, kTierNames, "", &json);
    Draft draft;
    must(draft.set_json(must(parse_item_document(json)), json));
    EXPECT_EQ(draft.id, made.texts[0]);
    EXPECT_EQ(*draft.content, made.fields[Text::kContent]);
    EXPECT_EQ(draft.metadata.value_or(""), made.fields[Text::kMetadata]) << "byte for byte";
    EXPECT_EQ(join_tags(draft.tags), made.fields[Text::kTags]);
    EXPECT_EQ(draft.importance, made.fields.importance);
    EXPECT_EQ(draft.created_us, made.fields.created_us);
    EXPECT_EQ(draft.accessed_us, made.fields.accessed_us);
    EXPECT_EQ(draft.access_count, made.fields.access_count);
    EXPECT_EQ(draft.validation_count.value_or(0), made.fields.validation_count);
    EXPECT_EQ(draft.priority.value_or(0), made.fields.priority);
    EXPECT_EQ(draft.pinned.value_or(false), made.fields.pinned);
    EXPECT_EQ(draft.tier, kTierNames[static_cast<size_t>(made.fields.tier)]);
  }
}

TEST(Tags, are_joined_and_taken_apart) {
  const std::vector<std::string> tags = {"tea", "green", "Grüße"};
  const std::string joined = join_tags(tags);
  EXPECT_EQ(count_tags(joined), 3u);
  std::vector<std::string> apart;
  for_each_tag(joined, [&apart](std::string_view tag) { apart.emplace_back(tag); });
  EXPECT_EQ(apart, tags);
  EXPECT_EQ(count_tags(""), 0u);
}

TEST(Scope, as_a_pattern_leaves_open_what_it_does_not_give) {
  const Scope ada({"", "", "ada", "", ""});
  EXPECT_TRUE(ada.allows(Scope({"", "", "ada", "", "s1"})));
  EXPECT_FALSE(ada.allows(Scope({"", "", "bob", "", "s1"})));
  EXPECT_FALSE(ada.allows(Scope()));
  EXPECT_FALSE(ada.allows(Scope({"work", "", "ada", "", ""}))) << "the default collection";
  EXPECT_TRUE(Scope({"*", "", "ada", "", ""}).allows(Scope({"work", "", "ada", "", ""})));
}

TEST(Scope, keeps_names_apart_that_stand_in_other_places) {
  EXPECT_FALSE(Scope({"", "a", "", "", ""}) == Scope({"", "", "a", "", ""}));
  EXPECT_NE(ItemKey(Scope({"", "a", "", "", ""}), "x").hash,
            ItemKey(Scope({"", "", "a", "", ""}), "x").hash);
  EXPECT_FALSE(check_name(std::string(257, 'a'), "user").ok());
  EXPECT_FALSE(check_name("a\nb", "user").ok());
  EXPECT_FALSE(check_name("\xff", "user").ok());
  EXPECT_TRUE(check_name(std::string(256, 'a'), "user").ok());
}

struct BadDraft {
  const char* json;
  const char* named;
};

TEST(Draft, refuses_what_is_wrong_and_names_it) {
  const BadDraft cases[] = {
      {R"({"id": 5})", "id"},
      {R"({"importance": 1.5})", "importance"},
      {R"({"importance": "high"})", "importance"},
      {R"({"tags": "tea"})", "tags"},
      {R"({"tags": [""]})", "tag"},
      {R"({"tags": ["a\nb"]})", "tag"},
      {R"({"metadata": [1]})", "metadata"},
      {R"({"content": "a", "content_base64": "YQ=="})", "content"},
      {R"({"content_base64": "?"})", "content_base64"},
      {R"({"created_us": "yesterday"})", "created_us"},
      {R"({"pinned": 1})", "pinned"},
      {R"({"colour": "red"})", "colour"},
  };
  for (const BadDraft& bad : cases) {
    Draft draft;
    const Status status = draft.set_json(must(parse_item_document(bad.json)), bad.json);
    EXPECT_NE(message_of(status, Code::kInvalid).find(bad.named), std::string::npos) << bad.json;
  }
}

}  // namespace
}  // namespace memtier::testing
