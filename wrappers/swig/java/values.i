/* Numbers and handles by value. Handles are tickets and statistics are memory: both are long. */
%define MEMTIER_TYPES(CTYPE, JNI, JAVA)
%typemap(jni) CTYPE #JNI
%typemap(jtype) CTYPE #JAVA
%typemap(jstype) CTYPE #JAVA
%typemap(javain) CTYPE "$javainput"
%typemap(javaout) CTYPE { return $jnicall; }
%typemap(freearg) CTYPE ""
%typemap(argout) CTYPE ""
%enddef
%define MEMTIER_NUMBER(CTYPE, JNI, JAVA)
MEMTIER_TYPES(CTYPE, JNI, JAVA)
%typemap(in) CTYPE %{ $1 = ($1_ltype)$input; %}
%typemap(out) CTYPE %{ $result = (JNI)$1; %}
%enddef

MEMTIER_NUMBER(int32_t, jint, int)
MEMTIER_NUMBER(uint32_t, jint, int)
MEMTIER_NUMBER(int64_t, jlong, long)
MEMTIER_NUMBER(size_t, jlong, long)
MEMTIER_NUMBER(double, jdouble, double)

MEMTIER_TYPES(SWIGTYPE *, jlong, long)
%typemap(in) SWIGTYPE * %{ $1 = ($1_ltype)(intptr_t)$input; %}
%typemap(out) SWIGTYPE * %{ $result = (jlong)(intptr_t)$1; %}

/* Statistics: struct_size is set here, since Java has no sizeof. */
%define MEMTIER_STATISTICS(CTYPE)
%typemap(in) CTYPE *out_statistics %{
  $1 = ($1_ltype)(intptr_t)$input;
  if ($1) $1->struct_size = sizeof *$1;
%}
%enddef
MEMTIER_STATISTICS(memtier_store_statistics)
MEMTIER_STATISTICS(memtier_tier_statistics)
MEMTIER_STATISTICS(memtier_import_statistics)
