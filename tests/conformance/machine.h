// What runs the steps of one case of operations.json: its stores, their clock, and what one step leaves to
// the next.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "conformance/c_store.h"
#include "conformance/operations.h"

namespace memtier::testing {

constexpr int32_t kOwnFailure = -7;  // what callbacks of these tests fail with

// As check() of c_store.h; and a callback's failure must be the one that it returned.
template <typename Call>
void ask(Call call) {
  check([&](memtier_error** error) {
    const memtier_status status = call(error);
    EXPECT_EQ(memtier_error_code(*error), status);
    EXPECT_EQ(memtier_error_callback_code(*error), status == MEMTIER_CALLBACK ? kOwnFailure : 0);
    return status;
  });
}

// The clock of a case's stores, and what it is to do beside telling the time.
struct Clock {
  int64_t now_us = 1'780'272'000'000'000;  // "now" of the file
  bool fails = false;
  memtier_store* enters = nullptr;  // is called from inside the clock
  memtier_status entered = MEMTIER_OK;
};

using Names = std::vector<std::string>;

std::string text_of(const memtier_item* item, int32_t field);
Names ids_of(const memtier_items* items);
std::string text_of(memtier_slice slice);

class Machine {
 public:
  Machine(Keys& test, std::string folder);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void run(Keys& step);

 private:
  // What a step does. Here, in README.md and in every language the steps have one order.
  using Action = void (Machine::*)();
  static Action action(const std::string& name);
  void advance();
  void open();
  void close();
  void flush();
  void put();
  void put_many();
  void get();
  void get_into();
  void get_many();
  void update();
  void delete_one();
  void delete_many();
  void exists();
  void validate();
  void move();
  void count();
  void list();
  void update_where();
  void delete_where();
  void search();
  void sweep();
  void optimize();
  void tier_clear();
  void transitions();
  void tiers();
  void statistics();
  void collection_create();
  void collections();
  void collection_drop();
  void collection_copy();
  void collection_move();
  void say();
  void say_many();
  void last();
  void recent();
  void turn_context();
  void replace();
  void sessions();
  void remember();
  void active();
  void know();
  void believe();
  void history();
  void contradictions();
  void episode();
  void around();
  void record();
  void export_lines();
  void import_lines();

  // What they have in common.
  void prepare();
  void finish_clock();
  std::string path_of(const std::string& name) const;
  void open_store(const std::string& path, const std::string& ladder, const std::string& tokenizer,
                  bool create);
  void set_option(memtier_options* options, int32_t key, int64_t value);
  BuilderHandle draft(const std::string& document);
  BuilderHandle changes();  // "set", "add_tags" and "remove_tags"
  int32_t durability();
  int32_t mode();
  std::string list_document();
  void transfer(decltype(&memtier_collection_copy) call);
  void put_document(const std::string& key, decltype(&memtier_episode_put) call);
  std::vector<memtier_tier_statistics> all_tiers();

  // What they expect.
  void expect_item(memtier_item* given);
  void expect_entries(memtier_items* given, const Names& ids);
  void expect_count(int64_t count);
  template <typename T>
  void expect(const std::string& key, const T& actual) {
    if (step_->has(key)) {
      EXPECT_EQ(actual, step_->get(key, T())) << key;
    }
  }

  std::string folder_;
  std::string ladder_;
  std::string tokenizer_;
  std::string eviction_order_;
  bool is_file_ = false;
  bool refresh_ = false;
  Clock clock_;
  std::map<std::string, memtier_store*> stores_;
  std::string exported_;  // by the last export
  std::string token_;     // of the last list

  // Of the step that is run.
  Keys* step_ = nullptr;
  std::string name_;  // of its store
  memtier_store* store_ = nullptr;
  ScopeHandle scope_;
  std::string inside_;  // what a call from inside the clock must give; empty: there is none
  Handle<memtier_cancel, memtier_cancel_destroy> cancel_;
  memtier_control control_{};
};

}  // namespace memtier::testing
