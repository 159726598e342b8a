#include "model/knowledge.h"

#include <array>
#include <cstdio>

#include "model/limits.h"
#include "model/memory_document.h"

namespace memtier {
namespace {

constexpr const char* kWhatKnowledge = "knowledge";
// Members of the metadata that are a belief's own.
constexpr std::array<std::string_view, 11> kBeliefMembers = {
    "category",       "source", "subject",   "attribute",   "value", "valid_from_us",
    "valid_until_us", "belief", "belief_of", "replaced_us", "title"};
constexpr size_t kBeliefIdBytes = 10;  // "#" and nine digits

// "Ada lives in Rome", of the three members; empty if one is not there.
std::string statement_of(const Json& members) {
  std::string text;
  for (const char* key : {"subject", "attribute", "value"}) {
    const auto member = members.find(key);
    if (member == members.end()) return {};
    if (!text.empty()) text += ' ';
    text += member->is_string() ? member->get<std::string>() : member->dump();
  }
  return text;
}

bool is_to_go(const Json& member) {
  return member.is_null() || (member.is_string() && member.get_ref<const std::string&>().empty());
}

Status check_validity(int64_t from_us, std::optional<int64_t> until_us) {
  if (!until_us || *until_us > from_us) return {};
  return invalid("knowledge: \"valid_until_us\" must lie behind \"valid_from_us\"");
}

Status read_belief_members(const Json& document, Json* members) {
  for (const char* key : {"category", "subject", "attribute"}) {
    std::string text;
    RETURN_IF_ERROR(read_short_text(document, key, kWhatKnowledge, &text));
    if (document.contains(key)) (*members)[key] = std::move(text);
  }
  std::string source;
  RETURN_IF_ERROR(read_text(document, "source", kWhatKnowledge, &source));
  if (document.contains("source")) (*members)["source"] = std::move(source);
  if (const auto value = document.find("value"); value != document.end()) {
    (*members)["value"] = *value;
  }
  return {};
}

}  // namespace

Result<Knowledge> Knowledge::parse(std::string_view text) {
  ASSIGN_OR_RETURN(const Json document, parse_memory(text, kWhatKnowledge));
  RETURN_IF_ERROR(refuse_unknown_keys(
      document,
      {"id", "content", "category", "source", "subject", "attribute", "value", "valid_from_us",
       "valid_until_us", "metadata", "tags", "importance", "tier", "ttl_us"},
      kWhatKnowledge));
  Knowledge knowledge;
  RETURN_IF_ERROR(read_item_keys(document, kWhatKnowledge, &knowledge.draft));
  if (knowledge.draft.id && knowledge.draft.id->size() + kBeliefIdBytes > kMaxIdBytes) {
    return invalid("knowledge: \"id\" must have at most " +
                   std::to_string(kMaxIdBytes - kBeliefIdBytes) + " bytes");
  }
  knowledge.draft.type = std::string(kKnowledgeType);
  if (document.contains("content")) {
    std::string content;
    RETURN_IF_ERROR(read_text(document, "content", kWhatKnowledge, &content));
    if (content.empty()) return invalid("knowledge: \"content\" is empty; say what is known");
    RETURN_IF_ERROR(knowledge.draft.set_content(content));
  }
  RETURN_IF_ERROR(read_belief_members(document, &knowledge.members));
  if (document.contains("metadata")) {
    knowledge.own = Json::object();
    RETURN_IF_ERROR(read_own_metadata(document, kWhatKnowledge, kBeliefMembers, &*knowledge.own));
  }
  RETURN_IF_ERROR(read_time(document, "valid_from_us", kWhatKnowledge, &knowledge.valid_from_us));
  RETURN_IF_ERROR(read_time(document, "valid_until_us", kWhatKnowledge, &knowledge.valid_until_us));
  return knowledge;
}

Result<Draft> Knowledge::first(int64_t now_us) const {
  Json all = own.value_or(Json::object());
  for (const auto& [key, member] : members.items()) {
    if (!is_to_go(member)) all[key] = member;
  }
  Draft item = draft;
  if (!item.content) {
    const std::string statement = statement_of(all);
    if (statement.empty()) {
      return invalid(
          "knowledge: \"content\" is missing; say what is known, there or by \"subject\", "
          "\"attribute\" and \"value\"");
    }
    RETURN_IF_ERROR(item.set_content(statement));
  }
  all["valid_from_us"] = valid_from_us.value_or(now_us);
  RETURN_IF_ERROR(check_validity(all["valid_from_us"], valid_until_us));
  if (valid_until_us) all["valid_until_us"] = *valid_until_us;
  all["belief"] = 1;
  RETURN_IF_ERROR(set_members(all, kWhatKnowledge, &item));
  if (!item.ttl_us) item.ttl_us = kNoTtl;
  return item;
}

Result<Draft> Knowledge::next(const Item& before, int64_t number, int64_t now_us) const {
  if (draft.id && *draft.id != before.id()) {
    return invalid("knowledge: \"id\" is another than the one to be updated; leave it out");
  }
  const Json old = members_of(before.text(Text::kMetadata));
  Json all = old;
  if (own) {
    all = *own;
    for (const std::string_view key : kBeliefMembers) {
      if (const auto kept = old.find(std::string(key)); kept != old.end()) {
        all[std::string(key)] = *kept;
      }
    }
  }
  for (const auto& [key, member] : members.items()) {
    if (is_to_go(member)) {
      all.erase(key);
    } else {
      all[key] = member;
    }
  }
  Draft item = draft;
  if (item.content && !members.contains("value") && all.contains("value")) {
    return invalid(
        "knowledge: \"value\" would be that of what was believed before; give the new one, or null "
        "to take it away");
  }
  if (!item.content && members.contains("value")) {
    const std::string statement = statement_of(all);
    if (statement.empty()) {
      return invalid(
          "knowledge: \"content\" would be what was believed before; give the new one as well");
    }
    RETURN_IF_ERROR(item.set_content(statement));
  }
  const int64_t since_us = int_member(old, "valid_from_us", before.header().created_us);
  all["valid_from_us"] = valid_from_us.value_or(std::max(now_us, since_us));
  if (all["valid_from_us"].get<int64_t>() < since_us) {
    return invalid(
        "knowledge: \"valid_from_us\" lies before that of the belief it takes the place of; to "
        "correct that one, update it as an item");
  }
  all.erase("valid_until_us");
  RETURN_IF_ERROR(check_validity(all["valid_from_us"], valid_until_us));
  if (valid_until_us) all["valid_until_us"] = *valid_until_us;
  all["belief"] = number + 1;
  RETURN_IF_ERROR(set_members(all, kWhatKnowledge, &item));
  item.created_us = std::max(now_us, before.header().created_us);
  return item;
}

Draft past_belief(const Item& before, const Draft& next, int64_t number, int64_t now_us) {
  const ItemFields fields = before.fields();
  Draft past;
  past.id = belief_id(before.id(), number);
  past.type = std::string(kBeliefType);
  past.content = std::string(fields[Text::kContent]);
  past.content_type = std::string(fields[Text::kContentType]);
  Json members = members_of(fields[Text::kMetadata]);
  const int64_t replaced_from = int_member(members_of(*next.metadata), "valid_from_us", now_us);
  const int64_t until_us = int_member(members, "valid_until_us", replaced_from);
  members["belief"] = number;
  members["belief_of"] = std::string(before.id());
  members["valid_until_us"] = std::min(until_us, replaced_from);
  members["replaced_us"] = now_us;
  past.metadata = members.dump();
  for_each_tag(fields[Text::kTags], [&past](std::string_view tag) { past.tags.emplace_back(tag); });
  past.importance = fields.importance;
  past.priority = fields.priority;
  past.tier_number = fields.tier;
  past.created_us = fields.created_us;
  past.expires_us = fields.expires_us;
  if (fields.expires_us == 0) past.ttl_us = kNoTtl;
  return past;
}

std::string belief_id(std::string_view id, int64_t number) {
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "#%09lld", static_cast<long long>(number));
  return std::string(id) + digits.data();
}

int64_t belief_number(const Item& knowledge) {
  const int64_t number = int_member(members_of(knowledge.text(Text::kMetadata)), "belief", 1);
  return std::clamp<int64_t>(number, 1, 999'999'998);
}

}  // namespace memtier
