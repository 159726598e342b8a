// InvertedTextIndex: of more words than are looked for, which.
#include <algorithm>

#include "index/text/inverted_text_index.h"

namespace memtier {

Result<bool> InvertedTextIndex::is_known(ChunkReader& reader, const std::string& term) const {
  for (const auto& part : state_.recent()) {
    const PostingList* list = part->list(term);
    if (list != nullptr && !list->documents.empty()) return true;
  }
  for (const auto& loaded : state_.segments()) {
    ASSIGN_OR_RETURN(const auto entry, loaded->segment->term(reader, term));
    if (entry) return true;
  }
  return false;
}

Result<TextQuery> InvertedTextIndex::with_known_words(ChunkReader& reader, const TextQuery& query,
                                                      const StopCheck& stop) const {
  Analyzer analyzer(tokenizer_);
  const std::vector<TextQuery>& choice = query.alternatives();
  std::vector<TextQuery> kept;
  size_t looked_at = 0;
  for (; looked_at < choice.size() && kept.size() < TextQuery::kMaxWords; ++looked_at) {
    if (stop && looked_at % 64 == 0) RETURN_IF_ERROR(stop());
    const TextQuery& one = choice[looked_at];
    // Of a prefix it is not known before it is looked for. Of a phrase all words must be there; a run
    // of pairs of characters is alternatives.
    bool known = one.kind == TextQuery::Kind::kPrefix;
    const bool needs_all = one.kind == TextQuery::Kind::kPhrase;
    const WordPlan plan = known ? WordPlan() : WordPlan::make(one, analyzer);
    for (const WordPlan::Signal& signal : plan.signals) {
      ASSIGN_OR_RETURN(known, is_known(reader, signal.terms[0]));
      if (known != needs_all) break;
    }
    if (known) kept.push_back(one);
  }
  TextQuery shortened;
  shortened.children = std::move(kept);
  if (query.kind == TextQuery::Kind::kNot) {
    TextQuery wanted = std::move(shortened);
    shortened = TextQuery();
    shortened.kind = TextQuery::Kind::kNot;
    shortened.children.push_back(std::move(wanted));
    shortened.children.push_back(query.children[1]);
  }
  shortened.words_left_out = query.words_left_out + (choice.size() - looked_at);
  return shortened;
}

}  // namespace memtier
