#include "storage/sqlite/vector_tables.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/limits.h"
#include "storage/sqlite/coarse_vectors.h"

namespace memtier {
namespace {

constexpr int64_t kClearVectors = 8192;  // in one step
constexpr float kMostInt8 = 127;

constexpr std::string_view kSpaceColumns =
    "SELECT space, name, dimension, metric, encoding, embedder, derived_sequence FROM spaces ";

Result<Space> read_space(const Statement& row) {
  Space space;
  space.number = row.integer(0);
  space.spec.name = row.bytes(1);
  space.spec.dimension = row.integer(2);
  space.spec.metric = static_cast<Metric>(row.integer(3));
  space.spec.encoding = static_cast<VectorEncoding>(row.integer(4));
  space.spec.embedder = row.bytes(5);
  space.derived_sequence = row.integer(6);
  const bool sound = space.spec.dimension >= kMinDimension &&
                     space.spec.dimension <= kMaxDimension && row.integer(3) >= 0 &&
                     row.integer(3) <= 2 && row.integer(4) >= 0 && row.integer(4) <= 1;
  if (sound) return space;
  return Status(Code::kCorrupt,
                "store: space \"" + space.spec.name + "\" in its table spaces is damaged");
}

Status log_vector_change(Connection& connection, int64_t key, int64_t scope) {
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT INTO vector_changes(key, scope) VALUES(?, ?)"));
  return insert.bind(1, key).bind(2, scope).run();
}

// Columns of vectors; the first two are those of vector_changes as well.
class VectorRows final : public RowSource {
 public:
  VectorRows(int64_t space, std::span<const VectorRow> rows) : space_(space), rows_(rows) {}
  size_t row_count() const override { return rows_.size(); }
  void give(size_t row, int column, sqlite3_context* out) const override {
    if (column == 0) return sqlite3_result_int64(out, vector_key(space_, rows_[row].row));
    if (column == 1) return sqlite3_result_int64(out, rows_[row].scope);
    give_blob(out, rows_[row].data);
  }

 private:
  const int64_t space_;
  const std::span<const VectorRow> rows_;
};

}  // namespace

Result<std::vector<Space>> read_spaces(Connection& connection) {
  static const std::string kSql =
      std::string(kSpaceColumns) + "WHERE name IS NOT NULL ORDER BY name";
  std::vector<Space> spaces;
  ASSIGN_OR_RETURN(Statement select, connection.prepare(kSql));
  StatementUse use(select);
  while (true) {
    ASSIGN_OR_RETURN(const bool more, use->step());
    if (!more) return spaces;
    ASSIGN_OR_RETURN(Space space, read_space(*use));
    spaces.push_back(std::move(space));
  }
}

Result<Space> find_space(Connection& connection, std::string_view name) {
  static const std::string kSql = std::string(kSpaceColumns) + "WHERE name = ?";
  ASSIGN_OR_RETURN(Statement select, connection.prepare(kSql));
  StatementUse use(select.bind_text(1, name));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (found) return read_space(*use);
  return not_found("space \"" + std::string(name) + "\" does not exist");
}

Result<int64_t> define_space(Connection& connection, const SpaceSpec& spec) {
  ASSIGN_OR_RETURN(const auto spaces, read_spaces(connection));
  for (const Space& known : spaces) {
    if (known.spec.name != spec.name) continue;
    if (known.spec == spec) return known.number;
    return Status(Code::kExists, "space \"" + spec.name + "\" exists, with dimension " +
                                     std::to_string(known.spec.dimension) + ", metric " +
                                     std::string(metric_name(known.spec.metric)) + " and storage " +
                                     std::string(vector_encoding_name(known.spec.encoding)));
  }
  if (spaces.size() >= kMaxSpaces) {
    return Status(Code::kLimit, "space \"" + spec.name + "\": the store has " +
                                    std::to_string(kMaxSpaces) +
                                    " spaces already; drop one that is not needed");
  }
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT INTO spaces(name, dimension, metric, encoding, "
                                      "embedder, derived_sequence) VALUES(?, ?, ?, ?, ?, 0)"));
  insert.bind_text(1, spec.name).bind(2, spec.dimension);
  insert.bind(3, static_cast<int64_t>(spec.metric)).bind(4, static_cast<int64_t>(spec.encoding));
  RETURN_IF_ERROR(insert.bind_text(5, spec.embedder).run());
  return static_cast<int64_t>(sqlite3_last_insert_rowid(connection.handle()));
}

Status undefine_space(Connection& connection, std::string_view name) {
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE spaces SET name = NULL WHERE name = ?"));
  RETURN_IF_ERROR(update.bind_text(1, name).run());
  if (sqlite3_changes(connection.handle()) > 0) return {};
  return not_found("space \"" + std::string(name) + "\" does not exist");
}

Result<int64_t> dropped_space(Connection& connection) {
  return connection.query_integer("SELECT ifnull(min(space), 0) FROM spaces WHERE name IS NULL");
}

Status clear_space(Connection& connection, int64_t number, int64_t* out_cleared) {
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("DELETE FROM vectors WHERE key IN (SELECT key FROM vectors "
                                      "WHERE key >= ? AND key < ? ORDER BY key LIMIT ?)"));
  erase.bind(1, vector_key(number, 0)).bind(2, vector_key(number + 1, 0));
  RETURN_IF_ERROR(erase.bind(3, kClearVectors).run());
  *out_cleared = sqlite3_changes(connection.handle());
  if (*out_cleared == kClearVectors) return {};
  ASSIGN_OR_RETURN(Statement forget,
                   connection.prepare("DELETE FROM spaces WHERE space = ? AND name IS NULL"));
  return forget.bind(1, number).run();
}

Status set_derived_sequence(Connection& connection, int64_t space, int64_t sequence) {
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE spaces SET derived_sequence = ? WHERE space = ?"));
  return update.bind(1, sequence).bind(2, space).run();
}

std::string encode_vector(std::span<const float> vector, VectorEncoding encoding) {
  std::string data;
  if (encoding == VectorEncoding::kFloat32) {
    data.assign(reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float));
    return data;
  }
  float largest = 0;
  for (const float component : vector) largest = std::max(largest, std::fabs(component));
  const float scale = largest / kMostInt8;
  data.resize(sizeof scale + vector.size());
  std::memcpy(data.data(), &scale, sizeof scale);
  for (size_t i = 0; i < vector.size(); ++i) {
    const float ratio = scale > 0 ? vector[i] / scale : 0;
    const auto level = static_cast<int8_t>(std::lrint(std::clamp(ratio, -kMostInt8, kMostInt8)));
    data[sizeof scale + i] = static_cast<char>(level);
  }
  return data;
}

Status decode_vector(std::string_view data, const SpaceSpec& space, float* out) {
  const auto dimension = static_cast<size_t>(space.dimension);
  const bool whole = space.encoding == VectorEncoding::kFloat32;
  const size_t size = whole ? dimension * sizeof(float) : sizeof(float) + dimension;
  if (data.size() != size && decode_coarse_vector(data, space, out)) return {};
  if (data.size() != size) {
    return {Code::kCorrupt, "store: a vector of space \"" + space.name + "\" is damaged"};
  }
  if (whole) {
    std::memcpy(out, data.data(), size);
    return {};
  }
  float scale = 0;
  std::memcpy(&scale, data.data(), sizeof scale);
  for (size_t i = 0; i < dimension; ++i) {
    out[i] = scale * static_cast<float>(static_cast<int8_t>(data[sizeof scale + i]));
  }
  return {};
}

Status write_vector(Connection& connection, int64_t space, int64_t row, int64_t scope,
                    std::string_view data) {
  const VectorRow one = {row, scope, data};
  return write_vectors(connection, space, {&one, 1}, Existing::kLikely);
}

Status write_vectors(Connection& connection, int64_t space, std::span<const VectorRow> rows,
                     Existing existing) {
  const VectorRows source(space, rows);
  RETURN_IF_ERROR(insert_rows(connection, "vectors", 3, source, existing));
  return insert_rows(connection, "vector_changes(key, scope)", 2, source);
}

Status rewrite_vectors(Connection& connection, int64_t space, std::span<const VectorRow> rows) {
  return insert_rows(connection, "vectors", 3, VectorRows(space, rows), Existing::kLikely);
}

Status erase_vector(Connection& connection, int64_t space, int64_t row, int64_t scope) {
  ASSIGN_OR_RETURN(Statement erase, connection.prepare("DELETE FROM vectors WHERE key = ?"));
  const int64_t key = vector_key(space, row);
  RETURN_IF_ERROR(erase.bind(1, key).run());
  if (sqlite3_changes(connection.handle()) == 0) return {};
  return log_vector_change(connection, key, scope);
}

Result<bool> write_derived_vector(Connection& connection, const Space& space, int64_t row,
                                  int64_t sequence, std::span<const float> vector) {
  int64_t scope = 0;
  {
    ASSIGN_OR_RETURN(Statement select,
                     connection.prepare("SELECT scope FROM items WHERE row = ? AND sequence = ?"));
    StatementUse use(select.bind(1, row).bind(2, sequence));
    ASSIGN_OR_RETURN(const bool found, use->step());
    if (!found) return false;
    scope = use->integer(0);
  }
  const std::string data = encode_vector(vector, space.spec.encoding);
  RETURN_IF_ERROR(write_vector(connection, space.number, row, scope, data));
  return true;
}

Result<std::optional<std::string>> read_vector(Connection& connection, int64_t space, int64_t row) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT data FROM vectors WHERE key = ?"));
  StatementUse use(select.bind(1, vector_key(space, row)));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return std::optional<std::string>();
  return std::optional(std::string(use->bytes(0)));
}

Result<int64_t> count_vectors(Connection& connection, int64_t space) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT count(*) FROM vectors WHERE key >= ? AND key < ?"));
  StatementUse use(select.bind(1, vector_key(space, 0)).bind(2, vector_key(space + 1, 0)));
  RETURN_IF_ERROR(use->step().take_status());
  return use->integer(0);
}

Result<VectorPosition> read_vector_position(Connection& connection) {
  VectorPosition position;
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT (SELECT min(number) FROM vector_changes), "
                                      "(SELECT max(number) FROM vector_changes)"));
  StatementUse use(select);
  RETURN_IF_ERROR(use->step().take_status());
  position.oldest = use->integer(0);
  position.newest = use->integer(1);
  return position;
}

Status trim_vector_changes(Connection& connection, int64_t kept) {
  ASSIGN_OR_RETURN(Statement trim,
                   connection.prepare("DELETE FROM vector_changes WHERE number <= "
                                      "(SELECT max(number) FROM vector_changes) - ?"));
  return trim.bind(1, kept).run();
}

}  // namespace memtier
