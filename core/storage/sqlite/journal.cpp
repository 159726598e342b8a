#include "storage/sqlite/journal.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/patience.h"
#include "storage/sqlite/journal_format.h"

namespace memtier {
namespace {

constexpr char kMagic[8] = {'m', 'e', 'm', 't', 'j', 'r', 'n', 'l'};
constexpr uint32_t kFormat = 1;
constexpr uint64_t kHeaderBytes = 4096;
constexpr size_t kPrepareBytes = 256 << 10;

// Bytes of the file that stand for locks.
constexpr off_t kPresenceByte = 0;  // shared by everybody who has it open
constexpr off_t kAppendByte = 1;    // exclusive while appending

// One try at a lock of an open file description. 0, or an errno; EAGAIN: somebody else has it.
int try_lock(int file, int16_t type, off_t byte) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  if (fcntl(file, F_OFD_SETLK, &lock) == 0) return 0;
  return errno == EACCES ? EAGAIN : errno;
}

// Tries until the deadline: at once, then politely. Contention is short (a frame takes 2 us), so a
// few tries without sleeping are worth it.
Status lock_until(int file, int16_t type, off_t byte, int64_t timeout_us, const char* what) {
  int64_t deadline_us = 0;
  for (int attempt = 0;; ++attempt) {
    const int error = try_lock(file, type, byte);
    if (error == 0) return {};
    if (error != EAGAIN && error != EINTR) return io_error(error, std::string("lock ") + what);
    if (attempt == 0) deadline_us = monotonic_us() + Patience::left_us(timeout_us);
    if (monotonic_us() >= deadline_us) {
      return {Code::kBusy, std::string(what) + ": another process held it for " +
                               std::to_string(timeout_us / 1000) + " ms; try again"};
    }
    if (attempt < 20) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(attempt < 200 ? 50 : 1000));
    }
  }
}

Status write_fully(int file, const char* data, size_t size, off_t at) {
  while (size > 0) {
    const ssize_t count = pwrite(file, data, size, at);
    if (count < 0) {
      if (errno == EINTR) continue;
      return io_error(errno, "write to the journal");
    }
    data += count;
    size -= static_cast<size_t>(count);
    at += count;
  }
  return {};
}

Status read_fully(int file, char* out, size_t size, off_t at) {
  while (size > 0) {
    const ssize_t count = pread(file, out, size, at);
    if (count < 0) {
      if (errno == EINTR) continue;
      return io_error(errno, "read the journal");
    }
    if (count == 0) return {Code::kCorrupt, "journal: shorter than it says"};
    out += count;
    size -= static_cast<size_t>(count);
    at += count;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(
    const std::string& path, const StoreIdentity& identity, int64_t busy_timeout_ms,
    const std::function<Result<FoldState>()>& read_fold_state) {
  const int64_t deadline_us = monotonic_us() + Patience::left_us(busy_timeout_ms * 1000);
  while (true) {
    auto journal = std::unique_ptr<Journal>(new Journal());
    journal->busy_timeout_us_ = busy_timeout_ms * 1000;
    RETURN_IF_ERROR(journal->open_file(path));
    RETURN_IF_ERROR(journal->attach(identity, busy_timeout_ms, read_fold_state));
    // Whoever closed last may have removed the file between our open and our lock.
    ASSIGN_OR_RETURN(const bool current, journal->is_current_file());
    if (current) return journal;
    if (monotonic_us() > deadline_us)
      return Status(Code::kBusy, "journal: removed again and again");
  }
}

Status Journal::open_file(const std::string& path) {
  if (path.empty()) {
    file_ = memfd_create("memtier-journal", MFD_CLOEXEC);
    return file_ < 0 ? io_error(errno, "make a journal in memory") : Status();
  }
  path_ = path + "-log";
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  return file_ < 0 ? io_error(errno, "open " + path_) : Status();
}

Result<bool> Journal::is_current_file() const {
  if (path_.empty()) return true;
  struct stat ours {};
  struct stat named {};
  if (fstat(file_, &ours) != 0) return io_error(errno, "look at " + path_);
  if (stat(path_.c_str(), &named) != 0) {
    return errno == ENOENT ? Result<bool>(false) : io_error(errno, "look at " + path_);
  }
  return ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

Status Journal::attach(const StoreIdentity& identity, int64_t busy_timeout_ms,
                       const std::function<Result<FoldState>()>& read_fold_state) {
  const int64_t deadline_us = monotonic_us() + Patience::left_us(busy_timeout_ms * 1000);
  while (true) {
    const int alone = try_lock(file_, F_WRLCK, kPresenceByte);
    if (alone == 0) {
      // Nobody else has it open, and nobody can open it before we are done.
      ASSIGN_OR_RETURN(const bool current, is_current_file());
      if (!current) return {};
      ASSIGN_OR_RETURN(const FoldState state, read_fold_state());
      struct stat info {};
      if (fstat(file_, &info) != 0) return io_error(errno, "look at " + path_);
      RETURN_IF_ERROR(info.st_size == 0 ? initialise(identity, state) : recover(identity, state));
      const int shared = try_lock(file_, F_RDLCK, kPresenceByte);
      return shared == 0 ? Status() : io_error(shared, "lock " + path_);
    }
    if (alone != EAGAIN && alone != EINTR) return io_error(alone, "lock " + path_);
    if (try_lock(file_, F_RDLCK, kPresenceByte) == 0) {
      struct stat info {};
      if (fstat(file_, &info) != 0) return io_error(errno, "look at " + path_);
      if (info.st_size > 0) {
        RETURN_IF_ERROR(map());
        if (std::memcmp(header_->uuid, identity.uuid.data(), sizeof header_->uuid) != 0) {
          return {Code::kCorrupt, "journal: " + path_ + " belongs to another store"};
        }
        return {};
      }
      (void)try_lock(file_, F_UNLCK, kPresenceByte);
    }
    if (monotonic_us() > deadline_us) {
      return {Code::kBusy, "journal: " + path_ + " is being set up by another process; try again"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Status Journal::map() {
  void* memory = mmap(nullptr, kHeaderBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  if (memory == MAP_FAILED) return io_error(errno, "map the journal");
  header_ = static_cast<Header*>(memory);
  capacity_ = header_->capacity;
  struct stat info {};
  if (fstat(file_, &info) != 0) return io_error(errno, "look at the journal");
  const bool known = std::memcmp(header_->magic, kMagic, sizeof kMagic) == 0;
  if (known && header_->format > kFormat) {
    return {Code::kNewerFormat, "journal: written by a newer memtier; update memtier"};
  }
  if (!known || header_->header_bytes != kHeaderBytes || capacity_ == 0 ||
      static_cast<uint64_t>(info.st_size) != kHeaderBytes + capacity_) {
    return {Code::kCorrupt, "journal: " + path_ + " is damaged or not a journal; move it away to " +
                                "open the store without what stands only in it"};
  }
  return {};
}

// The header goes in last and is synced, so that a file that is not empty has a good one.
Status Journal::initialise(const StoreIdentity& identity, const FoldState& state) {
  const auto capacity = static_cast<uint64_t>(identity.journal_bytes);
  // Room is taken now, so that a full disk is noticed here and not by a write later.
  const int error = posix_fallocate(file_, 0, static_cast<off_t>(kHeaderBytes + capacity));
  if (error != 0) {
    (void)!ftruncate(file_, 0);
    return io_error(error, "make room for the journal");
  }
  void* memory = mmap(nullptr, kHeaderBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  if (memory == MAP_FAILED) return io_error(errno, "map the journal");
  header_ = static_cast<Header*>(memory);
  header_->format = kFormat;
  header_->header_bytes = kHeaderBytes;
  std::memcpy(header_->uuid, identity.uuid.data(), sizeof header_->uuid);
  header_->capacity = capacity;
  capacity_ = capacity;
  // Positions go on where the tables stand, so that no position ever means two things.
  header_->interrupted = 0;
  header_->tail = header_->folded = header_->head = header_->synced = state.position;
  header_->next_sequence = state.sequence + 1;
  header_->next_row = state.next_row;
  header_->prepared = state.position;
  header_->first_lap_end = path_.empty() ? 0 : state.position + capacity;
  std::memcpy(header_->magic, kMagic, sizeof kMagic);
  // A ring from an earlier time may stand where the first frame will.
  RETURN_IF_ERROR(write_bytes(state.position, std::string(kTerminatorBytes, '\0')));
  if (!path_.empty() && (msync(header_, kHeaderBytes, MS_SYNC) != 0 || fsync(file_) != 0)) {
    return io_error(errno, "sync the journal");
  }
  return {};
}

// The first to open it after everybody had gone, in whatever way: the tables say how far they are,
// the frames from there on say the rest.
Status Journal::recover(const StoreIdentity& identity, const FoldState& state) {
  {
    char magic[sizeof kMagic];
    RETURN_IF_ERROR(read_fully(file_, magic, sizeof magic, 0));
    if (std::all_of(magic, magic + sizeof magic, [](char c) { return c == 0; })) {
      // Its maker was stopped before it was ready; nothing was ever acknowledged in it.
      if (ftruncate(file_, 0) != 0) return io_error(errno, "start the journal anew");
      return initialise(identity, state);
    }
  }
  RETURN_IF_ERROR(map());
  if (std::memcmp(header_->uuid, identity.uuid.data(), sizeof header_->uuid) != 0) {
    return {Code::kCorrupt, "journal: " + path_ + " belongs to another store; move it away"};
  }
  const uint64_t head = header_->head;
  if (state.position < head) {
    return {Code::kCorrupt, "journal: " + path_ +
                                " is ahead of the store's file, which is an older "
                                "copy; move the journal away to open that copy as it is"};
  }
  uint64_t tail = state.position;
  int64_t next_sequence = state.sequence + 1;
  int64_t next_row = state.next_row;
  RETURN_IF_ERROR(scan(&tail, &next_sequence, &next_row));
  header_->interrupted = 0;
  header_->head = state.position;
  header_->folded = state.position;
  header_->synced = state.position;
  header_->next_sequence = next_sequence;
  header_->next_row = next_row;
  header_->tail = tail;
  return write_bytes(tail, std::string(kTerminatorBytes, '\0'));
}

Status Journal::scan(uint64_t* tail, int64_t* next_sequence, int64_t* next_row) const {
  const uint64_t end = *tail + capacity_;
  std::string body;
  while (*tail + sizeof(FrameHeader) <= end) {
    FrameHeader header;
    RETURN_IF_ERROR(read(*tail, reinterpret_cast<char*>(&header), sizeof header));
    if (!is_plausible(header, *tail, capacity_)) break;
    body.resize(header.size - sizeof header);
    RETURN_IF_ERROR(read(*tail + sizeof header, body.data(), body.size()));
    if (!checksum_holds(header, body)) break;
    ASSIGN_OR_RETURN(const std::vector<Change> changes, parse_operations(body));
    // A note about a large item that is not in the tables: its transaction never came to an end.
    const auto is_note = [](const Change& change) {
      return change.kind == WriteOp::Kind::kPut && !change.item;
    };
    if (std::any_of(changes.begin(), changes.end(), is_note)) break;
    for (const Change& change : changes) {
      *next_sequence = std::max(*next_sequence, change.sequence + 1);
      *next_row = std::max(*next_row, change.row + 1);
    }
    *tail += header.size;
  }
  return {};
}

Journal::~Journal() {
  if (header_ != nullptr) munmap(header_, kHeaderBytes);
  if (file_ >= 0) ::close(file_);
}

Status Journal::lock(bool wait, bool* out_interrupted) {
  RETURN_IF_ERROR(lock_until(file_, F_WRLCK, kAppendByte, wait ? busy_timeout_us_ : 0, "journal"));
  *out_interrupted = header_->interrupted.exchange(1) != 0;
  return {};
}

void Journal::unlock(bool interrupted) {
  header_->interrupted = interrupted ? 1 : 0;
  (void)try_lock(file_, F_UNLCK, kAppendByte);
}

bool Journal::fits(uint64_t size) const {
  return tail() + size + kTerminatorBytes <= head() + capacity_;
}

Status Journal::write(uint64_t position, std::string* bytes) {
  bytes->append(kTerminatorBytes, '\0');
  Status status = write_bytes(position, *bytes);
  if (status.ok()) status = prepare(position + bytes->size());
  bytes->resize(bytes->size() - kTerminatorBytes);
  return status;
}

// Room that was only reserved costs the file system a note of its own in every sync of what is first
// written there (ext4: 240 us where 125 us are enough for 12 kB). So during the ring's first lap a
// stretch of zeros is written ahead, and the syncs up to its end find nothing new.
Status Journal::prepare(uint64_t from) {
  static constexpr std::array<char, kPrepareBytes> kZeros{};
  if (from <= header_->prepared) return {};
  const uint64_t end = header_->first_lap_end;
  if (from >= end) return {};
  const size_t size = std::min<uint64_t>(kPrepareBytes, end - from);
  RETURN_IF_ERROR(write_bytes(from, {kZeros.data(), size}));
  header_->prepared = from + size;
  return {};
}

Status Journal::write_bytes(uint64_t position, std::string_view bytes) {
  const uint64_t at = position % capacity_;
  const size_t first = std::min<uint64_t>(bytes.size(), capacity_ - at);
  RETURN_IF_ERROR(write_fully(file_, bytes.data(), first, static_cast<off_t>(kHeaderBytes + at)));
  if (first == bytes.size()) return {};
  return write_fully(file_, bytes.data() + first, bytes.size() - first,
                     static_cast<off_t>(kHeaderBytes));
}

// Who reads behind the head meanwhile notices that it was outrun.
Status Journal::wipe() {
  static constexpr std::array<char, kPrepareBytes> kZeros{};
  const uint64_t begin = tail();
  for (uint64_t at = begin; at < begin + capacity_; at += kPrepareBytes) {
    const size_t size = std::min<uint64_t>(kPrepareBytes, begin + capacity_ - at);
    RETURN_IF_ERROR(write_bytes(at, {kZeros.data(), size}));
  }
  header_->prepared = std::max<uint64_t>(header_->prepared, begin + capacity_);
  return path_.empty() || fdatasync(file_) == 0 ? Status() : io_error(errno, "sync the journal");
}

void Journal::publish(uint64_t new_tail, int64_t next_sequence, int64_t next_row) {
  header_->next_sequence.store(next_sequence);
  header_->next_row.store(next_row);
  header_->tail.store(new_tail, std::memory_order_release);
}

Status Journal::read(uint64_t from, char* out, size_t size) const {
  const uint64_t at = from % capacity_;
  const size_t first = std::min<uint64_t>(size, capacity_ - at);
  RETURN_IF_ERROR(read_fully(file_, out, first, static_cast<off_t>(kHeaderBytes + at)));
  if (first == size) return {};
  return read_fully(file_, out + first, size - first, static_cast<off_t>(kHeaderBytes));
}

// One thread syncs for all that have appended by then; the others sleep until that is done. They wait
// for the position, not for a mutex: with one, the thread that has just synced takes it again with its
// next write while the others still wake up (measured: 16 threads wrote 1.7 times as much as one).
Status Journal::sync(uint64_t position) {
  if (path_.empty()) return {};
  std::unique_lock lock(sync_mutex_);
  while (true) {
    if (header_->synced.load(std::memory_order_acquire) >= position) return {};
    if (sync_failed_) {
      return {Code::kIo,
              "journal: an earlier sync failed, so what is on the disk is not known; "
              "close the store and open it again"};
    }
    if (!syncing_) break;
    synced_.wait(lock);
  }
  syncing_ = true;
  lock.unlock();
  const uint64_t reached = tail();
  const int failure = fdatasync(file_) == 0 ? 0 : errno;
  lock.lock();
  syncing_ = false;
  sync_failed_ = failure != 0;
  uint64_t synced = header_->synced.load();
  while (failure == 0 && synced < reached &&
         !header_->synced.compare_exchange_weak(synced, reached)) {
  }
  lock.unlock();
  synced_.notify_all();
  return failure == 0 ? Status() : io_error(failure, "sync the journal");
}

void Journal::set_folded(uint64_t position) {
  uint64_t folded = header_->folded.load();
  while (folded < position && !header_->folded.compare_exchange_weak(folded, position)) {
  }
}

void Journal::set_head(uint64_t position) {
  uint64_t head = header_->head.load();
  while (head < position && !header_->head.compare_exchange_weak(head, position)) {
  }
}

bool Journal::leave() {
  // Two that leave at once must not see each other: first go, then look who is left.
  (void)try_lock(file_, F_UNLCK, kPresenceByte);
  return try_lock(file_, F_WRLCK, kPresenceByte) == 0;
}

bool Journal::be_alone() {
  return try_lock(file_, F_WRLCK, kPresenceByte) == 0;
}

void Journal::share() {
  (void)try_lock(file_, F_RDLCK, kPresenceByte);
}

void Journal::remove() {
  if (!path_.empty()) (void)unlink(path_.c_str());
}

}  // namespace memtier
