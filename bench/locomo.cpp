// Retrieval quality on real conversations: the turns are stored, a question's words are searched - alone, with
// the built-in embedder, with given vectors -, and what is found is compared with the turns that answer it. recall@k: the share of these among the k best;
// hit@k: whether there is any; NDCG@10 with relevance 0 or 1.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
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

// Of "2023-05-08T13:56:00Z".
int64_t time_us(const std::string& text) {
  std::tm time{};
  std::istringstream(text) >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
  return static_cast<int64_t>(timegm(&time)) * 1'000'000;
}

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
  // Turns of a session have one time; a microsecond apart they stay in order.
  check(memtier_item_builder_set_int64(builder, MEMTIER_FIELD_CREATED_US,
                                       time_us(turn["time"]) + number, &error),
        error, "created_us");
  const SessionScope scope(turn["session"].dump());
  check(memtier_item_put(store.handle(), scope.handle(), builder, MEMTIER_PUT_REPLACE,
                         MEMTIER_DURABILITY_DEFAULT, nullptr, &error),
        error, "memtier_item_put");
}

std::vector<std::string> search(const Store& store, const std::string& query) {
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

// What a question is asked with beside its words.
enum class Half { kNone, kBuiltin, kGiven };

// A way to search: all signals, or all but some.
struct Way {
  std::string name;
  Half half = Half::kNone;
  Json members;  // of the query
};

std::vector<Way> ways() {
  std::vector<Way> all;
  for (const auto& [mode, half] :
       {std::pair("words", Half::kNone), std::pair("builtin", Half::kBuiltin),
        std::pair("given", Half::kGiven)}) {
    const std::string name = mode;
    all.push_back({name, half, Json::object()});
    for (const char* signal : {"neighbours", "session", "speaker", "coverage", "dates"}) {
      all.push_back({name + "_no_" + signal, half, {{"weights", {{signal, 0}}}}});
    }
    all.push_back(
        {name + "_alone",
         half,
         {{"weights", {{"neighbours", 0}, {"session", 0}, {"speaker", 0}, {"dates", 0}}}}});
    if (half == Half::kNone) continue;
    all.push_back({name + "_rrf", half, {{"fusion", "rrf"}}});
    all.push_back({name + "_vector_only", half, {{"weights", {{"text", 0}}}}});
  }
  return all;
}

using Qualities = std::map<std::string, Quality>;  // by category

std::vector<std::string> ask(const Store& store, const std::string& text, const Way& way,
                             const float* vector) {
  Json document = way.members;
  document["text"] = text;
  document["limit"] = 10;
  if (way.half == Half::kBuiltin) document["meaning"] = true;
  if (way.half != Half::kGiven) return search(store, document.dump());
  document["space"] = "given";
  return VectorSearch(store, document.dump()).ids(vector);
}

// Every third turn is looked for by every second word of its own: is it the first? Only this store's
// own vectors can be asked for it.
void ask_known(const Store& store, const Json& turns, const std::vector<Way>& all,
               std::vector<Qualities>* qualities) {
  for (size_t t = 0; t < turns.size(); t += 3) {
    std::istringstream words(turns[t]["text"].get<std::string>());
    std::string text;
    std::string word;
    size_t count = 0;
    while (words >> word) {
      if (count++ % 2 == 0) text += word + " ";
    }
    if (count < 6) continue;
    for (char& c : text) {
      if (std::string_view("\"*-()").find(c) != std::string_view::npos) c = ' ';
    }
    for (size_t i = 0; i < all.size(); ++i) {
      if (all[i].half == Half::kGiven) continue;
      const auto found = ask(store, text, all[i], nullptr);
      Quality& quality = (*qualities)[i]["known_item"];
      ++quality.questions;
      quality.hit10 += !found.empty() && found[0] == turns[t]["id"] ? 1 : 0;
    }
  }
}

void ask_conversation(const std::string& path, std::vector<Qualities>* qualities) {
  const Json conversation = Json::parse(std::ifstream(path));
  Store store(":memory:", {kDatabaseLadder, 0, ""});
  memtier_item_builder* builder = nullptr;
  check(memtier_item_builder_create(&builder, nullptr), nullptr, "memtier_item_builder_create");
  int64_t number = 0;
  const Json& turns = conversation["turns"];
  for (const Json& turn : turns) put_turn(store, builder, turn, ++number);
  memtier_item_builder_destroy(builder);
  const std::string base = path.substr(0, path.size() - 5);
  make_space(store, "given");
  put_vectors(store, "given", read_halves(base + ".turns.f16", 0),
              [&turns](size_t i) { return turns[i]["id"].get<std::string>(); });
  const Vectors vectors = read_halves(base + ".questions.f16", 0);
  const std::vector<Way> all = ways();
  size_t asked = 0;
  for (const Json& question : conversation["questions"]) {
    const float* vector = vectors.at(asked++);
    const auto evidence = question["evidence"].get<std::set<std::string>>();
    if (evidence.empty()) continue;
    for (size_t i = 0; i < all.size(); ++i) {
      const auto found = ask(store, question["question"], all[i], vector);
      count(found, evidence, &(*qualities)[i]["all"]);
      count(found, evidence, &(*qualities)[i][question["category"]]);
    }
  }
  ask_known(store, turns, all, qualities);
}

void report(Context& context, const std::string& way, const Qualities& qualities) {
  for (const auto& [name, quality] : qualities) {
    const auto questions = static_cast<double>(quality.questions);
    if (name == "known_item") {
      context.report().add({"locomo", way + "_known_item_first", "", quality.questions,
                            quality.hit10 / questions, 0, "", 0, 1},
                           Better::kMore);
      continue;
    }
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
