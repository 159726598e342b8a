// TextIndex: finds items by words, best first. An index follows the items into the file (it is a
// FoldObserver) and can be rebuilt from them.
//
// Thread safety: everything but fold, any thread; fold, under the storage's fold.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/text/analyzer.h"
#include "index/text/text_query.h"
#include "model/filter.h"
#include "storage/sqlite/access_path.h"
#include "storage/sqlite/fold_observer.h"
#include "storage/sqlite/item_reads.h"
#include "storage/storage.h"

namespace memtier {

struct FieldWeights {
  double content = 1;
  double title = 1;
  double speaker = 1;
};

// What a hit's score is made of (session_support.h); without support, words alone.
struct TextHit {
  int64_t row = 0;
  double score = 0;       // larger is better
  double words = 0;       // its own words, as BM25 counts them
  double neighbours = 0;  // what those of the turns around it add
  double session = 0;     // what its session adds
  double speaker = 0;     // what naming its speaker adds
  double coverage = 0;    // what having (nearly) all of the words adds
};

// How much the turns of a conversation support each other (session_support.h): 1 as measured best, 0 not.
struct SupportWeights {
  double neighbours = 0;
  double session = 0;
  double speaker = 0;
  double coverage = 0;
  bool any() const { return neighbours > 0 || session > 0 || speaker > 0; }
};

// A turn as somebody weighs it who knows more than its words: what these say, and who stands around it.
struct TurnEvidence {
  int64_t row = 0;
  uint32_t session = 0;  // which one, among those of the result; 0: none
  // False: it only stands beside one that was found, so nobody has looked at filter and expiry.
  bool found = false;
  double words = 0;      // its own words, as BM25 counts them
  double supported = 0;  // these and what it is lent
  double covered = 0;    // the share of the query's words that it has itself
  double factor = 1;     // by speaker and question
  std::array<int64_t, 4>
      around{};                  // rows: two before, one before, one behind, two behind; 0: nobody
  std::array<double, 4> lent{};  // what each of these counts
};

struct TextRequest {
  const TextQuery* query = nullptr;
  FieldWeights weights;
  ReadScope read;
  FilterRef filter;
  int64_t skip = 0;
  int64_t limit = 10;
  SupportWeights support;
  // The result has the best as evidence, too, with those around them. In plain questions also these,
  // whom somebody else found.
  bool weigh = false;
  std::span<const FoundRow> also{};
  // So many of them, the first that are there. Those without a change may be gone, or have expired.
  size_t also_wanted = SIZE_MAX;
};

// What a search looked at, for explain.
struct SearchEffort {
  int64_t windows = 0;
  int64_t windows_skipped = 0;
  int64_t postings = 0;
  int64_t scored = 0;
  int64_t checked = 0;  // read from the database, for a filter, a phrase or an expiry
};

// What came of the filter.
struct FilterEffort {
  std::optional<AccessPath> path;  // none: there was no filter
  int64_t candidates = -1;         // found before the search; -1: checked on what would be shown
};

struct TextResult {
  std::vector<TextHit> hits;        // with `weigh`: by their own words alone
  std::vector<TurnEvidence> turns;  // with `weigh`, in no order
  std::vector<bool> also_there;     // of `also`, as far as was looked
  SearchEffort effort;
  FilterEffort filter;
  bool supported = false;              // turns of sessions were looked at
  bool open = true;                    // any word is enough: what has none may be an answer as well
  std::optional<TextQuery> shortened;  // what was looked for, where the query is_long()
  int64_t words_left_out = 0;
  int64_t parts = 0;      // of the index that were asked
  int64_t documents = 0;  // that the scope may see
  std::vector<std::pair<std::string, int64_t>>
      terms;  // with the number of documents that have each
};

struct TextIndexStatistics {
  int64_t segments = 0;
  int64_t segment_bytes = 0;  // in the database
  int64_t segment_documents = 0;
  int64_t recent_documents = 0;  // in RAM, not in a segment yet
  int64_t memory_bytes = 0;
};

class TextIndex : public FoldObserver {
 public:
  // The `limit` best items, behind the first `skip`, among those that the scope and the filter allow;
  // of equals the one stored last. Sees every committed change.
  virtual Result<TextResult> search(const TextRequest& request, const StopCheck& stop) = 0;
  // By the items' own words alone.
  Result<TextResult> search(const TextQuery& query, const FieldWeights& weights,
                            const ReadScope& read, const FilterRef& filter, int64_t skip,
                            int64_t limit, const StopCheck& stop) {
    return search({&query, weights, read, filter, skip, limit, {}}, stop);
  }

  // The passage of about `size` bytes that shows most of the query's words, these between ** and **.
  virtual std::string snippet(const TextQuery& query, std::string_view content, size_t size) = 0;

  // One step of what keeps the index quick; true: there is more to do. With `wait` false only if
  // nobody else is at it.
  virtual Result<bool> maintain(bool wait) = 0;
  // True: more has been stored than is good for the next search; who writes should help (maintain).
  virtual bool needs_help() const = 0;
  virtual Tokenizer tokenizer() const = 0;
  virtual Result<TextIndexStatistics> statistics() = 0;
};

// What of an item is searched as words.
struct SearchableText {
  std::string_view content;
  std::string title;
  std::string speaker;
  std::string session;  // named by the metadata; empty: not named
};
SearchableText searchable_text(const ItemTexts& texts);
bool is_blank(const SearchableText& text);

// The session of a document and whether it asks (contains a question mark), in one number: two that are
// equal but for the lowest bit are of one session, where they are of one scope. 0: of none.
uint32_t session_mark(const SearchableText& text, bool scope_has_session);
inline uint32_t session_of(uint32_t mark) {
  return mark >> 1;
}
inline bool asks(uint32_t mark) {
  return (mark & 1) != 0;
}

}  // namespace memtier
