#include "embed/model_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/must.h"
#include "base/seed.h"
#include "base/temp_folder.h"
#include "embed/static_model.h"

namespace memtier::testing {
namespace {

const std::vector<std::string> kTokens = {"[PAD]", "[UNK]", "tea", "te", "##am", "a", "##a"};
const std::vector<int8_t> kWeights = {0, 0, 0, 0, 3, 4, 1, 0, 0, 1, -128, 127, 5, 5};

std::string small_model() {
  return must(make_model_file("small", kTokens, 2, kWeights));
}

std::vector<uint32_t> rows_of(const StaticModel& model, std::string_view text) {
  std::vector<uint32_t> rows;
  model.tokenize(text, &rows);
  return rows;
}

TEST(ModelFile, comes_back_from_its_file) {
  const TempFolder folder;
  write_file(folder.file("m"), small_model());
  const auto model = must(StaticModel::open(folder.file("m")));
  EXPECT_EQ(model->name(), "small");
  EXPECT_EQ(model->dimension(), 2u);
  EXPECT_EQ(rows_of(*model, "tea te team teaa aa taa"), (std::vector<uint32_t>{2, 3, 2, 6, 5, 6}))
      << "the longest first; a word that cannot be matched to its end gives nothing";
  EXPECT_EQ(rows_of(*model, "[PAD] ##am"), (std::vector<uint32_t>{})) << "special tokens are none";
  float vector[2];
  const std::string_view tea = "tea";
  must(model->embed({&tea, 1}, vector));
  EXPECT_FLOAT_EQ(vector[0], 0.6F);
  EXPECT_FLOAT_EQ(vector[1], 0.8F);
}

TEST(ModelFile, sums_of_many_rows_do_not_overflow) {
  const TempFolder folder;
  write_file(folder.file("m"), small_model());
  const auto model = must(StaticModel::open(folder.file("m")));
  float vector[2];
  model->average(std::vector<uint32_t>(100'000, 5), vector);
  const double length = std::sqrt(128.0 * 128 + 127.0 * 127);
  EXPECT_NEAR(vector[0], -128 / length, 1e-6);
  EXPECT_NEAR(vector[1], 127 / length, 1e-6);
}

TEST(ModelFile, is_one_for_all_that_open_it) {
  const TempFolder folder;
  write_file(folder.file("m"), small_model());
  const auto one = must(StaticModel::open(folder.file("m")));
  const auto two = must(StaticModel::open(folder.path() + "/./m"));
  EXPECT_EQ(one, two);
}

TEST(ModelFile, what_does_not_fit_together_is_refused) {
  EXPECT_EQ(make_model_file("", kTokens, 2, kWeights).code(), Code::kInvalid);
  EXPECT_EQ(make_model_file(std::string(64, 'x'), kTokens, 2, kWeights).code(), Code::kInvalid);
  EXPECT_EQ(make_model_file("x", kTokens, 3, kWeights).code(), Code::kInvalid);
  EXPECT_EQ(make_model_file("x", kTokens, 0, {}).code(), Code::kInvalid);
}

TEST(ModelFile, every_damage_is_told) {
  const std::string good = small_model();
  EXPECT_TRUE(check_model_file(good, "m").ok());
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x41);
    const Status status = check_model_file(bad, "m");
    EXPECT_TRUE(status.code() == Code::kCorrupt || status.code() == Code::kNewerFormat) << at;
    EXPECT_NE(status.message().find("\"m\""), std::string::npos) << status.message();
  }
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(check_model_file(good.substr(0, size), "m").code(), Code::kCorrupt) << size;
  }
  EXPECT_EQ(check_model_file(good + "x", "m").code(), Code::kCorrupt);
}

TEST(ModelFile, one_of_a_newer_format_is_told_apart) {
  std::string newer = small_model();
  newer[8] = static_cast<char>(kModelFormat + 1);
  EXPECT_EQ(check_model_file(newer, "m").code(), Code::kNewerFormat);
}

TEST(ModelFile, opening_says_which_file_is_wrong) {
  const TempFolder folder;
  EXPECT_NE(message_of(StaticModel::open(folder.file("none")), Code::kUnsupported).find("none"),
            std::string::npos);
  message_of(StaticModel::open(folder.path()), Code::kUnsupported);
  write_file(folder.file("empty"), "");
  message_of(StaticModel::open(folder.file("empty")), Code::kCorrupt);
  write_file(folder.file("bad"), small_model() + "x");
  message_of(StaticModel::open(folder.file("bad")), Code::kCorrupt);
}

}  // namespace
}  // namespace memtier::testing
