/* Arrays between C and Java. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

int memtier_java_copy_in(JNIEnv* env, jbyteArray array, memtier_java_bytes* copy) {
  copy->heap = NULL;
  copy->data = copy->stack;
  copy->size = array ? (size_t)(*env)->GetArrayLength(env, array) : 0;
  char* target = copy->stack;
  if (copy->size >= sizeof copy->stack) {
    target = copy->heap = malloc(copy->size + 1);
    if (!target) {
      (*env)->ThrowNew(env, (*env)->FindClass(env, "java/lang/OutOfMemoryError"), "memtier");
      return 0;
    }
    copy->data = target;
  }
  if (copy->size) (*env)->GetByteArrayRegion(env, array, 0, (jsize)copy->size, (jbyte*)target);
  target[copy->size] = 0;
  return 1;
}

void memtier_java_copy_done(memtier_java_bytes* copy) {
  if (copy->heap) free(copy->heap);
}

jbyteArray memtier_java_new_bytes(JNIEnv* env, const void* data, size_t size) {
  jbyteArray array = (*env)->NewByteArray(env, (jsize)size);
  if (array && size) (*env)->SetByteArrayRegion(env, array, 0, (jsize)size, data);
  return array;
}

jlongArray memtier_java_new_longs(JNIEnv* env, const int64_t* values, int64_t count) {
  jlongArray array = (*env)->NewLongArray(env, (jsize)count);
  if (array && count) (*env)->SetLongArrayRegion(env, array, 0, (jsize)count, (const jlong*)values);
  return array;
}

jdoubleArray memtier_java_new_doubles(JNIEnv* env, const double* values, int64_t count) {
  jdoubleArray array = (*env)->NewDoubleArray(env, (jsize)count);
  if (array && count) (*env)->SetDoubleArrayRegion(env, array, 0, (jsize)count, values);
  return array;
}

jobjectArray memtier_java_new_slices(JNIEnv* env, const memtier_slice* values, int64_t count) {
  jclass bytes = (*env)->FindClass(env, "[B");
  if (!bytes) return NULL;
  jobjectArray array = (*env)->NewObjectArray(env, (jsize)count, bytes, NULL);
  for (int64_t i = 0; array && i < count; i++) {
    jbyteArray text = memtier_java_new_bytes(env, values[i].data, values[i].size);
    if (!text) return NULL;
    (*env)->SetObjectArrayElement(env, array, (jsize)i, text);
    (*env)->DeleteLocalRef(env, text);
  }
  return array;
}

void memtier_java_set(JNIEnv* env, jobjectArray holder, jobject value) {
  if (!(*env)->ExceptionCheck(env)) (*env)->SetObjectArrayElement(env, holder, 0, value);
}
