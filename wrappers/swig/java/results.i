/* Results: into element 0 of an array that the caller gives; null where C allows NULL. They are written
   after every call; an error only after one that failed, so a success pays nothing for it. */
%define MEMTIER_RESULT(CTYPE, JNI, JAVA, SET, VALUE)
MEMTIER_TYPES(CTYPE *, JNI##Array, JAVA[])
%typemap(in) CTYPE * (VALUE value) %{
  value = 0;
  $1 = $input ? ($1_ltype)&value : NULL;
%}
%typemap(argout) CTYPE * %{
  if ($input) {
    JNI out = (JNI)value$argnum;
    (*jenv)->SET(jenv, $input, 0, 1, &out);
  }
%}
%enddef
MEMTIER_RESULT(int32_t, jint, int, SetIntArrayRegion, int32_t)
MEMTIER_RESULT(int64_t, jlong, long, SetLongArrayRegion, int64_t)
MEMTIER_RESULT(size_t, jlong, long, SetLongArrayRegion, size_t)
MEMTIER_RESULT(double, jdouble, double, SetDoubleArrayRegion, double)
MEMTIER_RESULT(SWIGTYPE *, jlong, long, SetLongArrayRegion, intptr_t)

MEMTIER_TYPES(memtier_error **, jlongArray, long[])
%typemap(in) memtier_error ** (memtier_error *value) %{
  value = NULL;
  $1 = $input ? &value : NULL;
%}
%typemap(argout) memtier_error ** %{
  if ($input && result != MEMTIER_OK) {
    jlong out = (jlong)(intptr_t)value$argnum;
    (*jenv)->SetLongArrayRegion(jenv, $input, 0, 1, &out);
  }
%}

/* A row of numbers. */
MEMTIER_TYPES((int64_t *OUT_ROW, int64_t OUT_ROW_SIZE), jlongArray, long[])
%typemap(in) (int64_t *OUT_ROW, int64_t OUT_ROW_SIZE) %{
  $2 = $input ? (*jenv)->GetArrayLength(jenv, $input) : 0;
  $1 = $2 ? (int64_t*)(*jenv)->GetLongArrayElements(jenv, $input, NULL) : NULL;
  if ($2 && !$1) return $null;
%}
%typemap(argout) (int64_t *OUT_ROW, int64_t OUT_ROW_SIZE) %{
  if ($1) (*jenv)->ReleaseLongArrayElements(jenv, $input, (jlong*)$1, 0);
%}

MEMTIER_TYPES((float *OUT_FLOATS, int64_t OUT_FLOAT_COUNT), jfloatArray, float[])
%typemap(in) (float *OUT_FLOATS, int64_t OUT_FLOAT_COUNT) %{
  $2 = $input ? (*jenv)->GetArrayLength(jenv, $input) : 0;
  $1 = $2 ? (float*)(*jenv)->GetFloatArrayElements(jenv, $input, NULL) : NULL;
  if ($2 && !$1) return $null;
%}
%typemap(argout) (float *OUT_FLOATS, int64_t OUT_FLOAT_COUNT) %{
  if ($1) (*jenv)->ReleaseFloatArrayElements(jenv, $input, (jfloat*)$1, 0);
%}

/* Borrowed memory is copied into a new array before Java sees it. */
MEMTIER_TYPES(memtier_slice *, jobjectArray, byte[][])
%typemap(in) memtier_slice * (memtier_slice value) %{
  value.data = NULL;
  value.size = 0;
  $1 = $input ? &value : NULL;
%}
%typemap(argout) memtier_slice * %{
  if ($input) memtier_java_set(jenv, $input, memtier_java_new_bytes(jenv, value$argnum.data, value$argnum.size));
%}

/* Columns: as long as the count of the object that they are read from, which is the first argument. */
%define MEMTIER_COLUMN(CTYPE, ARRAY, NEW)
MEMTIER_TYPES(const CTYPE **, jobjectArray, ARRAY)
%typemap(in) const CTYPE ** (CTYPE *value) %{
  value = NULL;
  $1 = $input ? &value : NULL;
%}
%typemap(argout) const CTYPE ** %{
  if ($input && result == MEMTIER_OK)
    memtier_java_set(jenv, $input, NEW(jenv, value$argnum, MEMTIER_JAVA_COUNT(arg1)));
%}
%enddef
MEMTIER_COLUMN(int64_t, long[][], memtier_java_new_longs)
MEMTIER_COLUMN(double, double[][], memtier_java_new_doubles)
MEMTIER_COLUMN(memtier_slice, byte[][][], memtier_java_new_slices)
