#include "index/text/row_check.h"

#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/stored_item.h"

namespace memtier {

RowCheck::RowCheck(Connection& connection, const WordPlan& plan, Tokenizer tokenizer,
                   const Filter& filter, const FieldWeights& weights, int64_t now_us,
                   const std::vector<std::string>& tiers)
    : connection_(connection), plan_(plan), analyzer_(tokenizer), weights_(weights) {
  filtered_ = !filter.matches_all();
  const bool texts = plan.has_phrases;
  sql_.add(texts ? "SELECT i.encoding, i.content, i.content_type, i.metadata" : "SELECT 1");
  sql_.add(" FROM items i WHERE i.row = ").value(int64_t{0}).add(" AND i.sequence = ");
  sql_.value(int64_t{0}).add(" AND ");
  append_alive(now_us, &sql_);
  if (filtered_) {
    sql_.add(" AND ");
    append_filter(filter, tiers, &sql_);
  }
}

Result<bool> RowCheck::check(const SegmentDocument& document, std::vector<bool>* phrases) {
  ASSIGN_OR_RETURN(Statement select, connection_.prepare(sql_.sql()));
  StatementUse use(select);
  sql_.bind_to(select);
  select.bind(1, document.row).bind(2, document.sequence);
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found || phrases == nullptr) return found;
  ItemTexts texts;
  std::string buffer;
  const auto plain =
      plain_texts(connection_, use->integer(0), use->bytes(3), use->bytes(1), &buffer);
  if (plain.ok()) texts.content = plain->content;
  texts.content_type = use->bytes(2);
  texts.metadata = plain.ok() ? plain->metadata : use->bytes(3);
  const SearchableText text = searchable_text(texts);
  const auto look_into = [&](std::string_view field, double weight) {
    if (weight > 0) find_phrases(plan_, analyzer_, field, phrases);
  };
  look_into(text.content, weights_.content);
  look_into(text.title, weights_.title);
  look_into(text.speaker, weights_.speaker);
  return true;
}

}  // namespace memtier
