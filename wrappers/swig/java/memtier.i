/* Java: natives of dev.memtier.internal. Handles are long, text and bytes byte[], results arrays that
   the caller gives (of length 1), nothing throws. See README.md for the whole table. */
%module(jniclassname="NativeMethods") Native
%include "../types.i"
%{
#include <string.h>

#include "support.h"
%}
%javaconst(1);
%immutable;
%pragma(java) jniclassclassmodifiers="final class"
/* NativeMethods.<clinit> loads the library, so whoever calls anything has it. Constants are no call. */
%pragma(java) jniclasscode="  static {\n    Loader.load();\n  }\n"
%pragma(java) moduleclassmodifiers="public final class"
%pragma(java) modulecode="  private Native() {}\n"

/* Each transparent struct that Java never sees: a callback table is made in C from the number that
   Callbacks.java gave to the callback, a slice becomes byte[]. Statistics stay: memory with getters. */
%ignore memtier_slice;
%ignore memtier_control;
%ignore memtier_writer;
%ignore memtier_reader;
%ignore memtier_clock;
%ignore memtier_log;
%ignore memtier_eviction;
%ignore memtier_promotion;
%ignore memtier_key_extractor;
%ignore memtier_token_counter;
%ignore memtier_embedder;
%ignore memtier_policy_decider;

%include "values.i"
%include "bytes.i"
%include "results.i"
%include "callbacks.i"
%include "../parameters.i"
%include "memtier.h"

/* Where a direct buffer lies: asked once for each buffer. */
%native(directAddress) jlong directAddress(jobject buffer);
/* itemGetInto and itemPutInto with nothing but addresses, in hot.c: no function of JNI is called. */
%native(hotGetInto) jint hotGetInto(jlong store, jlong scope, jlong id, jlong id_size, jlong buffer,
                                    jlong buffer_size, jlong result);
%native(hotPutInto) jint hotPutInto(jlong store, jlong scope, jlong image, jlong image_size, jint mode,
                                    jint durability, jlong buffer, jlong buffer_size, jlong result);

/* Memory outside of the Java heap for images that are too large to keep a buffer for: taken and given
   back at once, where a direct buffer of Java's own would wait for the collector. */
%native(allocate) jlong allocate(jlong size);
%native(release) void release(jlong address);
%native(view) jobject view(jlong address, jlong size);
