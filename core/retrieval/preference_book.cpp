#include "retrieval/preference_book.h"

namespace memtier {
namespace {

constexpr size_t kMostKnown = 256;

}  // namespace

std::string PreferenceBook::key_of(const Scope& scope) {
  return Json{std::string(scope.name(Scope::kApp)), std::string(scope.name(Scope::kUser)),
              std::string(scope.name(Scope::kAgent))}
      .dump();
}

// The same for looking it up in RAM; names have no line feeds.
std::string PreferenceBook::owner_of(const Scope& scope) {
  std::string owner;
  for (const size_t which : {Scope::kApp, Scope::kUser, Scope::kAgent}) {
    owner += scope.name(which);
    owner += '\n';
  }
  return owner;
}

Status PreferenceBook::add(const Scope& scope, std::span<const std::pair<ItemRef, double>> said,
                           int64_t now_us) {
  const auto change = [&](const std::optional<std::string>& before) -> Result<std::string> {
    Preferences preferences;
    if (before) {
      ASSIGN_OR_RETURN(preferences, Preferences::parse(*before));
    }
    for (const auto& [item, value] : said) preferences.add(*item, value, now_us);
    return preferences.dump();
  };
  return storage_.edit_document(DocumentKind::kPreferences, key_of(scope), change);
}

Result<std::shared_ptr<const Preferences>> PreferenceBook::find(const Scope& scope) {
  // Asked first: what is read below is at least as new.
  const uint64_t changes = storage_.table_changes();
  if (none_at_.load(std::memory_order_acquire) == changes) {
    return std::shared_ptr<const Preferences>();
  }
  const std::string owner = owner_of(scope);
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(owner);
    if (known != known_.end() && known->second.changes == changes) return known->second.preferences;
  }
  ASSIGN_OR_RETURN(const bool any, storage_.has_documents(DocumentKind::kPreferences));
  if (!any) {
    none_at_.store(changes, std::memory_order_release);
    return std::shared_ptr<const Preferences>();
  }
  ASSIGN_OR_RETURN(std::optional<std::string> text,
                   storage_.find_document(DocumentKind::kPreferences, key_of(scope)));
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMostKnown && known_.count(owner) == 0) known_.clear();
  Known& known = known_[owner];
  if (!text) {
    known.preferences = nullptr;
  } else if (!known.preferences || known.text != *text) {
    ASSIGN_OR_RETURN(Preferences parsed, Preferences::parse(*text));
    known.preferences = std::make_shared<const Preferences>(std::move(parsed));
    known.text = std::move(*text);
  }
  known.changes = changes;
  return known.preferences;
}

Status PreferenceBook::forget(const Scope& scope) {
  Status status = storage_.delete_document(DocumentKind::kPreferences, key_of(scope));
  return status.code() == Code::kNotFound ? Status() : std::move(status);
}

Status PreferenceBook::forget_all_of(const Scope& pattern) {
  constexpr size_t kOwners[] = {Scope::kApp, Scope::kUser, Scope::kAgent};
  ASSIGN_OR_RETURN(const auto names, storage_.document_names(DocumentKind::kPreferences));
  for (const std::string& name : names) {
    const Json owners = Json::parse(name, nullptr, false);
    if (!owners.is_array() || owners.size() != std::size(kOwners)) continue;
    bool meant = true;
    for (size_t i = 0; i < std::size(kOwners); ++i) {
      meant = meant && (!pattern.constrains(kOwners[i]) || owners[i] == pattern.name(kOwners[i]));
    }
    if (!meant) continue;
    Status status = storage_.delete_document(DocumentKind::kPreferences, name);
    if (!status.ok() && status.code() != Code::kNotFound) return status;
  }
  const std::lock_guard lock(mutex_);
  known_.clear();
  return {};
}

}  // namespace memtier
