// TextIndex: finds items by words, best first. An index follows the items into the file (it is a
// FoldObserver) and can be rebuilt from them.
//
// Thread safety: search and snippet, any thread; fold, under the storage's fold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/text/text_query.h"
#include "model/filter.h"
#include "storage/sqlite/fold_observer.h"
#include "storage/storage.h"

namespace memtier {

struct FieldWeights {
  double content = 1;
  double title = 1;
  double speaker = 1;
};

struct TextHit {
  int64_t row = 0;
  double score = 0;  // BM25; larger is better
};

class TextIndex : public FoldObserver {
 public:
  // The `limit` best items, behind the first `skip`, among those that the scope and the filter allow;
  // of equals the newer first. Sees every committed change.
  virtual Result<std::vector<TextHit>> search(const TextQuery& query, const FieldWeights& weights,
                                              const ReadScope& read, const FilterRef& filter,
                                              int64_t skip, int64_t limit,
                                              const StopCheck& stop) = 0;

  // The passage of about `size` bytes that shows most of the query's words, these between ** and **.
  virtual Result<std::string> snippet(const TextQuery& query, std::string_view content,
                                      size_t size) = 0;

  // For explain: what the index looks for.
  virtual std::string describe(const TextQuery& query) = 0;
};

// What of an item is searched as words.
struct SearchableText {
  std::string_view content;
  std::string title;
  std::string speaker;
};
SearchableText searchable_text(const ItemTexts& texts);

}  // namespace memtier
