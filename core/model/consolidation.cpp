#include "model/consolidation.h"

#include "base/clock.h"
#include "model/filter.h"
#include "model/limits.h"

namespace memtier {
namespace {

constexpr double kMostScore = 2;  // the highest that a retention score can be is 1.6
constexpr int64_t kMostInABatch = 1'000;
constexpr int64_t kMostAtOnce = 1'000'000;
constexpr int64_t kMostRetries = 10;
constexpr int64_t kMostSeconds = 366 * int64_t{86'400};

Status read_request(const Json& document, const char* what, ConsolidationRequest* out) {
  RETURN_IF_ERROR(read_text(document, "from", what, &out->from));
  if (const auto filter = document.find("filter"); filter != document.end()) {
    auto checked = Filter::from_condition(*filter, {});
    if (!checked.ok()) return invalid(std::string(what) + ": " + checked.take_status().message());
    out->filter = *filter;
  }
  RETURN_IF_ERROR(read_double(document, "min_score", what, 0, kMostScore, &out->min_score));
  RETURN_IF_ERROR(read_double(document, "min_fill", what, 0, 1, &out->min_fill));
  RETURN_IF_ERROR(read_int(document, "batch_size", what, 1, kMostInABatch, &out->batch_size));
  RETURN_IF_ERROR(read_int(document, "max_items", what, 1, kMostAtOnce, &out->max_items));
  RETURN_IF_ERROR(read_int(document, "retries", what, 0, kMostRetries, &out->retries));
  return read_int(document, "compress_above_bytes", what, 0, kMaxContentBytes,
                  &out->compress_above_bytes);
}

}  // namespace

Result<ConsolidationRequest> ConsolidationRequest::parse(std::string_view text) {
  constexpr const char* kWhat = "request";
  ASSIGN_OR_RETURN(const Json document, parse_document(text, kWhat));
  RETURN_IF_ERROR(refuse_unknown_keys(document,
                                      {"from", "filter", "min_score", "min_fill", "batch_size",
                                       "max_items", "retries", "compress_above_bytes", "dry_run"},
                                      kWhat));
  ConsolidationRequest request;
  RETURN_IF_ERROR(read_request(document, kWhat, &request));
  RETURN_IF_ERROR(read_bool(document, "dry_run", kWhat, &request.dry_run));
  return request;
}

Result<ConsolidationRequest> ConsolidationRequest::parse_option(std::string_view text) {
  constexpr const char* kWhat = "text of CONSOLIDATION";
  ASSIGN_OR_RETURN(const Json document, parse_document(text, kWhat));
  RETURN_IF_ERROR(
      refuse_unknown_keys(document,
                          {"from", "filter", "min_score", "min_fill", "batch_size", "max_items",
                           "retries", "compress_above_bytes", "every_seconds"},
                          kWhat));
  ConsolidationRequest request;
  RETURN_IF_ERROR(read_request(document, kWhat, &request));
  int64_t seconds = 0;
  RETURN_IF_ERROR(read_int(document, "every_seconds", kWhat, 0, kMostSeconds, &seconds));
  request.every_us = seconds * kSecondUs;
  return request;
}

}  // namespace memtier
