/* What the generated JNI code calls: arrays in and out, and callback tables. */
#ifndef MEMTIER_JAVA_SUPPORT_H
#define MEMTIER_JAVA_SUPPORT_H

#include <jni.h>

#include "memtier.h"

/* A copy of a byte[]; short ones lie in the struct itself. */
typedef struct memtier_java_bytes {
  const char* data;
  size_t size;
  void* heap;
  char stack[1024];
} memtier_java_bytes;

/* Copies an array, with a NUL behind it; null is the empty text. 0: an exception is pending. */
int memtier_java_copy_in(JNIEnv* env, jbyteArray array, memtier_java_bytes* copy);
void memtier_java_copy_done(memtier_java_bytes* copy);

/* New arrays with copies; NULL with an exception pending when there is no memory. */
jbyteArray memtier_java_new_bytes(JNIEnv* env, const void* data, size_t size);
jlongArray memtier_java_new_longs(JNIEnv* env, const int64_t* values, int64_t count);
jdoubleArray memtier_java_new_doubles(JNIEnv* env, const double* values, int64_t count);
jobjectArray memtier_java_new_slices(JNIEnv* env, const memtier_slice* values, int64_t count);

/* holder[0] = value; does nothing while an exception is pending. */
void memtier_java_set(JNIEnv* env, jobjectArray holder, jobject value);

/* How many values a column has: told by the type of what it is read from. A new kind of object with
   columns is added here; without, the generated code does not compile. */
#define MEMTIER_JAVA_COUNT(object)                           \
  _Generic((object), memtier_hits *                          \
           : memtier_hits_count, memtier_transitions *       \
           : memtier_transitions_count, memtier_candidates * \
           : memtier_candidates_count)(object)

/* Fill a table for the callback with this number in Callbacks.java and return it; NULL for 0. */
memtier_clock* memtier_java_clock(jlong callback, memtier_clock* table);
memtier_eviction* memtier_java_eviction(jlong callback, memtier_eviction* table);
memtier_promotion* memtier_java_promotion(jlong callback, memtier_promotion* table);
memtier_key_extractor* memtier_java_key_extractor(jlong callback, memtier_key_extractor* table);
memtier_policy_decider* memtier_java_policy_decider(jlong callback, memtier_policy_decider* table);
memtier_token_counter* memtier_java_token_counter(jlong callback, memtier_token_counter* table);
memtier_writer* memtier_java_writer(jlong callback, memtier_writer* table);
memtier_reader* memtier_java_reader(jlong callback, memtier_reader* table);
memtier_embedder* memtier_java_embedder(jlong callback, jlong dimension, memtier_embedder* table);
memtier_log* memtier_java_log(jlong callback, jlong level, memtier_log* table);
memtier_control* memtier_java_control(jlong cancel, jlong callback, memtier_control* table);

#endif
