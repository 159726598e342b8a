// An item's image, as callers hand it in and as it stands in the journal.
#include <string>

#include "fuzz/fuzz.h"
#include "model/draft.h"
#include "model/item.h"

void fuzz_one(std::string_view bytes) {
  using namespace memtier;
  const auto fields = read_image(bytes);
  if (fields.ok()) {
    size_t total = 0;
    for (const std::string_view text : fields->texts) {
      for (const char c : text) total += static_cast<unsigned char>(c);
    }
    require(total <= bytes.size() * 255, "texts lie within the image");
    Draft draft;
    (void)draft.set_image(fields.value()).ok();
  }
  auto item = Item::from_image(bytes, 1);
  if (!item.ok()) return;
  std::string copy(item.value()->image().size(), '\0');
  item.value()->copy_image(copy.data());
  require(read_image(copy).ok(), "the copy of an image is an image");
}
