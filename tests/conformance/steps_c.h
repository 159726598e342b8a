/* What the files of steps in C share. */
#ifndef MEMTIER_TESTS_CONFORMANCE_STEPS_C_H
#define MEMTIER_TESTS_CONFORMANCE_STEPS_C_H

#include "conformance/machine_c.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define BYTES(text) (text).data, (text).size

/* "durability" and "mode" of the step. */
int32_t durability_key(machine* m);
int32_t put_mode_key(machine* m);

/* A step about collections, conversations or contexts; NULL: it is none. (steps_memories_c.c) */
step_function find_memory_step(const char* name);

#endif
