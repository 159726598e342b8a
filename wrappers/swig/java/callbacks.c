/* From a callback of memtier into dev.memtier.internal.Callbacks. A thread that Java does not know yet
   is attached once, as a daemon, and detached when it ends: attaching for each call costs 16 us. */
#include <pthread.h>

#include "support.h"

static JavaVM* vm;
static jclass callbacks;
static jmethodID on_clock, on_log, on_progress, on_score, on_promote, on_extract, on_decide,
    on_embed, on_count, on_write, on_read, on_destroy;
static pthread_key_t attached;

/* What a callback returns when Java itself cannot be asked. */
#define NOT_CALLED (-1)

static void detach(void* ignored) {
  (void)ignored;
  (*vm)->DetachCurrentThread(vm);
}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* java, void* reserved) {
  (void)reserved;
  JNIEnv* env = NULL;
  vm = java;
  if ((*vm)->GetEnv(vm, (void**)&env, JNI_VERSION_10) != JNI_OK) return JNI_ERR;
  jclass type = (*env)->FindClass(env, "dev/memtier/internal/Callbacks");
  if (!type || pthread_key_create(&attached, detach) != 0) return JNI_ERR;
  callbacks = (*env)->NewGlobalRef(env, type);
  on_clock = (*env)->GetStaticMethodID(env, type, "clock", "(J[J)I");
  if (on_clock) on_log = (*env)->GetStaticMethodID(env, type, "log", "(JI[B)I");
  if (on_log) on_progress = (*env)->GetStaticMethodID(env, type, "progress", "(JJJ)I");
  if (on_progress) on_score = (*env)->GetStaticMethodID(env, type, "score", "(JJ[D)I");
  if (on_score) on_promote = (*env)->GetStaticMethodID(env, type, "promote", "(JJ[I)I");
  if (on_promote) on_extract = (*env)->GetStaticMethodID(env, type, "extract", "(JJJ)I");
  if (on_extract) on_decide = (*env)->GetStaticMethodID(env, type, "decide", "(JJI[I)I");
  if (on_decide) on_embed = (*env)->GetStaticMethodID(env, type, "embed", "(J[[B[F)I");
  if (on_embed) on_count = (*env)->GetStaticMethodID(env, type, "count", "(J[[B[J)I");
  if (on_count) on_write = (*env)->GetStaticMethodID(env, type, "write", "(J[B)I");
  if (on_write) on_read = (*env)->GetStaticMethodID(env, type, "read", "(J[B)J");
  if (on_read) on_destroy = (*env)->GetStaticMethodID(env, type, "destroy", "(J)V");
  return callbacks && on_destroy ? JNI_VERSION_10 : JNI_ERR;
}

static JNIEnv* environment(void) {
  JNIEnv* env = NULL;
  if ((*vm)->GetEnv(vm, (void**)&env, JNI_VERSION_10) == JNI_OK) return env;
  if ((*vm)->AttachCurrentThreadAsDaemon(vm, (void**)&env, NULL) != JNI_OK) return NULL;
  pthread_setspecific(attached, env);
  return env;
}

/* Callbacks.java catches everything itself; what is left is a lack of memory or stack. */
static int32_t failed(JNIEnv* env) {
  if (!(*env)->ExceptionCheck(env)) return 0;
  (*env)->ExceptionClear(env);
  return 1;
}

static jlong number(void* user_data) {
  return (jlong)(intptr_t)user_data;
}
static void* user_data(jlong callback) {
  return (void*)(intptr_t)callback;
}

static void destroy(void* data) {
  JNIEnv* env = environment();
  if (!env) return;
  (*env)->CallStaticVoidMethod(env, callbacks, on_destroy, number(data));
  failed(env);
}

static int32_t now(int64_t* out_now_us, void* data) {
  JNIEnv* env = environment();
  jlongArray holder = env ? (*env)->NewLongArray(env, 1) : NULL;
  if (!holder) {
    if (env) failed(env);
    return NOT_CALLED;
  }
  int32_t result = (*env)->CallStaticIntMethod(env, callbacks, on_clock, number(data), holder);
  if (failed(env)) result = NOT_CALLED;
  if (result == MEMTIER_CALLBACK_OK)
    (*env)->GetLongArrayRegion(env, holder, 0, 1, (jlong*)out_now_us);
  (*env)->DeleteLocalRef(env, holder);
  return result;
}

static int32_t log_line(int32_t level, const char* message, size_t message_size, void* data) {
  JNIEnv* env = environment();
  jbyteArray text = env ? memtier_java_new_bytes(env, message, message_size) : NULL;
  if (text) {
    (*env)->CallStaticIntMethod(env, callbacks, on_log, number(data), level, text);
    (*env)->DeleteLocalRef(env, text);
  }
  if (env) failed(env);
  return MEMTIER_CALLBACK_OK;
}

static int32_t progress(int64_t done, int64_t total, void* data) {
  JNIEnv* env = environment();
  if (!env) return NOT_CALLED;
  int32_t result = (*env)->CallStaticIntMethod(env, callbacks, on_progress, number(data),
                                               (jlong)done, (jlong)total);
  return failed(env) ? NOT_CALLED : result;
}

static int32_t score(const memtier_candidates* candidates, double* out_scores, int64_t count,
                     void* data) {
  JNIEnv* env = environment();
  jdoubleArray scores = env ? (*env)->NewDoubleArray(env, (jsize)count) : NULL;
  int32_t result = NOT_CALLED;
  if (scores) {
    result = (*env)->CallStaticIntMethod(env, callbacks, on_score, number(data),
                                         (jlong)(intptr_t)candidates, scores);
    if (failed(env)) result = NOT_CALLED;
    if (result == MEMTIER_CALLBACK_OK)
      (*env)->GetDoubleArrayRegion(env, scores, 0, (jsize)count, out_scores);
    (*env)->DeleteLocalRef(env, scores);
  } else if (env) {
    failed(env);
  }
  return result;
}

static int32_t promote(const memtier_candidates* read, int32_t* out_chosen, int64_t count,
                       void* data) {
  JNIEnv* env = environment();
  jintArray chosen = env ? (*env)->NewIntArray(env, (jsize)count) : NULL;
  int32_t result = NOT_CALLED;
  if (chosen) {
    result = (*env)->CallStaticIntMethod(env, callbacks, on_promote, number(data),
                                         (jlong)(intptr_t)read, chosen);
    if (failed(env)) result = NOT_CALLED;
    if (result == MEMTIER_CALLBACK_OK)
      (*env)->GetIntArrayRegion(env, chosen, 0, (jsize)count, (jint*)out_chosen);
    (*env)->DeleteLocalRef(env, chosen);
  } else if (env) {
    failed(env);
  }
  return result;
}

static int32_t extract(const memtier_items* items, memtier_keys* keys, void* data) {
  JNIEnv* env = environment();
  if (!env) return NOT_CALLED;
  int32_t result = (*env)->CallStaticIntMethod(env, callbacks, on_extract, number(data),
                                               (jlong)(intptr_t)items, (jlong)(intptr_t)keys);
  return failed(env) ? NOT_CALLED : result;
}

static int32_t embed(const memtier_slice* texts, int64_t count, float* out_vectors,
                     int64_t dimension, void* data) {
  JNIEnv* env = environment();
  jsize size = (jsize)(count * dimension);
  jobjectArray array = env ? memtier_java_new_slices(env, texts, count) : NULL;
  jfloatArray vectors = array ? (*env)->NewFloatArray(env, size) : NULL;
  int32_t result = NOT_CALLED;
  if (vectors) {
    result = (*env)->CallStaticIntMethod(env, callbacks, on_embed, number(data), array, vectors);
    if (failed(env)) result = NOT_CALLED;
    if (result == MEMTIER_CALLBACK_OK)
      (*env)->GetFloatArrayRegion(env, vectors, 0, size, out_vectors);
    (*env)->DeleteLocalRef(env, vectors);
  } else if (env) {
    failed(env);
  }
  if (array) (*env)->DeleteLocalRef(env, array);
  return result;
}

static int32_t decide(const memtier_items* items, int32_t dry_run, int32_t* out_chosen,
                      int64_t count, void* data) {
  JNIEnv* env = environment();
  jintArray chosen = env ? (*env)->NewIntArray(env, (jsize)count) : NULL;
  int32_t result = NOT_CALLED;
  if (chosen) {
    result = (*env)->CallStaticIntMethod(env, callbacks, on_decide, number(data),
                                         (jlong)(intptr_t)items, (jint)dry_run, chosen);
    if (failed(env)) result = NOT_CALLED;
    if (result == MEMTIER_CALLBACK_OK)
      (*env)->GetIntArrayRegion(env, chosen, 0, (jsize)count, (jint*)out_chosen);
    (*env)->DeleteLocalRef(env, chosen);
  } else if (env) {
    failed(env);
  }
  return result;
}

static int32_t count_tokens(const memtier_slice* texts, int64_t count, int64_t* out_tokens,
                            void* data) {
  JNIEnv* env = environment();
  jobjectArray list = env ? memtier_java_new_slices(env, texts, count) : NULL;
  jlongArray tokens = list ? (*env)->NewLongArray(env, (jsize)count) : NULL;
  int32_t result = NOT_CALLED;
  if (tokens) {
    result = (*env)->CallStaticIntMethod(env, callbacks, on_count, number(data), list, tokens);
    if (failed(env)) result = NOT_CALLED;
    if (result == MEMTIER_CALLBACK_OK)
      (*env)->GetLongArrayRegion(env, tokens, 0, (jsize)count, (jlong*)out_tokens);
    (*env)->DeleteLocalRef(env, tokens);
  } else if (env) {
    failed(env);
  }
  if (list) (*env)->DeleteLocalRef(env, list);
  return result;
}

static int32_t write_bytes(const void* bytes, size_t size, void* data) {
  JNIEnv* env = environment();
  jbyteArray array = env ? memtier_java_new_bytes(env, bytes, size) : NULL;
  int32_t result = NOT_CALLED;
  if (array) {
    result = (*env)->CallStaticIntMethod(env, callbacks, on_write, number(data), array);
    if (failed(env)) result = NOT_CALLED;
    (*env)->DeleteLocalRef(env, array);
  } else if (env) {
    failed(env);
  }
  return result;
}

/* Java gives the number of bytes, or a negative number that is its error. */
static int32_t read_bytes(void* buffer, size_t buffer_size, size_t* out_size, void* data) {
  JNIEnv* env = environment();
  jbyteArray array = env ? (*env)->NewByteArray(env, (jsize)buffer_size) : NULL;
  int32_t result = NOT_CALLED;
  if (array) {
    jlong size = (*env)->CallStaticLongMethod(env, callbacks, on_read, number(data), array);
    if (!failed(env)) {
      result = size < 0 ? (int32_t)size : MEMTIER_CALLBACK_OK;
      if (size > (jlong)buffer_size) result = NOT_CALLED;
    }
    if (result == MEMTIER_CALLBACK_OK) {
      (*env)->GetByteArrayRegion(env, array, 0, (jsize)size, buffer);
      *out_size = (size_t)size;
    }
    (*env)->DeleteLocalRef(env, array);
  } else if (env) {
    failed(env);
  }
  return result;
}

#define TABLE_HEAD(table)                                             \
  (table)->struct_size = sizeof *(table), (table)->destroy = destroy, \
  (table)->user_data = user_data(callback)

memtier_clock* memtier_java_clock(jlong callback, memtier_clock* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->now = now;
  return table;
}

memtier_eviction* memtier_java_eviction(jlong callback, memtier_eviction* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->score = score;
  return table;
}

memtier_promotion* memtier_java_promotion(jlong callback, memtier_promotion* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->decide = promote;
  return table;
}

memtier_key_extractor* memtier_java_key_extractor(jlong callback, memtier_key_extractor* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->extract = extract;
  return table;
}

memtier_policy_decider* memtier_java_policy_decider(jlong callback, memtier_policy_decider* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->decide = decide;
  return table;
}

memtier_token_counter* memtier_java_token_counter(jlong callback, memtier_token_counter* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->count = count_tokens;
  return table;
}

memtier_writer* memtier_java_writer(jlong callback, memtier_writer* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->write = write_bytes;
  return table;
}

memtier_reader* memtier_java_reader(jlong callback, memtier_reader* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->read = read_bytes;
  return table;
}

memtier_embedder* memtier_java_embedder(jlong callback, jlong dimension, memtier_embedder* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->dimension = (int32_t)dimension;
  table->embed = embed;
  return table;
}

memtier_log* memtier_java_log(jlong callback, jlong level, memtier_log* table) {
  if (!callback) return NULL;
  TABLE_HEAD(table);
  table->level = (int32_t)level;
  table->log = log_line;
  return table;
}

memtier_control* memtier_java_control(jlong cancel, jlong callback, memtier_control* table) {
  TABLE_HEAD(table);
  table->cancel = (memtier_cancel*)(intptr_t)cancel;
  table->progress = callback ? progress : NULL;
  if (!callback) table->destroy = NULL;
  return table;
}
