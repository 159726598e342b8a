/* The hot calls of Java with addresses of direct buffers for everything. `result` is the address of two
   int64: where the size goes, and the error handle (0 without one). */
#include <stdlib.h>

#include "support.h"

typedef struct hot_result {
  int64_t size;
  int64_t error;
} hot_result;

static void* pointer(jlong address) {
  return (void*)(intptr_t)address;
}

JNIEXPORT jlong JNICALL Java_dev_memtier_internal_NativeMethods_directAddress(JNIEnv* env,
                                                                              jclass type,
                                                                              jobject buffer) {
  (void)type;
  return buffer ? (jlong)(intptr_t)(*env)->GetDirectBufferAddress(env, buffer) : 0;
}

JNIEXPORT jint JNICALL Java_dev_memtier_internal_NativeMethods_hotGetInto(
    JNIEnv* env, jclass type, jlong store, jlong scope, jlong id, jlong id_size, jlong buffer,
    jlong buffer_size, jlong result) {
  (void)env;
  (void)type;
  size_t size = 0;
  memtier_error* error = NULL;
  const memtier_status status =
      memtier_item_get_into(pointer(store), pointer(scope), pointer(id), (size_t)id_size,
                            pointer(buffer), (size_t)buffer_size, &size, &error);
  *(hot_result*)pointer(result) = (hot_result){(int64_t)size, (int64_t)(intptr_t)error};
  return status;
}

JNIEXPORT jint JNICALL Java_dev_memtier_internal_NativeMethods_hotPutInto(
    JNIEnv* env, jclass type, jlong store, jlong scope, jlong image, jlong image_size, jint mode,
    jint durability, jlong buffer, jlong buffer_size, jlong result) {
  (void)env;
  (void)type;
  size_t size = 0;
  memtier_error* error = NULL;
  const memtier_status status =
      memtier_item_put_into(pointer(store), pointer(scope), pointer(image), (size_t)image_size,
                            mode, durability, pointer(buffer), (size_t)buffer_size, &size, &error);
  *(hot_result*)pointer(result) = (hot_result){(int64_t)size, (int64_t)(intptr_t)error};
  return status;
}

/* Memory for an image that is too large for the buffers that are kept. 0: there is none. */
JNIEXPORT jlong JNICALL Java_dev_memtier_internal_NativeMethods_allocate(JNIEnv* env, jclass type,
                                                                         jlong size) {
  (void)env;
  (void)type;
  return (jlong)(intptr_t)malloc((size_t)size);
}

JNIEXPORT void JNICALL Java_dev_memtier_internal_NativeMethods_release(JNIEnv* env, jclass type,
                                                                       jlong address) {
  (void)env;
  (void)type;
  free(pointer(address));
}

/* A ByteBuffer over it; it must not be used after the release. */
JNIEXPORT jobject JNICALL Java_dev_memtier_internal_NativeMethods_view(JNIEnv* env, jclass type,
                                                                       jlong address, jlong size) {
  (void)type;
  return (*env)->NewDirectByteBuffer(env, pointer(address), size);
}
