#include "embed/static_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/must.h"
#include "base/temp_folder.h"
#include "embed/model_path.h"

namespace memtier::testing {
namespace {

std::shared_ptr<StaticModel> builtin() {
  return must(StaticModel::open(must(find_model(""))));
}

std::vector<float> vector_of(StaticModel& model, std::string_view text) {
  std::vector<float> vector(model.dimension());
  must(model.embed({&text, 1}, vector.data()));
  return vector;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

TEST(BuiltinEmbedder, agrees_with_the_vectors_that_came_with_the_model) {
  const auto model = builtin();
  EXPECT_EQ(model->name(), "embedder-en");
  ASSERT_EQ(model->dimension(), 256u);
  const std::string file =
      read_file(std::string(MEMTIER_SOURCE_DIR) + "/models/embedder-en/test_vectors.json");
  const auto cases = nlohmann::json::parse(file);
  ASSERT_EQ(cases.size(), 24u);
  for (const auto& one : cases) {
    const auto text = one.at("text").get<std::string>();
    std::vector<uint32_t> rows;
    model->tokenize(text, &rows);
    EXPECT_EQ(rows, one.at("rows").get<std::vector<uint32_t>>()) << text;
    const std::vector<float> vector = vector_of(*model, text);
    const auto expected = one.at("vector").get<std::vector<float>>();
    ASSERT_EQ(vector.size(), expected.size());
    for (size_t i = 0; i < vector.size(); ++i) ASSERT_NEAR(vector[i], expected[i], 1e-4) << text;
  }
}

TEST(BuiltinEmbedder, a_vector_has_length_one_or_is_none) {
  const auto model = builtin();
  const std::vector<float> tea = vector_of(*model, "She drinks green tea.");
  EXPECT_NEAR(cosine(tea, tea), 1.0, 1e-5);
  for (const char* nothing : {"", "   ", "\xef\xbf\xbd"}) {
    const std::vector<float> none = vector_of(*model, nothing);
    EXPECT_EQ(cosine(none, none), 0.0) << nothing;
  }
}

TEST(BuiltinEmbedder, knows_what_means_the_same) {
  const auto model = builtin();
  const std::vector<float> hiking = vector_of(*model, "I love hiking in the mountains.");
  const std::vector<float> trekking = vector_of(*model, "Trekking is my favourite hobby");
  const std::vector<float> cat = vector_of(*model, "The cat sat on the mat");
  EXPECT_GT(cosine(hiking, trekking), cosine(hiking, cat) + 0.1);
}

TEST(BuiltinEmbedder, a_batch_is_its_texts_one_by_one) {
  const auto model = builtin();
  const std::vector<std::string_view> texts = {"one", "", "a third text"};
  std::vector<float> vectors(texts.size() * model->dimension());
  must(model->embed(texts, vectors.data()));
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto begin = vectors.begin() + static_cast<ptrdiff_t>(i * model->dimension());
    const std::vector<float> one(begin, begin + static_cast<ptrdiff_t>(model->dimension()));
    EXPECT_EQ(one, vector_of(*model, texts[i])) << i;
  }
}

TEST(BuiltinEmbedder, of_a_long_text_the_beginning_counts) {
  std::string text;
  while (text.size() < kMaxEmbeddedBytes) text += "tea \xc3\xa9\xe6\x97\xa5 ";
  text += "more";
  const std::string_view part = embedded_part(text);
  EXPECT_LE(part.size(), kMaxEmbeddedBytes);
  EXPECT_GT(part.size(), kMaxEmbeddedBytes - 4);
  const auto model = builtin();
  EXPECT_EQ(vector_of(*model, text + " elephants and trains"),
            vector_of(*model, text + " something else"));
  for (size_t size = 0; size < 8; ++size) {
    const std::string shifted = std::string(size, 'x') + text;
    const std::string_view cut = embedded_part(shifted);
    EXPECT_NE(static_cast<unsigned char>(cut.back()) & 0xc0, 0xc0) << "half a character";
  }
}

}  // namespace
}  // namespace memtier::testing
