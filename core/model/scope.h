// Scope: whose memory it is - a collection, and app / user / agent / session.
//
// As the address of an item a scope is exact: five names, of which any but the collection may be
// empty. As the scope of a query it is a pattern: a name that is given must be equal, one that is
// empty may be anything.
//
// A Scope is immutable; shared by Ref-less copies (std::shared_ptr) where it must live on.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace memtier {

inline constexpr std::string_view kDefaultCollection = "default";
inline constexpr std::string_view kAllCollections = "*";

class Scope {
 public:
  static constexpr size_t kNames = 5;
  enum Name : size_t { kCollection = 0, kApp = 1, kUser = 2, kAgent = 3, kSession = 4 };

  Scope() : Scope(std::array<std::string_view, kNames>{}) {}
  // An empty collection is the default one.
  explicit Scope(const std::array<std::string_view, kNames>& names);

  std::string_view name(size_t which) const;
  bool is_given(size_t which) const { return !name(which).empty(); }
  // As a pattern: whether this name must be equal. The collection "*" stands for all.
  bool constrains(size_t which) const {
    return is_given(which) && !(which == kCollection && name(which) == kAllCollections);
  }

  // The names as they stand in an item's image: one behind the other, with where each ends.
  std::string_view bytes() const { return bytes_; }
  const std::array<uint32_t, kNames>& ends() const { return ends_; }
  uint64_t hash() const { return hash_; }

  bool operator==(const Scope& other) const {
    return ends_ == other.ends_ && bytes_ == other.bytes_;
  }
  // Whether an item filed under `item_scope` may be seen through this scope.
  bool allows(const Scope& item_scope) const;

 private:
  std::string bytes_;
  std::array<uint32_t, kNames> ends_{};
  uint64_t hash_ = 0;
};

// Checks one name of a scope: size, UTF-8, no control characters. `what` names it in the message.
Status check_name(std::string_view name, std::string_view what);

// The address of one item. Borrows what it points to.
struct ItemKey {
  ItemKey(const Scope& scope_in, std::string_view id_in);
  const Scope* scope;
  std::string_view id;
  uint64_t hash;  // of the scope and the id
};

// The hash of an id alone, as the table of ids keeps it.
int64_t id_hash(std::string_view id);

}  // namespace memtier
