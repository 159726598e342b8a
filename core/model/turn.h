// Turn: one message of a conversation, or one event of it, as memtier.h has it ("Conversation"), and the
// item that it is kept as:
//
//   id        session#000000042: its sequence number, nine digits
//   type      "turn"
//   content   what was said
//   metadata  {"role": …, "sequence": …, "speaker": …, "parts": …, "state": …, the caller's own …}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/draft.h"
#include "model/item.h"
#include "model/json.h"

namespace memtier {

inline constexpr std::string_view kTurnType = "turn";
inline constexpr std::string_view kConversationType = "conversation";
inline constexpr int64_t kMaxSequence = 999'999'999;

struct Turn {
  // `what` names the document in messages ("turn", "turns[3]").
  static Result<Turn> parse(const Json& document, const std::string& what);

  Draft draft;  // all but id and metadata
  std::string role;
  std::string members;  // of the metadata, behind role and sequence: each with a comma before it
  std::string key;      // equal for turns that say the same

  std::string metadata(int64_t sequence) const;
};

// {"turns": [...]}, all of them checked.
Result<std::vector<Turn>> parse_turns(std::string_view text);

std::string turn_id(const Scope& scope, int64_t sequence);
// The item that keeps what a conversation has beside its turns.
std::string conversation_id(const Scope& scope);
// 0: it is no turn of this session.
int64_t turn_sequence(const Item& item);
// The key that a turn of these bytes would have.
std::string turn_key(const Item& item);

}  // namespace memtier
