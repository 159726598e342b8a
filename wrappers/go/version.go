package memtier

import (
	"encoding/json"
	"fmt"

	"memtier.dev/memtier/internal/native"
)

// The version of memtier.h that this package was made from.
const (
	VersionMajor = native.MEMTIER_VERSION_MAJOR
	VersionMinor = native.MEMTIER_VERSION_MINOR
	VersionPatch = native.MEMTIER_VERSION_PATCH
)

// Limits of what can be stored.
const (
	MaxIDBytes       = native.MEMTIER_MAX_ID_BYTES
	MaxNameBytes     = native.MEMTIER_MAX_NAME_BYTES // type, content type, tag, each name of a Scope
	MaxTags          = native.MEMTIER_MAX_TAGS
	MaxMetadataBytes = native.MEMTIER_MAX_METADATA_BYTES
	MaxContentBytes  = native.MEMTIER_MAX_CONTENT_BYTES
	MaxBatch         = native.MEMTIER_MAX_BATCH      // items in one call
	MaxQueries       = native.MEMTIER_MAX_QUERIES    // queries in one call
	MaxIndexes       = native.MEMTIER_MAX_INDEXES    // of each kind
	MaxPolicies      = native.MEMTIER_MAX_POLICIES   // of each kind, and archive rules
	MaxPathBytes     = native.MEMTIER_MAX_PATH_BYTES // of a path that has an index
	MaxKeys          = native.MEMTIER_MAX_KEYS       // of an item, from a KeyFunc
	MaxKeyBytes      = native.MEMTIER_MAX_KEY_BYTES
	MaxTiers         = native.MEMTIER_MAX_TIERS
	MaxSpaces        = native.MEMTIER_MAX_SPACES
	MaxFeedback      = native.MEMTIER_MAX_FEEDBACK  // items in one AddFeedback
	MinDimension     = native.MEMTIER_MIN_DIMENSION // of the vectors of a space
	MaxDimension     = native.MEMTIER_MAX_DIMENSION
)

// A Version of the library.
type Version struct{ Major, Minor, Patch int }

// String is the version as in "1.0.0".
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// LibraryVersion is the version of the library that the program runs with.
func LibraryVersion() Version {
	return Version{
		int(native.VersionMajor()), int(native.VersionMinor()), int(native.VersionPatch()),
	}
}

// LibraryDetails is what was built into the library, as a JSON object: version, the versions of
// SQLite, zlib and others, compiler, file format.
func LibraryDetails() json.RawMessage { return json.RawMessage(native.VersionDetails()) }
