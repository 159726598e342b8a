// Scopes as arguments: NULL is the default collection with no names.
#pragma once

#include <memtier.h>

#include "capi/objects.h"

namespace memtier::capi {

const Scope& default_scope();

class PinnedScope {
 public:
  PinnedScope() = default;
  explicit PinnedScope(Ref<const ScopeObject> object) : object_(std::move(object)) {}
  const Scope& operator*() const { return object_ ? object_->scope : default_scope(); }

 private:
  Ref<const ScopeObject> object_;
};

Result<PinnedScope> pin_scope(const memtier_scope* scope);

}  // namespace memtier::capi
