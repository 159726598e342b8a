// A process that writes to a store until it is killed, and tells over a pipe what it is about to do and
// what was acknowledged; and the model that says what must be there afterwards.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/seed.h"
#include "store/store_testing.h"

namespace memtier::testing {

enum class Act : uint8_t { kPut, kRemove, kMove, kFlush };

// One call of the victim. Written to the pipe twice: when it begins, and when it has been acknowledged.
struct Call {
  static constexpr size_t kMaxIds = 6;
  Act act = Act::kPut;
  bool done = false;
  uint8_t durability = 0;
  uint8_t tier = 0;  // kMove: to which
  uint8_t id_count = 0;
  uint8_t ids[kMaxIds] = {};
  uint32_t value = 0;  // kPut: what the content is made of
};

struct Expected {
  uint32_t value = 0;
  int64_t version = 0;
  int32_t tier = 0;
  bool operator==(const Expected&) const = default;
};
// By id.
using Model = std::map<std::string, Expected>;

// What a call does where it is done as a whole.
void apply_call(const Call& call, const std::string& prefix, Model* model);

// The text of a value; some are too large for the journal.
std::string content_of(uint32_t value);

// Small, and busy in the background.
StoreOptions crash_options();

class Victim {
 public:
  // Starts the process. Its ids begin with `prefix`.
  Victim(const std::string& path, const std::string& prefix, uint64_t seed);
  ~Victim();
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  // Waits for so many acknowledgements more; false if the process ended first.
  bool wait_for(size_t acknowledged);
  // Kills it and reads what it still told. False if it had ended by itself: it failed.
  bool kill();

  // In order; only the last one may not be done.
  const std::vector<Call>& calls() const { return calls_; }

 private:
  bool read_call();

  pid_t process_ = -1;
  int pipe_ = -1;
  size_t acknowledged_ = 0;
  std::vector<Call> calls_;
};

// Opens the store and reads every item whose id begins with the prefix.
Model read_store(Store& store, const std::string& prefix);

// The states that are allowed after the calls: each is one of the prefixes of the calls that contain
// everything acknowledged as normal or full.
std::vector<Model> allowed_states(const Model& before, const std::vector<Call>& calls,
                                  const std::string& prefix);

}  // namespace memtier::testing
