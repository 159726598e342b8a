#include "retrieval/ranking.h"

#include <algorithm>
#include <cmath>

#include "index/text/text_index.h"
#include "index/text/text_query.h"

namespace memtier {
namespace {

constexpr double kMicroseconds = 1e6;
// Reads that count half of what reads can count.
constexpr double kHalfOfAccess = 5;
// What being of a date that is asked for adds to a score.
constexpr double kDates = 2;
// Activation that counts half of what association can count: that of one of several links.
constexpr double kHalfOfActivation = 0.1;

std::unordered_set<std::string> terms_of(std::string_view text, Analyzer& analyzer) {
  std::unordered_set<std::string> terms;
  WordScanner scanner = analyzer.scan(text);
  while (scanner.next()) {
    if (analyzer.stems() && is_english_stop_word(scanner.word())) continue;
    terms.emplace(analyzer.term(scanner.word()));
  }
  return terms;
}

size_t common(const std::unordered_set<std::string>& a, const std::unordered_set<std::string>& b) {
  const auto& less = a.size() < b.size() ? a : b;
  const auto& more = a.size() < b.size() ? b : a;
  return static_cast<size_t>(
      std::count_if(less.begin(), less.end(), [&](const auto& x) { return more.count(x) != 0; }));
}

double likeness(const std::unordered_set<std::string>& a,
                const std::unordered_set<std::string>& b) {
  const size_t both = common(a, b);
  const size_t any = a.size() + b.size() - both;
  return any == 0 ? 0 : static_cast<double>(both) / static_cast<double>(any);
}

}  // namespace

Result<Ranking> Ranking::make(const RankingSpec& spec, Storage& storage, LinkGraph& links,
                              const ReadScope& read, Tokenizer tokenizer) {
  Ranking ranking(spec, read.now_us, tokenizer);
  Context& context = ranking.context_;
  if (!spec.has_context()) return ranking;
  std::vector<int64_t> rows;
  context.tags.insert(spec.context_tags.begin(), spec.context_tags.end());
  if (!spec.context_session.empty()) context.sessions.insert(spec.context_session);
  for (const std::string& id : spec.context_ids) {
    ASSIGN_OR_RETURN(const std::vector<ItemRef> items, storage.find_by_id(read, id, 1));
    for (const ItemRef& item : items) {
      rows.push_back(item->row());
      for_each_tag(item->text(Text::kTags),
                   [&](std::string_view tag) { context.tags.emplace(tag); });
      const std::string_view session = item->text(Text::kSession);
      if (!session.empty()) context.sessions.emplace(session);
    }
  }
  Analyzer analyzer(tokenizer);
  context.terms = terms_of(spec.context_text, analyzer);
  if (spec.weight(Signal::kAssociation) > 0 && !rows.empty()) {
    RETURN_IF_ERROR(links.activation(read, rows, {}, &context.activation));
  }
  return ranking;
}

double Ranking::closeness(const Item& item) const {
  double most = 0;
  for (const NamedDate& date : spec_.dates) {
    most = std::max(most, date.closeness(item.header().created_us));
  }
  return kDates * most;
}

double Ranking::association(const Item& item) const {
  const auto found = context_.activation.find(item.row());
  return found == context_.activation.end() ? 0
                                            : found->second / (found->second + kHalfOfActivation);
}

// From 0 to 1: the mean of what the context tells.
double Ranking::nearness(const Item& item, Analyzer& analyzer) const {
  double sum = 0;
  double parts = 0;
  if (!context_.tags.empty()) {
    int both = 0;
    for_each_tag(item.text(Text::kTags), [&](std::string_view tag) {
      both += context_.tags.count(std::string(tag)) != 0 ? 1 : 0;
    });
    sum += 1 - std::pow(0.5, both);
    ++parts;
  }
  if (!context_.sessions.empty()) {
    sum += context_.sessions.count(std::string(item.text(Text::kSession))) != 0 ? 1 : 0;
    ++parts;
  }
  if (!context_.terms.empty()) {
    const auto terms = terms_of(item.text(Text::kContent), analyzer);
    sum += static_cast<double>(common(terms, context_.terms)) /
           static_cast<double>(context_.terms.size());
    ++parts;
  }
  return parts == 0 ? 0 : sum / parts;
}

void Ranking::multiply(RankedHit* candidate, Analyzer& analyzer) const {
  const Item& item = *candidate->item;
  const auto by = [&](Signal signal, auto value) {
    const double weight = spec_.weight(signal);
    if (weight == 0) return;
    candidate->share(signal) = candidate->score * weight * value();
    candidate->score += candidate->share(signal);
  };
  by(Signal::kDates, [&] { return closeness(item); });
  by(Signal::kRecency, [&] {
    const auto age = static_cast<double>(std::max<int64_t>(now_us_ - item.header().created_us, 0));
    return std::exp2(-age / kMicroseconds / spec_.half_life_seconds);
  });
  by(Signal::kImportance, [&] { return item.header().importance; });
  by(Signal::kAccess, [&] {
    const auto reads = static_cast<double>(item.access_count());
    return reads / (reads + kHalfOfAccess);
  });
  by(Signal::kContext, [&] { return nearness(item, analyzer); });
  by(Signal::kAssociation, [&] { return association(item); });
}

// Maximal marginal relevance (Carbonell and Goldstein, 1998): the next is the best of what is not said
// yet, by the words that two items share.
void Ranking::diversify(std::span<RankedHit> candidates) const {
  if (candidates.size() < 2) return;
  Analyzer analyzer(tokenizer_);
  std::vector<std::unordered_set<std::string>> terms;
  terms.reserve(candidates.size());
  for (const RankedHit& candidate : candidates) {
    terms.push_back(terms_of(candidate.item->text(Text::kContent), analyzer));
  }
  const double best = std::max(candidates[0].score, 1e-12);
  std::vector<double> said(candidates.size(), 0.0);  // likeness to the nearest of those before
  for (size_t place = 0; place < candidates.size(); ++place) {
    const auto worth = [&](size_t i) {
      return (1 - spec_.diversity) * candidates[i].score / best - spec_.diversity * said[i];
    };
    size_t chosen = place;
    for (size_t i = place + 1; i < candidates.size(); ++i) {
      if (worth(i) > worth(chosen)) chosen = i;
    }
    // Those between keep their order.
    const auto at = [](auto& list, size_t i) { return list.begin() + static_cast<int64_t>(i); };
    std::rotate(at(candidates, place), at(candidates, chosen), at(candidates, chosen + 1));
    std::rotate(at(terms, place), at(terms, chosen), at(terms, chosen + 1));
    std::rotate(at(said, place), at(said, chosen), at(said, chosen + 1));
    for (size_t i = place + 1; i < candidates.size(); ++i) {
      said[i] = std::max(said[i], likeness(terms[i], terms[place]));
    }
  }
}

void Ranking::rank(std::vector<RankedHit>* candidates) const {
  const auto window = std::span(*candidates).first(std::min(candidates->size(), kRankingWindow));
  Analyzer analyzer(tokenizer_);
  for (RankedHit& candidate : window) multiply(&candidate, analyzer);
  std::stable_sort(window.begin(), window.end(),
                   [](const RankedHit& a, const RankedHit& b) { return a.score > b.score; });
  // What stands behind the window is not worth more than what stands in it.
  for (size_t i = window.size(); i < candidates->size(); ++i) {
    RankedHit& behind = (*candidates)[i];
    behind.score = std::min(behind.score, window.back().score);
  }
  if (spec_.diversity > 0) diversify(window);
}

Json explain_scores(std::span<const RankedHit> hits) {
  Json scores = Json::array();
  for (const RankedHit& hit : hits) {
    Json shares = Json::object();
    for (size_t i = 0; i < kSignals; ++i) {
      if (hit.shares[i] != 0)
        shares[std::string(signal_name(static_cast<Signal>(i)))] = hit.shares[i];
    }
    scores.push_back({{"id", hit.item->id()}, {"score", hit.score}, {"shares", std::move(shares)}});
  }
  return scores;
}

}  // namespace memtier
