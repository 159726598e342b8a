/* Text and bytes. Never java.lang.String: its UTF-8 in JNI is not UTF-8. */

/* What has no mapping of its own must not get one by accident. */
%define MEMTIER_UNMAPPED(CTYPE)
MEMTIER_TYPES(CTYPE, jlong, long)
%typemap(in) CTYPE %{
_Static_assert(0, "$1_name of $symname: add it to parameters.i");
%}
%enddef
MEMTIER_UNMAPPED(const char *)
MEMTIER_UNMAPPED(char *)
MEMTIER_UNMAPPED(const void *)
MEMTIER_UNMAPPED(void *)

/* Copied before the call, short ones onto the stack: during a call a collection may run, a callback may
   use JNI, and the call may wait for a disk, so an array must not be held as "critical". */
MEMTIER_TYPES((const char *TEXT, size_t TEXT_SIZE), jbyteArray, byte[])
%typemap(in) (const char *TEXT, size_t TEXT_SIZE) (memtier_java_bytes copy) %{
  if (!memtier_java_copy_in(jenv, $input, &copy)) return $null;
  $1 = (char*)copy.data;
  $2 = copy.size;
%}
%typemap(freearg) (const char *TEXT, size_t TEXT_SIZE) %{ memtier_java_copy_done(&copy$argnum); %}

MEMTIER_TYPES(const char *PATH, jbyteArray, byte[])
%typemap(in) const char *PATH (memtier_java_bytes copy) %{
  if (!memtier_java_copy_in(jenv, $input, &copy)) return $null;
  $1 = $input ? (char*)copy.data : NULL;
%}
%typemap(freearg) const char *PATH %{ memtier_java_copy_done(&copy$argnum); %}

/* The ends say how far ids are read: the caller's last end must not be beyond the array. */
MEMTIER_TYPES(const char *PACKED, jbyteArray, byte[])
%typemap(in) const char *PACKED (memtier_java_bytes copy) %{
  if (!memtier_java_copy_in(jenv, $input, &copy)) return $null;
  $1 = (char*)copy.data;
%}
%typemap(freearg) const char *PACKED %{ memtier_java_copy_done(&copy$argnum); %}

/* The call only copies: the array is lent without a copy, and let go before any other JNI function
   (hence argout, which runs before the error is handed over). */
MEMTIER_TYPES((const void *COPIED_BYTES, size_t COPIED_BYTES_SIZE), jbyteArray, byte[])
%typemap(in) (const void *COPIED_BYTES, size_t COPIED_BYTES_SIZE) %{
  $2 = $input ? (size_t)(*jenv)->GetArrayLength(jenv, $input) : 0;
  $1 = $2 ? (*jenv)->GetPrimitiveArrayCritical(jenv, $input, NULL) : NULL;
  if ($2 && !$1) return $null;
%}
%typemap(argout) (const void *COPIED_BYTES, size_t COPIED_BYTES_SIZE) %{
  if ($1) (*jenv)->ReleasePrimitiveArrayCritical(jenv, $input, (void*)$1, JNI_ABORT);
%}
%apply (const void *COPIED_BYTES, size_t COPIED_BYTES_SIZE) {
  (const char *COPIED_TEXT, size_t COPIED_TEXT_SIZE)
};

/* Images are read and written in direct buffers, by address: no JNI function, no copy. */
MEMTIER_TYPES(const void *IMAGES, jlong, long)
%typemap(in) const void *IMAGES %{ $1 = ($1_ltype)(intptr_t)$input; %}
%apply const void *IMAGES { const void *image, const void *images, void *buffer };

/* Lists of numbers and of handles. */
MEMTIER_TYPES((const int64_t *ENDS, int64_t COUNT), jlongArray, long[])
%typemap(in) (const int64_t *ENDS, int64_t COUNT) %{
  $2 = $input ? (*jenv)->GetArrayLength(jenv, $input) : 0;
  $1 = $2 ? (int64_t*)(*jenv)->GetLongArrayElements(jenv, $input, NULL) : NULL;
  if ($2 && !$1) return $null;
%}
%typemap(freearg) (const int64_t *ENDS, int64_t COUNT) %{
  if ($1) (*jenv)->ReleaseLongArrayElements(jenv, $input, (jlong*)$1, JNI_ABORT);
%}
MEMTIER_TYPES((const float *FLOATS, int64_t FLOAT_COUNT), jfloatArray, float[])
%typemap(in) (const float *FLOATS, int64_t FLOAT_COUNT) %{
  $2 = $input ? (*jenv)->GetArrayLength(jenv, $input) : 0;
  $1 = $2 ? (float*)(*jenv)->GetFloatArrayElements(jenv, $input, NULL) : NULL;
  if ($2 && !$1) return $null;
%}
%typemap(freearg) (const float *FLOATS, int64_t FLOAT_COUNT) %{
  if ($1) (*jenv)->ReleaseFloatArrayElements(jenv, $input, (jfloat*)$1, JNI_ABORT);
%}
MEMTIER_TYPES((const memtier_item_builder *const *HANDLES, int64_t COUNT), jlongArray, long[])
%typemap(in) (const memtier_item_builder *const *HANDLES, int64_t COUNT) %{
  $2 = $input ? (*jenv)->GetArrayLength(jenv, $input) : 0;
  $1 = $2 ? ($1_ltype)(*jenv)->GetLongArrayElements(jenv, $input, NULL) : NULL;
  if ($2 && !$1) return $null;
%}
%typemap(freearg) (const memtier_item_builder *const *HANDLES, int64_t COUNT) %{
  if ($1) (*jenv)->ReleaseLongArrayElements(jenv, $input, (jlong*)$1, JNI_ABORT);
%}

/* Text that a function returns. */
MEMTIER_TYPES(const char *, jbyteArray, byte[])
%typemap(in) const char * %{
_Static_assert(0, "$1_name of $symname: add it to parameters.i");
%}
%typemap(out) const char * %{
  $result = $1 ? memtier_java_new_bytes(jenv, $1, strlen($1)) : NULL;
%}
/* Its size is what memtier_bytes_size says. */
MEMTIER_TYPES(const void *memtier_bytes_data, jbyteArray, byte[])
%typemap(out) const void *memtier_bytes_data %{
  $result = memtier_java_new_bytes(jenv, $1, memtier_bytes_size(arg1));
%}
/* char name[64] of a struct. */
MEMTIER_TYPES(char [ANY], jbyteArray, byte[])
%typemap(out) char [ANY] %{ $result = memtier_java_new_bytes(jenv, $1, strlen($1)); %}
