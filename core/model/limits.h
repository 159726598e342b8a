// The limits of memtier.h; a test compares them with the header.
#pragma once

#include <cstddef>

namespace memtier {

inline constexpr size_t kMaxIdBytes = 1024;
inline constexpr size_t kMaxNameBytes = 256;
inline constexpr size_t kMaxTags = 256;
inline constexpr size_t kMaxMetadataBytes = 1 << 20;
inline constexpr size_t kMaxContentBytes = 64 << 20;
inline constexpr size_t kMaxBatch = 100'000;
inline constexpr size_t kMaxTiers = 16;
inline constexpr size_t kMaxTierNameBytes = 63;
inline constexpr size_t kMaxDocumentBytes = 1 << 20;  // filter, list, query, ladder
inline constexpr size_t kMaxFilterDepth = 64;
inline constexpr size_t kMaxFilterConditions = 1000;
inline constexpr size_t kMaxIndexes = 64;
inline constexpr size_t kMaxKeys = 64;  // that a callback extracts from an item
inline constexpr size_t kMaxKeyBytes = 1024;
inline constexpr size_t kMaxPathBytes = 1024;         // of an index, into the metadata
inline constexpr size_t kMaxDescriptionBytes = 4096;  // of a collection
inline constexpr size_t kMaxSpaces = 64;
inline constexpr int kMinDimension = 2;
inline constexpr int kMaxDimension = 4096;
inline constexpr size_t kMaxPolicies = 256;  // and as many archive rules
inline constexpr size_t kMaxHits = 10'000;

}  // namespace memtier
