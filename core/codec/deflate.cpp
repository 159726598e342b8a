#include "codec/deflate.h"

#include <zlib.h>

#include <memory>

namespace memtier {
namespace {

// zlib's structure wants pointers that are not const, and does not write through them.
Bytef* zlib_input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

Result<std::string> deflate_bytes(std::string_view bytes, int level) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(out.data()), &size, zlib_input(bytes),
                             bytes.size(), level);
  if (code == Z_MEM_ERROR) return Status(Code::kNoMemory, "compress: out of memory");
  if (code != Z_OK) return internal_error("compress: zlib error " + std::to_string(code));
  out.resize(size);
  return out;
}

Result<std::string> inflate_bytes(std::string_view bytes, size_t max_size) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return Status(Code::kNoMemory, "decompress: out of memory");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  stream.next_in = zlib_input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int code = Z_OK;
  while (code == Z_OK) {
    const size_t used = out.size();
    const size_t room = used == 0 ? bytes.size() * 4 + 64 : used;
    out.resize(used + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(room);
    code = inflate(&stream, Z_NO_FLUSH);
    out.resize(used + room - stream.avail_out);
    if (out.size() > max_size) break;
    if (code == Z_BUF_ERROR && stream.avail_out == 0) code = Z_OK;
  }
  if (code != Z_STREAM_END || out.size() > max_size || stream.avail_in != 0) {
    return Status(Code::kCorrupt, "decompress: the bytes are damaged");
  }
  return out;
}

}  // namespace memtier
