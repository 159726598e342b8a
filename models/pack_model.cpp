// Packs a model's vocabulary and weights into the file that the library maps.
//
//   memtier_pack_model NAME VOCABULARY WEIGHTS OUTPUT
#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "embed/model_file.h"

namespace {

bool read(const char* path, std::string* bytes) {
  std::ifstream in(path, std::ios::binary);
  bytes->assign(std::istreambuf_iterator<char>(in), {});
  if (in && !bytes->empty()) return true;
  std::fprintf(stderr, "cannot read %s\n", path);
  return false;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  size_t begin = 0;
  for (size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  if (begin < text.size()) lines.push_back(text.substr(begin));
  return lines;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: memtier_pack_model NAME VOCABULARY WEIGHTS OUTPUT\n");
    return 2;
  }
  std::string vocabulary;
  std::string weights;
  if (!read(argv[2], &vocabulary) || !read(argv[3], &weights)) return 1;
  const std::vector<std::string> tokens = lines_of(vocabulary);
  const size_t dimension = tokens.empty() ? 0 : weights.size() / tokens.size();
  auto packed =
      memtier::make_model_file(argv[1], tokens, dimension,
                               {reinterpret_cast<const int8_t*>(weights.data()), weights.size()});
  if (!packed.ok()) {
    std::fprintf(stderr, "%s\n", packed.take_status().message().c_str());
    return 1;
  }
  std::ofstream out(argv[4], std::ios::binary | std::ios::trunc);
  out.write(packed->data(), static_cast<std::streamsize>(packed->size()));
  if (out.flush()) return 0;
  std::fprintf(stderr, "cannot write %s\n", argv[4]);
  return 1;
}
