#include "common/context.h"

#include <cstdio>

#include "common/client.h"
#include "common/measure.h"

namespace bench {

Context::Context(bool quick, std::string data, std::string output)
    : quick_(quick), data_(std::move(data)), output_(std::move(output)) {
  if (folder_.is_in_ram()) {
    note("the temporary folder lies in RAM: what is synced there says nothing; set TMPDIR");
  }
}

void Context::note(const std::string& text) const {
  std::fprintf(stderr, "  %s\n", text.c_str());
}

const Items& Context::items(size_t count) {
  if (!items_ || items_->size() != count) {
    items_.reset();
    items_ = std::make_unique<Items>(count);
  }
  return *items_;
}

const Items* Context::dialogues() {
  if (data_.empty()) return nullptr;
  if (!dialogues_) {
    dialogues_ =
        std::make_unique<Items>(Items::read_dialogues(data_ + "/dialogues/turns.jsonl.gz"));
  }
  return dialogues_.get();
}

std::string Context::make_store(const Items& items, const std::string& ladder) const {
  std::string path = folder_.path("store-of-dialogues.mem");
  Store store(path, {ladder, int64_t{1} << 30});
  put_all(store, items);
  store.close();
  return path;
}

const std::string& Context::store_path(const std::string& ladder, size_t count) {
  for (const Made& made : made_) {
    if (made.ladder == ladder && made.count == count) return made.path;
  }
  const std::string path = folder_.path("made-" + std::to_string(made_.size()) + ".mem");
  const Stopwatch watch;
  Store store(path, {ladder, int64_t{1} << 30});
  put_all(store, items(count));
  store.close();
  note("made a store of " + std::to_string(count) + " items in " + std::to_string(watch.seconds()) +
       " s");
  made_.push_back({ladder, count, path});
  return made_.back().path;
}

}  // namespace bench
