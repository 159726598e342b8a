#include "crash/faulty_vfs.h"

#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace memtier::testing {
namespace {

std::atomic<bool> armed{false};
std::atomic<bool> failed{false};
std::atomic<bool> for_good{false};
std::atomic<Fault> kind{Fault::kFull};
std::atomic<int64_t> countdown{0};

sqlite3_vfs* real_vfs = nullptr;

struct File {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* of(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return of(file)->real();
}

const sqlite3_io_methods* methods(sqlite3_file* file) {
  return real(file)->pMethods;
}

bool fails_now(bool is_sync) {
  if (!armed || is_sync != (kind == Fault::kSyncError)) return false;
  const int64_t left = countdown.fetch_sub(1);
  if (left > 1 || (left < 1 && !for_good)) return false;
  failed = true;
  return true;
}

int close_file(sqlite3_file* file) {
  return methods(file)->xClose(real(file));
}

int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
  return methods(file)->xRead(real(file), out, size, at);
}

int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  if (fails_now(false)) {
    if (kind == Fault::kTornWrite) {
      (void)methods(file)->xWrite(real(file), data, size / 2, at);
      _exit(9);
    }
    if (kind == Fault::kFull) return SQLITE_FULL;
    errno = kind == Fault::kQuota ? EDQUOT : EIO;
    return SQLITE_IOERR_WRITE;
  }
  return methods(file)->xWrite(real(file), data, size, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return methods(file)->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  if (fails_now(true)) {
    errno = EIO;
    return SQLITE_IOERR_FSYNC;
  }
  return methods(file)->xSync(real(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return methods(file)->xFileSize(real(file), size);
}

int lock_file(sqlite3_file* file, int level) {
  return methods(file)->xLock(real(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
  return methods(file)->xUnlock(real(file), level);
}

int check_lock(sqlite3_file* file, int* out) {
  return methods(file)->xCheckReservedLock(real(file), out);
}

int control(sqlite3_file* file, int what, void* argument) {
  if (what == SQLITE_FCNTL_LAST_ERRNO && failed) {
    *static_cast<int*>(argument) = kind == Fault::kQuota ? EDQUOT : EIO;
    return SQLITE_OK;
  }
  return methods(file)->xFileControl(real(file), what, argument);
}

int sector_size(sqlite3_file* file) {
  return methods(file)->xSectorSize(real(file));
}

int characteristics(sqlite3_file* file) {
  return methods(file)->xDeviceCharacteristics(real(file));
}

int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return methods(file)->xShmMap(real(file), page, size, extend, out);
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return methods(file)->xShmLock(real(file), offset, count, flags);
}

void shm_barrier(sqlite3_file* file) {
  methods(file)->xShmBarrier(real(file));
}

int shm_unmap(sqlite3_file* file, int remove) {
  return methods(file)->xShmUnmap(real(file), remove);
}

int fetch(sqlite3_file* file, sqlite3_int64 at, int size, void** out) {
  return methods(file)->xFetch(real(file), at, size, out);
}

int unfetch(sqlite3_file* file, sqlite3_int64 at, void* page) {
  return methods(file)->xUnfetch(real(file), at, page);
}

const sqlite3_io_methods kMethods = {
    3,         close_file,  read_file,  write_file, truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_lock, control,    sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,  fetch,      unfetch};

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  const int code = real_vfs->xOpen(real_vfs, name, real(file), flags, out_flags);
  if (real(file)->pMethods != nullptr) file->pMethods = &kMethods;
  return code;
}

}  // namespace

void install_faulty_disk() {
  static sqlite3_vfs vfs;
  if (real_vfs != nullptr) return;
  real_vfs = sqlite3_vfs_find(nullptr);
  vfs = *real_vfs;  // all but opening is the real one's; its functions get this one and do not mind
  vfs.zName = "faulty";
  vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
  vfs.pNext = nullptr;
  vfs.xOpen = open_file;
  sqlite3_vfs_register(&vfs, 1);
}

void fail_disk(Fault fault, int64_t number, bool lasting) {
  kind = fault;
  countdown = number;
  for_good = lasting;
  failed = false;
  armed = true;
}

bool mend_disk() {
  armed = false;
  return failed.exchange(false);
}

}  // namespace memtier::testing
