#include "storage/sqlite/schema.h"

#include <array>
#include <span>

#include "storage/sqlite/archive_pieces.h"

namespace memtier {
namespace {

// Index tables are filled by hand, in sorted batches, by the folder (folder.h): three times as fast
// as indexes that SQLite maintains row by row (docs/benchmarks.md, "Folding").
constexpr const char* kSchemaV1 = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE fold(one INTEGER PRIMARY KEY CHECK(one = 1),
  position INTEGER NOT NULL, sequence INTEGER NOT NULL, next_row INTEGER NOT NULL);
INSERT INTO fold VALUES(1, 0, 0, 1);

CREATE TABLE scopes(scope INTEGER PRIMARY KEY, collection TEXT NOT NULL, app TEXT NOT NULL,
  user TEXT NOT NULL, agent TEXT NOT NULL, session TEXT NOT NULL,
  UNIQUE(collection, user, app, agent, session));
CREATE INDEX scopes_session ON scopes(session);
CREATE TABLE labels(label INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE items(row INTEGER PRIMARY KEY, scope INTEGER NOT NULL, tier INTEGER NOT NULL,
  importance REAL NOT NULL, priority INTEGER NOT NULL, pinned INTEGER NOT NULL,
  created_us INTEGER NOT NULL, updated_us INTEGER NOT NULL, accessed_us INTEGER NOT NULL,
  expires_us INTEGER, ttl_us INTEGER NOT NULL, access_count INTEGER NOT NULL,
  validation_count INTEGER NOT NULL, version INTEGER NOT NULL, sequence INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL, encoding INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
  content_type TEXT NOT NULL, tags TEXT NOT NULL, metadata TEXT NOT NULL, content BLOB NOT NULL);

CREATE TABLE ix_id(id_hash INTEGER, scope INTEGER, row INTEGER,
  PRIMARY KEY(id_hash, scope, row)) WITHOUT ROWID;
CREATE TABLE ix_scope(scope INTEGER, created_us INTEGER, row INTEGER,
  PRIMARY KEY(scope, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_created(created_us INTEGER, row INTEGER,
  PRIMARY KEY(created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_type(type INTEGER, created_us INTEGER, row INTEGER,
  PRIMARY KEY(type, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_tag(tag INTEGER, created_us INTEGER, row INTEGER,
  PRIMARY KEY(tag, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_tier(tier INTEGER, created_us INTEGER, row INTEGER,
  PRIMARY KEY(tier, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_importance(importance REAL, row INTEGER,
  PRIMARY KEY(importance, row)) WITHOUT ROWID;
CREATE TABLE ix_accessed(accessed_us INTEGER, row INTEGER,
  PRIMARY KEY(accessed_us, row)) WITHOUT ROWID;
CREATE TABLE ix_expires(expires_us INTEGER, row INTEGER,
  PRIMARY KEY(expires_us, row)) WITHOUT ROWID;

CREATE TABLE tier_totals(tier INTEGER PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL,
  importance_nano INTEGER NOT NULL, created_seconds INTEGER NOT NULL);
CREATE TABLE changes(sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL, row INTEGER NOT NULL,
  scope INTEGER NOT NULL, time_us INTEGER NOT NULL);
CREATE TABLE tombstones(sequence INTEGER PRIMARY KEY, scope INTEGER NOT NULL, id TEXT NOT NULL,
  version INTEGER NOT NULL, deleted_us INTEGER NOT NULL);
CREATE TABLE transitions(number INTEGER PRIMARY KEY, row INTEGER NOT NULL, scope INTEGER NOT NULL,
  id TEXT NOT NULL, from_tier INTEGER NOT NULL, to_tier INTEGER NOT NULL,
  reason INTEGER NOT NULL, time_us INTEGER NOT NULL);

CREATE TABLE spaces(space INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
CREATE TABLE vectors(space INTEGER, row INTEGER, version INTEGER NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY(space, row)) WITHOUT ROWID;
CREATE TABLE versions(row INTEGER, version INTEGER, time_us INTEGER NOT NULL,
  encoding INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(row, version)) WITHOUT ROWID;
CREATE TABLE grants(collection TEXT, agent TEXT, rights INTEGER NOT NULL, granted_us INTEGER NOT NULL,
  PRIMARY KEY(collection, agent)) WITHOUT ROWID;
)sql";

// The text index (index/text/text_state.h). It fills itself from the table of changes.
constexpr const char* kTextIndex = R"sql(
DROP TABLE IF EXISTS words;
CREATE TABLE text_state(one INTEGER PRIMARY KEY CHECK(one = 1), version INTEGER NOT NULL,
  indexed_sequence INTEGER NOT NULL, next_segment INTEGER NOT NULL);
INSERT INTO text_state VALUES(1, 1, 0, 1);
CREATE TABLE text_segments(segment INTEGER PRIMARY KEY, last_sequence INTEGER NOT NULL,
  header BLOB NOT NULL);
CREATE TABLE text_chunks(key INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE text_removed(removed_by INTEGER PRIMARY KEY, scope INTEGER NOT NULL,
  sequence INTEGER NOT NULL, length INTEGER NOT NULL, terms BLOB NOT NULL);
CREATE TABLE text_words(word TEXT PRIMARY KEY, term TEXT NOT NULL) WITHOUT ROWID;
)sql";

// Index tables whose entries tell what filters ask most often, so that these need no item's row. What
// moves often (tier, last access) stands in tables of its own. They are filled from the items.
constexpr const char* kCoveringTables = R"sql(
DROP TABLE ix_scope; DROP TABLE ix_created; DROP TABLE ix_type; DROP TABLE ix_tier;
DROP TABLE ix_importance; DROP TABLE ix_expires;
ALTER TABLE ix_tag RENAME TO old_tag;
CREATE TABLE ix_scope(scope INTEGER, created_us INTEGER, row INTEGER, type INTEGER NOT NULL,
  importance REAL NOT NULL, PRIMARY KEY(scope, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_created(created_us INTEGER, row INTEGER, type INTEGER NOT NULL,
  importance REAL NOT NULL, scope INTEGER NOT NULL, PRIMARY KEY(created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_type(type INTEGER, created_us INTEGER, row INTEGER, importance REAL NOT NULL,
  scope INTEGER NOT NULL, PRIMARY KEY(type, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_tag(tag INTEGER, type INTEGER, created_us INTEGER, row INTEGER,
  importance REAL NOT NULL, scope INTEGER NOT NULL,
  PRIMARY KEY(tag, type, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_tier(tier INTEGER, created_us INTEGER, row INTEGER, type INTEGER NOT NULL,
  importance REAL NOT NULL, scope INTEGER NOT NULL,
  PRIMARY KEY(tier, created_us, row)) WITHOUT ROWID;
CREATE TABLE ix_importance(importance REAL, row INTEGER, created_us INTEGER NOT NULL,
  type INTEGER NOT NULL, scope INTEGER NOT NULL, PRIMARY KEY(importance, row)) WITHOUT ROWID;
CREATE TABLE ix_expires(expires_us INTEGER, row INTEGER, pinned INTEGER NOT NULL,
  PRIMARY KEY(expires_us, row)) WITHOUT ROWID;
CREATE TEMP TABLE head AS SELECT i.row, i.scope, i.created_us, i.importance, i.tier,
  CASE WHEN i.type = '' THEN 0 ELSE
  ifnull((SELECT label FROM labels WHERE text = i.type), 0) END AS type
  FROM items i ORDER BY i.row;
CREATE UNIQUE INDEX temp.head_row ON head(row);
INSERT INTO ix_scope SELECT scope, created_us, row, type, importance FROM head ORDER BY 1, 2, 3;
INSERT INTO ix_created SELECT created_us, row, type, importance, scope FROM head ORDER BY 1, 2;
INSERT INTO ix_type SELECT type, created_us, row, importance, scope FROM head WHERE type <> 0
  ORDER BY 1, 2, 3;
INSERT INTO ix_tag SELECT t.tag, h.type, h.created_us, h.row, h.importance, h.scope FROM old_tag t
  JOIN head h ON h.row = t.row ORDER BY 1, 2, 3, 4;
INSERT INTO ix_tier SELECT tier, created_us, row, type, importance, scope FROM head
  ORDER BY 1, 2, 3;
INSERT INTO ix_importance SELECT importance, row, created_us, type, scope FROM head ORDER BY 1, 2;
INSERT INTO ix_expires SELECT expires_us, row, pinned FROM items WHERE expires_us IS NOT NULL
  ORDER BY 1, 2;
DROP TABLE head;
DROP TABLE old_tag;
)sql";

// Indexes of the caller's own (index_definitions.h, index_keys.h).
constexpr const char* kCustomIndexes = R"sql(
CREATE TABLE indexes(number INTEGER PRIMARY KEY, name TEXT UNIQUE, path TEXT NOT NULL,
  next_row INTEGER NOT NULL, last_row INTEGER NOT NULL, filled INTEGER NOT NULL, several INTEGER NOT NULL);
CREATE TABLE ix_custom(number INTEGER, key BLOB, created_us INTEGER, row INTEGER,
  type INTEGER NOT NULL, importance REAL NOT NULL, scope INTEGER NOT NULL,
  PRIMARY KEY(number, key, created_us, row)) WITHOUT ROWID;
)sql";

// Collections that were made by a call (sqlite_collections.cpp); others are only names of scopes.
constexpr const char* kCollections = R"sql(
CREATE TABLE collections(name TEXT PRIMARY KEY, description TEXT NOT NULL,
  created_us INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// Associations (link_tables.h): links by source and by target, concepts, and what changed last.
constexpr const char* kLinks = R"sql(
CREATE TABLE links(source INTEGER, kind INTEGER, target INTEGER, weight REAL NOT NULL,
  created_us INTEGER NOT NULL, updated_us INTEGER NOT NULL, source_scope INTEGER NOT NULL,
  target_scope INTEGER NOT NULL, PRIMARY KEY(source, kind, target)) WITHOUT ROWID;
CREATE TABLE links_in(target INTEGER, kind INTEGER, source INTEGER, weight REAL NOT NULL,
  created_us INTEGER NOT NULL, updated_us INTEGER NOT NULL, source_scope INTEGER NOT NULL,
  target_scope INTEGER NOT NULL, PRIMARY KEY(target, kind, source)) WITHOUT ROWID;
CREATE TABLE concepts(concept INTEGER PRIMARY KEY, scope INTEGER NOT NULL, name TEXT NOT NULL,
  description TEXT NOT NULL, created_us INTEGER NOT NULL, UNIQUE(name, scope));
CREATE TABLE link_changes(number INTEGER PRIMARY KEY, source INTEGER NOT NULL,
  target INTEGER NOT NULL);
)sql";

// Vector spaces and vectors (vector_tables.h). Version 1 had kept room for them, and never used it.
constexpr const char* kVectorTables = R"sql(
DROP TABLE spaces; DROP TABLE vectors;
CREATE TABLE spaces(space INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
  dimension INTEGER NOT NULL, metric INTEGER NOT NULL, encoding INTEGER NOT NULL,
  embedder TEXT NOT NULL, derived_sequence INTEGER NOT NULL);
CREATE TABLE vectors(key INTEGER PRIMARY KEY, scope INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE vector_changes(number INTEGER PRIMARY KEY, key INTEGER NOT NULL, scope INTEGER NOT NULL);
)sql";

// Documents of the store's own (storage.h, DocumentKind), with the policies and archive rules that every
// store begins with. The archive's blocks (archive_blocks.h).
constexpr const char* kLifecycle = R"sql(
CREATE TABLE documents(kind INTEGER, name TEXT, text TEXT NOT NULL,
  PRIMARY KEY(kind, name)) WITHOUT ROWID;
INSERT INTO documents VALUES
  (1, 'archive_old_low_importance', '{"name":"archive_old_low_importance","condition":'
   || '{"idle_days":{"$gt":30},"importance":{"$lt":0.3}},"action":"archive","priority":30}'),
  (1, 'delete_ancient_archives', '{"name":"delete_ancient_archives","condition":'
   || '{"archived":true,"age_days":{"$gt":365}},"action":"delete","priority":20}'),
  (1, 'refresh_important', '{"name":"refresh_important","condition":'
   || '{"importance":{"$gt":0.8},"idle_days":{"$gt":7}},"action":"refresh","priority":10}'),
  (2, 'old_low_importance', '{"name":"old_low_importance","kind":"time","condition":'
   || '{"age_days":{"$gt":90},"importance":{"$lt":0.3}},"level":9,"priority":8}'),
  (2, 'unaccessed_old', '{"name":"unaccessed_old","kind":"access","condition":'
   || '{"idle_days":{"$gt":30},"access_count":{"$lt":2}},"level":7,"priority":7}'),
  (2, 'large_low_access', '{"name":"large_low_access","kind":"size","condition":'
   || '{"size_bytes":{"$gt":10240},"accesses_per_day":{"$lt":0.1}},"level":8,"priority":6}');
CREATE TABLE archive_dictionaries(dictionary INTEGER PRIMARY KEY, bytes INTEGER NOT NULL,
  data BLOB NOT NULL);
CREATE TABLE archive_blocks(block INTEGER PRIMARY KEY AUTOINCREMENT, period INTEGER NOT NULL,
  items INTEGER NOT NULL, live INTEGER NOT NULL, original_bytes INTEGER NOT NULL,
  data BLOB NOT NULL);
CREATE INDEX archive_blocks_period ON archive_blocks(period);
CREATE INDEX items_unpacked ON items(created_us) WHERE encoding = 1;
)sql";

// Blocks in pieces (archive_pieces.h); between the two they are cut.
constexpr const char* kArchivePieces = R"sql(
CREATE TABLE archive_pieces(key INTEGER PRIMARY KEY, data BLOB NOT NULL);
ALTER TABLE archive_blocks ADD COLUMN packed_bytes INTEGER NOT NULL DEFAULT 0;
)sql";
constexpr const char* kBlocksWithoutData = R"sql(
ALTER TABLE archive_blocks DROP COLUMN data;
)sql";

constexpr const char* kVersion2[] = {kTextIndex, kCoveringTables};
constexpr const char* kVersion3[] = {kCustomIndexes};
constexpr const char* kVersion4[] = {kVectorTables, kLinks, kCollections, kLifecycle};
constexpr const char* kVersion5[] = {kArchivePieces, kBlocksWithoutData};

// Step n brings version n + 1 to n + 2. Version 1 searched words by FTS5, and its index tables told
// nothing but rows. Version 2 had no indexes of the caller's own, version 3 no vectors, no links, no
// list of collections, no policies and no blocks in the archive. Version 4 had each block in a row of its own.
constexpr std::array<std::span<const char* const>, 4> kMigrations = {kVersion2, kVersion3,
                                                                     kVersion4, kVersion5};
static_assert(kMigrations.size() == kSchemaVersion - 1);

constexpr const char* kForeign =
    "store: the file is not a store of memtier, but another program's database";

// One after the other, so that no more than one is in RAM.
Status cut_blocks(Connection& connection) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT block, data FROM archive_blocks WHERE block > ? "
                                      "ORDER BY block LIMIT 1"));
  ASSIGN_OR_RETURN(Statement update, connection.prepare("UPDATE archive_blocks SET packed_bytes = "
                                                        "? WHERE block = ?"));
  int64_t block = INT64_MIN;
  while (true) {
    std::string data;
    {
      StatementUse use(select.bind(1, block));
      ASSIGN_OR_RETURN(const bool found, use->step());
      if (!found) return {};
      block = use->integer(0);
      data = use->bytes(1);
    }
    RETURN_IF_ERROR(write_pieces(connection, block, data));
    RETURN_IF_ERROR(update.bind(1, static_cast<int64_t>(data.size())).bind(2, block).run());
  }
}

Status run_step(Connection& connection, std::span<const char* const> step) {
  for (const char* sql : step) {
    RETURN_IF_ERROR(connection.execute(sql));
    if (sql == kArchivePieces) RETURN_IF_ERROR(cut_blocks(connection));
  }
  return {};
}

Status set_meta(Connection& connection, std::string_view key, std::string_view value) {
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT OR REPLACE INTO meta VALUES(?, ?)"));
  return insert.bind_text(1, key).bind_blob(2, value).run();
}

Result<std::string> get_meta(Connection& connection, std::string_view key) {
  ASSIGN_OR_RETURN(Statement select, connection.prepare("SELECT value FROM meta WHERE key = ?"));
  StatementUse use(select.bind_text(1, key));
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found)
    return Status(Code::kCorrupt, "store: its table meta lacks \"" + std::string(key) + '"');
  return std::string(use->bytes(0));
}

Status create(Connection& connection, const StoreSettings& settings, const std::string& uuid) {
  RETURN_IF_ERROR(connection.execute(kSchemaV1));
  for (const auto& step : kMigrations) RETURN_IF_ERROR(run_step(connection, step));
  RETURN_IF_ERROR(set_meta(connection, "uuid", uuid));
  RETURN_IF_ERROR(set_meta(connection, "ladder", settings.ladder));
  RETURN_IF_ERROR(set_meta(connection, "ladder_json", settings.ladder_json));
  RETURN_IF_ERROR(set_meta(connection, "tokenizer", settings.tokenizer));
  RETURN_IF_ERROR(set_meta(connection, "journal_bytes", std::to_string(settings.journal_bytes)));
  const std::string pragmas = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                              "; PRAGMA user_version = " + std::to_string(kSchemaVersion);
  return connection.execute(pragmas.c_str());
}

Status migrate(Connection& connection, int64_t from) {
  for (int64_t version = from; version < kSchemaVersion; ++version) {
    RETURN_IF_ERROR(run_step(connection, kMigrations[static_cast<size_t>(version - 1)]));
  }
  if (from < 2) RETURN_IF_ERROR(set_meta(connection, "tokenizer", "english"));
  const std::string pragma = "PRAGMA user_version = " + std::to_string(kSchemaVersion);
  return connection.execute(pragma.c_str());
}

// Whose file it is, and of which time.
struct Look {
  int64_t version = 0;
  int64_t application = 0;
  int64_t tables = 0;
};

Result<Look> read_look(Connection& connection) {
  Look look;
  ASSIGN_OR_RETURN(look.tables, connection.query_integer("SELECT count(*) FROM sqlite_schema"));
  ASSIGN_OR_RETURN(look.version, connection.query_integer("PRAGMA user_version"));
  ASSIGN_OR_RETURN(look.application, connection.query_integer("PRAGMA application_id"));
  return look;
}

// All of one state: another process may be making the store just now.
Result<Look> look_at(Connection& connection) {
  const ReadTransaction one_state(connection);
  return read_look(connection);
}

}  // namespace

Status check_owner(Connection& connection, bool create) {
  ASSIGN_OR_RETURN(const Look look, look_at(connection));
  if (look.tables == 0) {
    return create ? Status() : not_found("there is no store in it, nothing at all (CREATE is 0)");
  }
  if (look.application != kApplicationId) return {Code::kCorrupt, kForeign};
  if (look.version >= 1) return {};
  return {Code::kCorrupt, "store: the number of its format is damaged"};
}

Result<StoreIdentity> prepare_schema(Connection& connection, const StoreSettings& settings,
                                     const std::string& new_uuid) {
  ASSIGN_OR_RETURN(Look look, look_at(connection));
  if (look.tables == 0 || (look.application == kApplicationId && look.version < kSchemaVersion)) {
    Transaction transaction(connection);
    RETURN_IF_ERROR(transaction.begin());
    // Under the write lock somebody else may just have done it.
    ASSIGN_OR_RETURN(look, read_look(connection));
    if (look.tables == 0) {
      RETURN_IF_ERROR(create(connection, settings, new_uuid));
    } else if (look.application == kApplicationId && look.version < kSchemaVersion) {
      RETURN_IF_ERROR(migrate(connection, look.version));
    }
    RETURN_IF_ERROR(transaction.commit());
    ASSIGN_OR_RETURN(look, look_at(connection));
  }
  if (look.application != kApplicationId) {
    return Status(Code::kCorrupt, kForeign);
  }
  if (look.version > kSchemaVersion) {
    return Status(Code::kNewerFormat, "store: the file has format " + std::to_string(look.version) +
                                          ", this library reads up to " +
                                          std::to_string(kSchemaVersion) + "; update memtier");
  }
  StoreIdentity identity;
  ASSIGN_OR_RETURN(identity.uuid, get_meta(connection, "uuid"));
  ASSIGN_OR_RETURN(identity.ladder, get_meta(connection, "ladder"));
  ASSIGN_OR_RETURN(identity.ladder_json, get_meta(connection, "ladder_json"));
  ASSIGN_OR_RETURN(identity.tokenizer, get_meta(connection, "tokenizer"));
  ASSIGN_OR_RETURN(const std::string journal_bytes, get_meta(connection, "journal_bytes"));
  constexpr int64_t kLeastJournal = int64_t{4} << 10;
  constexpr int64_t kMostJournal = int64_t{4} << 30;
  identity.journal_bytes = std::atoll(journal_bytes.c_str());
  if (identity.journal_bytes < kLeastJournal || identity.journal_bytes > kMostJournal ||
      identity.journal_bytes % 4096 != 0) {
    return Status(Code::kCorrupt, "store: journal_bytes in its table meta is damaged");
  }
  return identity;
}

Result<StoreSettings> read_ladder(Connection& connection) {
  StoreSettings settings;
  ASSIGN_OR_RETURN(settings.ladder, get_meta(connection, "ladder"));
  ASSIGN_OR_RETURN(settings.ladder_json, get_meta(connection, "ladder_json"));
  return settings;
}

Status write_ladder(Connection& connection, const StoreSettings& settings) {
  RETURN_IF_ERROR(set_meta(connection, "ladder", settings.ladder));
  return set_meta(connection, "ladder_json", settings.ladder_json);
}

Result<FoldState> read_fold_state(Connection& connection) {
  ASSIGN_OR_RETURN(Statement select,
                   connection.prepare("SELECT position, sequence, next_row FROM fold"));
  StatementUse use(select);
  ASSIGN_OR_RETURN(const bool found, use->step());
  if (!found) return Status(Code::kCorrupt, "store: its table fold is empty");
  if (use->integer(0) < 0 || use->integer(1) < 0 || use->integer(2) < 1) {
    return Status(Code::kCorrupt, "store: its table fold is damaged");
  }
  return FoldState{static_cast<uint64_t>(use->integer(0)), use->integer(1), use->integer(2)};
}

Status write_fold_state(Connection& connection, const FoldState& state) {
  ASSIGN_OR_RETURN(Statement update,
                   connection.prepare("UPDATE fold SET position = ?, sequence = ?, next_row = ?"));
  update.bind(1, static_cast<int64_t>(state.position)).bind(2, state.sequence);
  return update.bind(3, state.next_row).run();
}

}  // namespace memtier
