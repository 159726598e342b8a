#include <memtier.h>
/* Once more, to see that it guards itself. */
#include <memtier.h>

memtier_status (*const take_address)(const char*, const memtier_options*, memtier_store**,
                                     memtier_error**) = memtier_store_open;
