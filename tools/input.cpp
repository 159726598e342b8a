#include "input.h"

#include <fcntl.h>
#include <memtier.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "failure.h"

namespace memtier::tool {
namespace {

constexpr size_t kChunk = 1 << 16;

// Stops where the library would refuse it anyway, so that an endless file does not fill the memory.
std::string read_to_end(int descriptor, const std::string& name) {
  std::string bytes;
  std::array<char, kChunk> chunk{};
  while (const size_t size = read_some(descriptor, chunk.data(), chunk.size(), name)) {
    bytes.append(chunk.data(), size);
    if (bytes.size() > MEMTIER_MAX_CONTENT_BYTES) {
      throw usage_failure(name + " is larger than 64 MiB, the most that an item can hold");
    }
  }
  return bytes;
}

}  // namespace

size_t read_some(int descriptor, char* buffer, size_t size, const std::string& name) {
  while (true) {
    const ssize_t count = read(descriptor, buffer, size);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) throw system_failure("cannot read " + name, errno);
  }
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

std::string read_file(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) throw system_failure("cannot read " + path, errno);
  return read_to_end(file.number(), path);
}

std::string read_standard_input() {
  return read_to_end(STDIN_FILENO, "standard input");
}

std::string read_answer() {
  std::string line;
  char byte = 0;
  while (read_some(STDIN_FILENO, &byte, 1, "standard input") == 1 && byte != '\n') line += byte;
  return line;
}

void write_all(int descriptor, std::string_view text, const std::string& name) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno == EPIPE) {
      throw broken_pipe();
    } else if (errno != EINTR) {
      throw system_failure("cannot write to " + name, errno);
    }
  }
}

}  // namespace memtier::tool
