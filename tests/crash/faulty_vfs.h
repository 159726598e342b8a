// A disk that fails when it is told to: a layer over SQLite's own file system, through which all files of
// a store but the journal go. One for the process.
#pragma once

#include <cstdint>
#include <string>

namespace memtier::testing {

enum class Fault {
  kFull,        // a write finds no room
  kQuota,       // a write finds the quota used up, which SQLite has no word for
  kWriteError,  // a write fails
  kSyncError,   // a sync fails
  kTornWrite,   // half of a write arrives, and the process is gone (exit code 9)
};

// Makes the faulty file system SQLite's default. Once, before any store is opened.
void install_faulty_disk();
// From the `number`-th write (or sync) from now on, counted from 1, the disk fails; for good if
// `lasting`, else once.
void fail_disk(Fault fault, int64_t number, bool lasting);
// The disk is well again. Returns whether it has failed since fail_disk().
bool mend_disk();

}  // namespace memtier::testing
