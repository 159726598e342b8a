/* Callback tables: Java gives the number of a callback in Callbacks.java (0: NULL, no table). A call
   that receives one lets it go exactly once, through `destroy`. */
%define MEMTIER_TABLE(CTYPE, FILL)
MEMTIER_TYPES(const CTYPE *, jlong, long)
%typemap(in) const CTYPE * (CTYPE table) %{ $1 = FILL($input, &table); %}
%enddef
MEMTIER_TABLE(memtier_clock, memtier_java_clock)
MEMTIER_TABLE(memtier_eviction, memtier_java_eviction)
MEMTIER_TABLE(memtier_promotion, memtier_java_promotion)
MEMTIER_TABLE(memtier_key_extractor, memtier_java_key_extractor)
MEMTIER_TABLE(memtier_token_counter, memtier_java_token_counter)
MEMTIER_TABLE(memtier_policy_decider, memtier_java_policy_decider)
MEMTIER_TABLE(memtier_writer, memtier_java_writer)
MEMTIER_TABLE(memtier_reader, memtier_java_reader)

/* Two numbers: {cancel, progress} of a control, {log, level} of a log, {embedder, dimension} of an embedder; null: no table. */
%define MEMTIER_TABLE_OF_TWO(CTYPE, FILL)
MEMTIER_TYPES(const CTYPE *, jlongArray, long[])
%typemap(in) const CTYPE * (CTYPE table) %{
  if ($input) {
    jlong two[2];
    (*jenv)->GetLongArrayRegion(jenv, $input, 0, 2, two);
    if ((*jenv)->ExceptionCheck(jenv)) return $null;
    $1 = FILL(two[0], two[1], &table);
  } else {
    $1 = NULL;
  }
%}
%enddef
MEMTIER_TABLE_OF_TWO(memtier_control, memtier_java_control)
MEMTIER_TABLE_OF_TWO(memtier_log, memtier_java_log)
MEMTIER_TABLE_OF_TWO(memtier_embedder, memtier_java_embedder)
