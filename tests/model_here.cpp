// Linked into tests of the engine itself: they lie in no folder of the library, so the model is named.
#include <cstdlib>

namespace {
[[maybe_unused]] const int kNamed = setenv("MEMTIER_MODEL_PATH", MEMTIER_MODEL_FILE, 0);
}
