// The other documents: queries, lists, ladders, import options, knowledge, episodes, runs, items. The first byte chooses.
#include "fuzz/fuzz.h"
#include "model/draft.h"
#include "model/episode.h"
#include "model/knowledge.h"
#include "model/ladder.h"
#include "model/query.h"
#include "model/run.h"
#include "share/import.h"

void fuzz_one(std::string_view bytes) {
  using namespace memtier;
  if (bytes.empty()) return;
  const std::string_view text = bytes.substr(1);
  switch (bytes[0]) {
    case 'q':
      (void)Query::parse(text).ok();
      break;
    case 'l':
      (void)ListRequest::parse(text).ok();
      break;
    case 'i':
      (void)ImportOptions::parse(text).ok();
      break;
    case 't': {
      const auto ladder = Ladder::parse(text);
      if (!ladder.ok()) break;
      const std::string json = ladder->to_json();
      const auto again = Ladder::parse(json);
      require(again.ok() && again->to_json() == json, "a ladder comes back from its document");
      break;
    }
    case 'k':
      (void)Knowledge::parse(text).ok();
      break;
    case 'e':
      (void)parse_episode(text, 0).ok();
      break;
    case 'r':
      (void)parse_run(text, 0).ok();
      break;
    default: {
      const auto document = parse_item_document(text);
      Draft draft;
      if (document.ok()) (void)draft.set_json(document.value(), text).ok();
    }
  }
}
