// Store: associations.
#include "store.h"

namespace memtier {

// What walks have to look up one by one is read at once, where it is so much that this is quicker.
void Store::warm_links() {
  if (!links_->wants_warming()) return;
  if (options_.background) {
    index_worker_.wake();
    return;
  }
  Status status = links_->warm({});
  if (!status.ok()) options_.log.write(LogLevel::kWarning, "links: " + status.message());
}

Status Store::put_links(const Scope& scope, std::span<const LinkSpec> links, Durability durability,
                        Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  return links_->put({&scope, now}, links, effective(durability) == Durability::kFull, guard);
}

Result<std::string> Store::get_link(const Scope& scope, const LinkFilter& filter) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  return links_->get({&scope, now}, filter);
}

Result<int64_t> Store::delete_links(const Scope& scope, const LinkFilter& filter,
                                    Durability durability) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  return links_->erase({&scope, now}, filter, effective(durability) == Durability::kFull);
}

Result<std::string> Store::list_links(const Scope& scope, const LinkFilter& filter,
                                      Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  return links_->list({&scope, now}, filter, guard.stop_check());
}

Status Store::create_concept(const Scope& scope, const ConceptSpec& spec, Durability durability) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  return links_->create_concept({&scope, now}, spec, effective(durability) == Durability::kFull);
}

Result<std::string> Store::list_concepts(const Scope& scope, const ConceptFilter& filter,
                                         Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  return links_->list_concepts({&scope, now}, filter, guard.stop_check());
}

Status Store::delete_concept(const Scope& scope, std::string_view name, Durability durability) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  return links_->delete_concept({&scope, now}, name, effective(durability) == Durability::kFull);
}

Result<std::string> Store::neighbours(const Scope& scope, const NeighbourQuery& query,
                                      Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  return links_->neighbours({&scope, now}, query, guard.stop_check());
}

Result<std::string> Store::path(const Scope& scope, const PathQuery& query, Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  auto found = links_->path({&scope, now}, query, guard.stop_check());
  warm_links();
  return found;
}

Result<std::string> Store::spread(const Scope& scope, const SpreadQuery& query, Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  auto found = links_->spread({&scope, now}, query, guard.stop_check());
  warm_links();
  return found;
}

Result<std::string> Store::export_graph(const Scope& scope, const GraphExport& query,
                                        Control& control) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Control guard = guarded(control);
  return links_->export_graph({&scope, now}, query, guard.stop_check());
}

// All links of a batch at once, and where that fails one by one, so that each has its own status.
Status Store::store_imported_links(std::vector<ImportedItem>& batch, const ImportOptions& options,
                                   int64_t now_us) {
  static const Scope kEverything({kAllCollections, "", "", "", ""});
  const ReadScope everything{&kEverything, now_us};
  std::vector<LinkSpec> links;
  for (ImportedItem& line : batch) {
    if (line.link) {
      line.link->makes_only = options.create_only;
      links.push_back(*line.link);
    } else if (line.named) {
      const ReadScope filed{line.scope.get(), now_us};
      line.status = links_->import_concept(filed, *line.named, options.create_only);
    }
  }
  if (links.empty()) return {};
  Control none;
  if (links_->put(everything, links, false, none).ok()) return {};
  for (ImportedItem& line : batch) {
    if (line.link) line.status = links_->put(everything, {&*line.link, 1}, false, none);
  }
  return {};
}

Status Store::association(const Scope& scope, std::span<const int64_t> seed_rows,
                          const SpreadOptions& options,
                          std::unordered_map<int64_t, double>* by_row) {
  ASSIGN_OR_RETURN(const int64_t now, now_us());
  Status status = links_->activation({&scope, now}, seed_rows, options, by_row);
  warm_links();
  return status;
}

}  // namespace memtier
