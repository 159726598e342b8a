/* Files of tests: each test has a folder of its own, which goes when it ends. */
#ifndef MEMTIER_TESTS_CAPI_FILES_H
#define MEMTIER_TESTS_CAPI_FILES_H

#include <stddef.h>
#include <stdint.h>

/* A path in the test's folder; valid until sixteen more were asked for. */
const char* test_path(const char* name);
void remove_test_folder(void);
int file_exists(const char* path);
int64_t size_of_file(const char* path);
/* The bytes with a NUL behind them; to be freed. */
char* read_file(const char* path, size_t* out_size);
void write_file(const char* path, const void* data, size_t size);
void write_text_file(const char* path, const char* text);
/* Changes bytes in the middle of a file. */
void patch_file(const char* path, int64_t offset, const void* data, size_t size);
/* Locks a byte of a file as another process would; close() of the result lets it go. */
int lock_byte(const char* path, int64_t offset);

#endif
