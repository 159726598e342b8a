#include "model/scope.h"

#include "base/hash.h"
#include "base/text.h"
#include "model/limits.h"

namespace memtier {

Scope::Scope(const std::array<std::string_view, kNames>& names) {
  for (size_t i = 0; i < kNames; ++i) {
    bytes_ += i == kCollection && names[i].empty() ? kDefaultCollection : names[i];
    ends_[i] = static_cast<uint32_t>(bytes_.size());
  }
  const std::string_view ends(reinterpret_cast<const char*>(ends_.data()), sizeof ends_);
  hash_ = hash64(bytes_, hash64(ends));
}

std::string_view Scope::name(size_t which) const {
  const size_t begin = which == 0 ? 0 : ends_[which - 1];
  return std::string_view(bytes_).substr(begin, ends_[which] - begin);
}

bool Scope::allows(const Scope& item_scope) const {
  for (size_t i = 0; i < kNames; ++i) {
    if (constrains(i) && name(i) != item_scope.name(i)) return false;
  }
  return true;
}

Status check_name(std::string_view name, std::string_view what) {
  const std::string subject(what);
  if (name.size() > kMaxNameBytes) {
    return invalid(subject + " has " + std::to_string(name.size()) + " bytes; at most " +
                   std::to_string(kMaxNameBytes) + " are allowed");
  }
  if (!is_utf8(name)) return invalid(subject + " is not valid UTF-8");
  if (has_control_characters(name)) return invalid(subject + " contains a control character");
  return {};
}

ItemKey::ItemKey(const Scope& scope_in, std::string_view id_in)
    : scope(&scope_in), id(id_in), hash(hash64(id_in, scope_in.hash())) {}

int64_t id_hash(std::string_view id) {
  return static_cast<int64_t>(hash64(id));
}

}  // namespace memtier
