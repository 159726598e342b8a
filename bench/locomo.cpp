// Retrieval quality on real conversations: the turns are stored, a question's words are searched, and what
// is found is compared with the turns that answer it. recall@k: the share of these among the k best;
// hit@k: whether there is any; NDCG@10 with relevance 0 or 1.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "common/client.h"
#include "common/registry.h"

namespace bench {
namespace {

using Json = nlohmann::json;

// FTS5 with stemming and the stop words left out, measured on the same questions: what words alone reach.
constexpr double kFts5Recall5 = 0.537;
constexpr double kFts5Hit10 = 0.682;
constexpr double kFts5Recall10 = 0.619;
constexpr double kFts5Ndcg10 = 0.484;

struct Quality {
  size_t questions = 0;
  double recall5 = 0;
  double recall10 = 0;
  double hit10 = 0;
  double ndcg10 = 0;
};

void count(const std::vector<std::string>& found, const std::set<std::string>& evidence,
           Quality* quality) {
  size_t in_five = 0;
  size_t in_ten = 0;
  double gain = 0;
  double ideal = 0;
  for (size_t i = 0; i < 10; ++i) {
    const double weight = 1 / std::log2(static_cast<double>(i) + 2);
    if (i < evidence.size()) ideal += weight;
    if (i >= found.size() || evidence.count(found[i]) == 0) continue;
    gain += weight;
    ++in_ten;
    if (i < 5) ++in_five;
  }
  const auto all = static_cast<double>(evidence.size());
  ++quality->questions;
  quality->recall5 += static_cast<double>(in_five) / all;
  quality->recall10 += static_cast<double>(in_ten) / all;
  quality->hit10 += in_ten > 0 ? 1 : 0;
  quality->ndcg10 += gain / ideal;
}

// The scope of each session of a conversation.
class SessionScope {
 public:
  explicit SessionScope(const std::string& name) {
    check(memtier_scope_create(&scope_, nullptr), nullptr, "memtier_scope_create");
    check(memtier_scope_set(scope_, MEMTIER_SCOPE_SESSION, name.data(), name.size(), nullptr),
          nullptr, "memtier_scope_set");
  }
  ~SessionScope() { memtier_scope_destroy(scope_); }
  SessionScope(const SessionScope&) = delete;
  SessionScope& operator=(const SessionScope&) = delete;
  const memtier_scope* handle() const { return scope_; }

 private:
  memtier_scope* scope_ = nullptr;
};

void put_turn(const Store& store, memtier_item_builder* builder, const Json& turn, int64_t number) {
  std::string content = turn["text"];
  if (turn.contains("caption")) content += " [image: " + turn["caption"].get<std::string>() + "]";
  const Json metadata = {{"speaker", turn["speaker"]}};
  const std::string id = turn["id"];
  const std::string metadata_text = metadata.dump();
  (void)memtier_item_builder_clear(builder, nullptr);
  memtier_error* error = nullptr;
  const auto set = [&](int32_t field, const std::string& text) {
    check(memtier_item_builder_set_text(builder, field, text.data(), text.size(), &error), error,
          "memtier_item_builder_set_text");
  };
  set(MEMTIER_FIELD_ID, id);
  set(MEMTIER_FIELD_CONTENT, content);
  set(MEMTIER_FIELD_METADATA, metadata_text);
  check(memtier_item_builder_set_int64(builder, MEMTIER_FIELD_CREATED_US, number, &error), error,
        "created_us");
  const SessionScope scope(turn["session"].dump());
  check(memtier_item_put(store.handle(), scope.handle(), builder, MEMTIER_PUT_REPLACE,
                         MEMTIER_DURABILITY_DEFAULT, nullptr, &error),
        error, "memtier_item_put");
}

std::vector<std::string> search(const Store& store, const std::string& question,
                                const Json& weights) {
  Json document = {{"text", question}, {"limit", 10}};
  if (!weights.empty()) document["weights"] = weights;
  const std::string query = document.dump();
  memtier_hits* hits = nullptr;
  memtier_error* error = nullptr;
  check(memtier_store_search(store.handle(), nullptr, query.data(), query.size(), nullptr, &hits,
                             &error),
        error, "memtier_store_search");
  std::vector<std::string> ids;
  for (int64_t i = 0; i < memtier_hits_count(hits); ++i) {
    memtier_slice id{};
    check(memtier_hits_read_text(hits, i, MEMTIER_FIELD_ID, &id, nullptr), nullptr, "id");
    ids.emplace_back(static_cast<const char*>(id.data), id.size);
  }
  memtier_hits_destroy(hits);
  return ids;
}

// A way to search: all signals, or all but some.
struct Way {
  const char* name;
  Json weights;
};

std::vector<Way> ways() {
  return {{"words", Json::object()},
          {"words_no_neighbours", {{"neighbours", 0}}},
          {"words_no_session", {{"session", 0}}},
          {"words_no_speaker", {{"speaker", 0}}},
          {"words_no_coverage", {{"coverage", 0}}},
          {"words_alone", {{"neighbours", 0}, {"session", 0}, {"speaker", 0}}}};
}

using Qualities = std::map<std::string, Quality>;  // by category

void ask_conversation(const std::string& path, std::vector<Qualities>* qualities) {
  const Json conversation = Json::parse(std::ifstream(path));
  const Store store(":memory:", {kDatabaseLadder, 0});
  memtier_item_builder* builder = nullptr;
  check(memtier_item_builder_create(&builder, nullptr), nullptr, "memtier_item_builder_create");
  int64_t number = 0;
  for (const Json& turn : conversation["turns"]) put_turn(store, builder, turn, ++number);
  memtier_item_builder_destroy(builder);
  for (const Json& question : conversation["questions"]) {
    const auto evidence = question["evidence"].get<std::set<std::string>>();
    if (evidence.empty()) continue;
    const std::vector<Way> all = ways();
    for (size_t i = 0; i < all.size(); ++i) {
      const auto found = search(store, question["question"], all[i].weights);
      count(found, evidence, &(*qualities)[i]["all"]);
      count(found, evidence, &(*qualities)[i][question["category"]]);
    }
  }
}

void report(Context& context, const std::string& way, const Qualities& qualities) {
  for (const auto& [name, quality] : qualities) {
    const auto questions = static_cast<double>(quality.questions);
    const auto add = [&, way = way, name = name, count = quality.questions](
                         const char* metric, double sum, double peer) {
      context.report().add({"locomo", way + "_" + name + "_" + metric, "", count, sum / questions,
                            peer, "fts5", 0, 1},
                           Better::kMore);
    };
    const bool all = name == "all";
    add("recall@5", quality.recall5, all ? kFts5Recall5 : 0);
    add("recall@10", quality.recall10, all ? kFts5Recall10 : 0);
    add("hit@10", quality.hit10, all ? kFts5Hit10 : 0);
    add("ndcg@10", quality.ndcg10, all ? kFts5Ndcg10 : 0);
  }
}

}  // namespace

void run_locomo(Context& context) {
  if (context.data().empty()) {
    context.note("no --data: left out");
    return;
  }
  std::vector<Qualities> qualities(ways().size());
  for (const auto& entry : std::filesystem::directory_iterator(context.data() + "/locomo")) {
    if (entry.path().extension() == ".json") ask_conversation(entry.path().string(), &qualities);
  }
  for (size_t i = 0; i < qualities.size(); ++i) report(context, ways()[i].name, qualities[i]);
}

}  // namespace bench
