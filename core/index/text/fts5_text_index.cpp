#include "index/text/fts5_text_index.h"

#include "index/text/fts5_snippet.h"
#include "storage/sqlite/filter_sql.h"
#include "storage/sqlite/item_reads.h"

namespace memtier {
namespace {

void append_expression(const TextQuery& query, std::string* out);

// a NOT b NOT c is a NOT (b OR c): FTS5's parser takes only so many parentheses.
void append_not(const TextQuery& query, std::string* out) {
  std::vector<const TextQuery*> unwanted;
  const TextQuery* wanted = &query;
  while (wanted->kind == TextQuery::Kind::kNot) {
    unwanted.push_back(&wanted->children[1]);
    wanted = &wanted->children[0];
  }
  *out += '(';
  append_expression(*wanted, out);
  *out += " NOT (";
  for (size_t i = 0; i < unwanted.size(); ++i) {
    if (i > 0) *out += " OR ";
    append_expression(*unwanted[i], out);
  }
  *out += "))";
}

// The query in FTS5's language; every word is quoted, so that none is taken for an operator.
void append_expression(const TextQuery& query, std::string* out) {
  const auto quoted = [out](const std::vector<std::string>& words) {
    *out += '"';
    for (size_t i = 0; i < words.size(); ++i) {
      if (i > 0) *out += ' ';
      *out += words[i];  // words have no quotes in them
    }
    *out += '"';
  };
  switch (query.kind) {
    case TextQuery::Kind::kWord:
    case TextQuery::Kind::kPhrase:
      quoted(query.words);
      return;
    case TextQuery::Kind::kPrefix:
      quoted(query.words);
      *out += '*';
      return;
    default:
      break;
  }
  if (query.kind == TextQuery::Kind::kNot) return append_not(query, out);
  const char* op = query.kind == TextQuery::Kind::kAnd ? " AND " : " OR ";
  *out += '(';
  for (size_t i = 0; i < query.children.size(); ++i) {
    if (i > 0) *out += op;
    append_expression(query.children[i], out);
  }
  *out += ')';
}

bool same_text(const SearchableText& a, const SearchableText& b) {
  return a.content == b.content && a.title == b.title && a.speaker == b.speaker;
}

bool is_blank(const SearchableText& text) {
  return text.content.empty() && text.title.empty() && text.speaker.empty();
}

}  // namespace

Status Fts5TextIndex::fold(Connection& connection, std::span<const RowChange> changes) {
  ASSIGN_OR_RETURN(Statement insert,
                   connection.prepare("INSERT INTO words(rowid, content, title, speaker) "
                                      "VALUES(?, ?, ?, ?)"));
  ASSIGN_OR_RETURN(Statement erase,
                   connection.prepare("INSERT INTO words(words, rowid, content, title, speaker) "
                                      "VALUES('delete', ?, ?, ?, ?)"));
  const auto run = [](Statement& statement, int64_t row, const SearchableText& text) -> Status {
    if (is_blank(text)) return {};
    statement.bind(1, row).bind_text(2, text.content).bind_text(3, text.title);
    return statement.bind_text(4, text.speaker).run();
  };
  for (const RowChange& change : changes) {
    SearchableText before;
    SearchableText after;
    if (change.before != nullptr) before = searchable_text(*change.before);
    if (change.after != nullptr) after = searchable_text(*change.after);
    if (same_text(before, after)) continue;
    RETURN_IF_ERROR(run(erase, change.row, before));
    RETURN_IF_ERROR(run(insert, change.row, after));
  }
  return {};
}

Result<std::vector<TextHit>> Fts5TextIndex::search(const TextQuery& query,
                                                   const FieldWeights& weights,
                                                   const ReadScope& read, const FilterRef& filter,
                                                   int64_t skip, int64_t limit,
                                                   const StopCheck& stop) {
  std::vector<TextHit> hits;
  if (query.is_empty()) return hits;
  RETURN_IF_ERROR(storage_.drain());
  ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
  const ReadTransaction transaction(*connection);
  ASSIGN_OR_RETURN(const ScopeCondition scope, scope_condition(*connection, *read.scope));
  if (scope.nothing) return hits;
  SqlText sql;
  sql.add("SELECT i.row, -bm25(words, ").value(weights.content).add(", ").value(weights.title);
  sql.add(", ").value(weights.speaker);
  sql.add(") AS score FROM words CROSS JOIN items i ON i.row = words.rowid WHERE words MATCH ");
  std::string expression;
  append_expression(query, &expression);
  sql.value(std::string_view(expression)).add(" AND ");
  append_scope(scope, &sql);
  sql.add(" AND ");
  append_alive(read.now_us, &sql);
  sql.add(" AND ");
  append_filter(*filter, storage_.tier_names(), &sql);
  sql.add(" ORDER BY score DESC, i.created_us DESC, i.row DESC LIMIT ").value(limit);
  sql.add(" OFFSET ").value(skip);
  ASSIGN_OR_RETURN(Statement select, connection->prepare(sql.sql()));
  StatementUse use(select);
  sql.bind_to(select);
  const StopWatch watch(*connection, stop);
  while (true) {
    auto more = select.step();
    if (!more.ok()) return watch.explain(more.take_status());
    if (!*more) return hits;
    hits.push_back({select.integer(0), select.real(1)});
  }
}

Result<std::string> Fts5TextIndex::snippet(const TextQuery& query, std::string_view content,
                                           size_t size) {
  ASSIGN_OR_RETURN(ReaderPool::Loan connection, storage_.readers().borrow());
  return fts5_snippet(*connection, query, content, size);
}

std::string Fts5TextIndex::describe(const TextQuery& query) {
  std::string expression;
  append_expression(query, &expression);
  return expression;
}

}  // namespace memtier
