/* A thread that Java does not know uses a store: the callbacks of Java run on it. */
#include <jni.h>
#include <memtier.h>
#include <pthread.h>
#include <stdio.h>

typedef struct work {
  memtier_store* store;
  int number;
  memtier_status status;
  int32_t callback_code;
} work;

static void* put(void* data) {
  work* todo = data;
  char id[32];
  memtier_item_builder* builder = NULL;
  memtier_error* error = NULL;
  const int size = snprintf(id, sizeof id, "foreign-%d", todo->number);
  memtier_item_builder_create(&builder, NULL);
  memtier_item_builder_set_text(builder, MEMTIER_FIELD_ID, id, (size_t)size, NULL);
  todo->status = memtier_item_put(todo->store, NULL, builder, MEMTIER_PUT_REPLACE,
                                  MEMTIER_DURABILITY_DEFAULT, NULL, &error);
  todo->callback_code = memtier_error_callback_code(error);
  memtier_error_destroy(error);
  memtier_item_builder_destroy(builder);
  return NULL;
}

/* Puts the item "foreign-<number>" on a new thread, waits, and gives back its status and the number of
 * its callback's failure. */
JNIEXPORT jint JNICALL Java_dev_memtier_ForeignThread_put(JNIEnv* env, jclass type, jlong store,
                                                          jint number, jintArray code) {
  (void)type;
  work todo = {(memtier_store*)(intptr_t)store, number, MEMTIER_INTERNAL, 0};
  pthread_t thread;
  if (pthread_create(&thread, NULL, put, &todo) != 0) return MEMTIER_INTERNAL;
  pthread_join(thread, NULL);
  const jint failure = todo.callback_code;
  (*env)->SetIntArrayRegion(env, code, 0, 1, &failure);
  return todo.status;
}
