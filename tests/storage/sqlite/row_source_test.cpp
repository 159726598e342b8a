#include "storage/sqlite/row_source.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/must.h"
#include "storage/sqlite/connection.h"

namespace memtier::testing {
namespace {

class Pairs final : public RowSource {
 public:
  explicit Pairs(std::vector<std::pair<int64_t, std::string>> pairs) : pairs_(std::move(pairs)) {}
  size_t row_count() const override { return pairs_.size(); }
  void give(size_t row, int column, sqlite3_context* out) const override {
    if (column == 0) {
      sqlite3_result_int64(out, pairs_[row].first);
    } else {
      give_text(out, pairs_[row].second);
    }
  }

 private:
  const std::vector<std::pair<int64_t, std::string>> pairs_;
};

class RowSources : public ::testing::Test {
 protected:
  RowSources()
      : connection_(
            must(Connection::open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 1000))) {
    must(
        connection_->execute("CREATE TABLE pairs(number INTEGER PRIMARY KEY, word TEXT NOT NULL)"));
  }

  std::string all() {
    std::string text;
    Statement select = must(connection_->prepare("SELECT number, word FROM pairs ORDER BY number"));
    StatementUse use(select);
    while (must(use->step())) {
      text += std::to_string(use->integer(0)) + "=" + std::string(use->bytes(1)) + " ";
    }
    return text;
  }

  std::unique_ptr<Connection> connection_;
};

TEST_F(RowSources, all_rows_go_into_the_table) {
  must(insert_rows(*connection_, "pairs", 2, Pairs({{1, "one"}, {2, ""}, {7, "seven"}})));
  EXPECT_EQ(all(), "1=one 2= 7=seven ");
}

TEST_F(RowSources, none_is_no_work) {
  must(insert_rows(*connection_, "no_such_table", 2, Pairs({})));
}

TEST_F(RowSources, what_is_there_is_written_over_whether_it_was_expected_or_not) {
  must(insert_rows(*connection_, "pairs", 2, Pairs({{2, "before"}})));
  const Pairs rows({{1, "one"}, {2, "two"}, {3, "three"}});
  must(insert_rows(*connection_, "pairs", 2, rows, Existing::kUnlikely));
  EXPECT_EQ(all(), "1=one 2=two 3=three ");
  must(insert_rows(*connection_, "pairs", 2, Pairs({{3, "drei"}}), Existing::kLikely));
  EXPECT_EQ(all(), "1=one 2=two 3=drei ");
}

TEST_F(RowSources, columns_may_be_named) {
  must(insert_rows(*connection_, "pairs(number, word)", 2, Pairs({{5, "five"}})));
  EXPECT_EQ(all(), "5=five ");
}

TEST_F(RowSources, what_the_table_refuses_is_an_error) {
  must(connection_->execute("CREATE TABLE small(number CHECK(number < 10), word)"));
  EXPECT_FALSE(insert_rows(*connection_, "small", 2, Pairs({{1, "a"}, {11, "b"}})).ok());
}

TEST_F(RowSources, without_a_source_there_are_no_rows_to_read) {
  EXPECT_FALSE(connection_->query_integer("SELECT count(*) FROM memtier_rows").ok());
  EXPECT_EQ(must(connection_->query_integer("SELECT count(*) FROM memtier_rows(5)")), 0);
}

}  // namespace
}  // namespace memtier::testing
