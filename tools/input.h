// Bytes from and to the world outside the store: files, standard input and output, a person.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace memtier::tool {

// An open file that is closed at the end; a number below 0 is none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

std::string read_file(const std::string& path);
std::string read_standard_input();

// One line that a person types, without its end.
std::string read_answer();

// Some bytes, 0 at the end.
size_t read_some(int descriptor, char* buffer, size_t size, const std::string& name);

void write_all(int descriptor, std::string_view text, const std::string& name);

}  // namespace memtier::tool
