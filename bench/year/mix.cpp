#include "year/mix.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bench {
namespace {

// Of a day's 300: the rest are turns.
constexpr size_t kFacts = 45;
constexpr size_t kNotes = 30;
constexpr size_t kEpisodes = 30;
constexpr size_t kDocuments = 15;
constexpr size_t kRepeats = 45;
constexpr size_t kSaid = 2'000;
constexpr double kRecentDays = 2;  // mean age of what is read because it is recent

// Three of its longer words, from anywhere in it.
std::string words_of(const std::string& content, Random& random) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (word.size() >= 4) words.push_back(word);
    word.clear();
  };
  for (const char c : content.substr(0, 2'000)) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter) {
      word += c;
    } else {
      end_word();
    }
  }
  end_word();
  std::string chosen;
  for (size_t i = 0; i < 3 && !words.empty(); ++i) {
    chosen += (i > 0 ? " " : "") + words[random.below(words.size())];
  }
  return chosen;
}

}  // namespace

std::string YearMix::text_of(size_t turns) {
  std::string text;
  for (size_t i = 0; i < turns; ++i) {
    if (i > 0) text += i % 8 == 0 ? "\n\n" : " ";
    text += turns_.content(next_turn_++ % turns_.size());
  }
  return text;
}

YearItem YearMix::turn() {
  const size_t place = next_turn_ % turns_.size();
  YearItem item;
  item.type = "episodic";
  item.metadata = std::string(turns_.metadata(place));
  item.content = text_of(1);
  item.tag = "chat";
  item.importance = 0.1 + 0.4 * random_.unit();
  if (said_.size() < kSaid) {
    said_.push_back(item.content);
  } else {
    said_[number_ % kSaid] = item.content;
  }
  return item;
}

YearItem YearMix::fact() {
  YearItem item;
  item.type = "semantic";
  item.content = text_of(2);
  item.metadata = R"({"source":"chat","confidence":0.)" + std::to_string(random_.below(10)) + "}";
  item.tag = "fact";
  item.importance = 0.3 + 0.65 * random_.unit();
  // One in six corrects an earlier one.
  if (!facts_.empty() && random_.below(6) == 0) item.id = facts_[random_.below(facts_.size())];
  return item;
}

// What is to be had in mind just now: as memtier_context_remember keeps it, for an hour.
YearItem YearMix::note() {
  YearItem item;
  item.type = "working";
  item.content = text_of(2);
  item.metadata = R"({"task":)" + std::to_string(day_ * 10 + random_.below(10)) + "}";
  item.tag = "note";
  item.importance = 0.2 + 0.5 * random_.unit();
  item.ttl_us = 3'600'000'000;
  return item;
}

YearItem YearMix::episode() {
  YearItem item;
  item.type = "episodic";
  item.content = text_of(8);
  item.metadata = R"({"place":"office","day":)" + std::to_string(day_) + "}";
  item.tag = "episode";
  item.importance = 0.2 + 0.5 * random_.unit();
  return item;
}

// 8 to 32 KB: a page that was read, a result of a tool, a transcript.
YearItem YearMix::document() {
  const size_t size = 8'000 + random_.below(24'000);
  YearItem item;
  item.type = "declarative";
  while (item.content.size() < size) item.content += text_of(8) + "\n";
  item.metadata = R"({"source":"tool","bytes":)" + std::to_string(item.content.size()) + "}";
  item.tag = "document";
  item.importance = 0.1 + 0.5 * random_.unit();
  return item;
}

// What was said before, once more: "yes, please", "thank you".
YearItem YearMix::repeat() {
  YearItem item = turn();
  item.content = said_[random_.below(said_.size())];
  item.importance = 0.1 + 0.2 * random_.unit();
  return item;
}

YearItem YearMix::of_kind(size_t kind) {
  size_t end = kFacts;
  if (kind < end) return fact();
  if (kind < (end += kNotes)) return note();
  if (kind < (end += kEpisodes)) return episode();
  if (kind < (end += kDocuments)) return document();
  if (kind < (end += kRepeats)) return repeat();
  return turn();
}

std::vector<YearItem> YearMix::next_day() {
  std::vector<YearItem> items;
  for (size_t i = 0; i < kItemsADay; ++i) {
    // A day's kinds come mixed: i steps through them by a number without a common factor.
    const size_t kind = i * 77 % kItemsADay;
    YearItem item = of_kind(kind);
    const bool is_new = item.id.empty();
    if (is_new) item.id = make_id(number_);
    if (is_new && kind < kFacts) facts_.push_back(item.id);
    // Nobody asks for a note on another day.
    if (item.ttl_us == 0) stored_.push_back({item.id, words_of(item.content, random_)});
    ++number_;
    items.push_back(std::move(item));
  }
  ++day_;
  return items;
}

size_t YearMix::draw_recent() {
  const double days = -kRecentDays * std::log(1 - random_.unit());
  const auto back = static_cast<size_t>(days * kItemsADay);
  return stored_.size() - 1 - std::min(back, stored_.size() - 1);
}

// Some are asked for again and again, most hardly ever: ranks are spread over all times.
size_t YearMix::draw_any() {
  if (random_.below(3) == 0) return random_.below(stored_.size());
  return static_cast<size_t>(mix(popular_.draw(random_)) % stored_.size());
}

std::vector<std::string> YearMix::gets() {
  std::vector<std::string> ids;
  for (size_t i = 0; i < kGetsADay; ++i) {
    ids.push_back(stored_[random_.below(10) < 7 ? draw_recent() : draw_any()].id);
  }
  return ids;
}

std::vector<std::string> YearMix::searches() {
  std::vector<std::string> words;
  while (words.size() < kSearchesADay) {
    const Stored& about = stored_[random_.below(10) < 7 ? draw_recent() : draw_any()];
    if (!about.words.empty()) words.push_back(about.words);
  }
  return words;
}

}  // namespace bench
