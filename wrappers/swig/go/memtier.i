/* Go: functions of internal/native. Handles are uintptr (tickets, which the collector must not take for
   pointers), text is string, bytes []byte, results are pointers, nothing panics. See README.md. */
%module native
%include "../types.i"
%{
#include "callbacks.h"
%}
/* Callback tables are made in C from the number that callbacks.go gave to the callback; a slice is the
   Go struct Slice of memory.go. Statistics stay: memory with getters. Nothing has a finalizer. */
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
%immutable;

%define MEMTIER_GO(CTYPE, GOTYPE)
%typemap(gotype) CTYPE #GOTYPE
%typemap(in) CTYPE %{ $1 = ($1_ltype)$input; %}
%typemap(out) CTYPE %{ $result = $1; %}
%typemap(goin) CTYPE ""
%typemap(goout) CTYPE ""
%typemap(freearg) CTYPE ""
%typemap(argout) CTYPE ""
%enddef
MEMTIER_GO(int32_t, int32)
MEMTIER_GO(uint32_t, uint32)
MEMTIER_GO(int64_t, int64)
MEMTIER_GO(size_t, int64)
MEMTIER_GO(double, float64)

/* Handles, and memory of C. */
MEMTIER_GO(SWIGTYPE *, uintptr)
/* Results. nil where C allows NULL. */
MEMTIER_GO(SWIGTYPE **, *uintptr)
MEMTIER_GO(int32_t *, *int32)
MEMTIER_GO(int64_t *, *int64)
MEMTIER_GO(size_t *, *int64)
MEMTIER_GO(double *, *float64)
MEMTIER_GO(memtier_slice *, *Slice)
/* Columns: memory of C, borrowed. memory.go copies them. */
MEMTIER_GO(const int64_t **, **int64)
MEMTIER_GO(const double **, **float64)
MEMTIER_GO(const memtier_slice **, **Slice)

/* Text lies in a string and bytes in a slice: both are lent for the length of the call. */
%define MEMTIER_GO_TEXT(POINTER, SIZE)
%typemap(gotype) (POINTER, SIZE) "string"
%typemap(imtype) (POINTER, SIZE) "string"
%typemap(in) (POINTER, SIZE) %{
  $1 = ($1_ltype)$input.p;
  $2 = ($2_ltype)$input.n;
%}
%typemap(freearg) (POINTER, SIZE) ""
%typemap(argout) (POINTER, SIZE) ""
%enddef
MEMTIER_GO_TEXT(const char *TEXT, size_t TEXT_SIZE)
MEMTIER_GO_TEXT(const char *COPIED_TEXT, size_t COPIED_TEXT_SIZE)
%define MEMTIER_GO_SLICE(POINTER, SIZE, GOTYPE)
%typemap(gotype) (POINTER, SIZE) #GOTYPE
%typemap(in) (POINTER, SIZE) %{
  $1 = ($1_ltype)$input.array;
  $2 = ($2_ltype)$input.len;
%}
%typemap(freearg) (POINTER, SIZE) ""
%typemap(argout) (POINTER, SIZE) ""
%enddef
MEMTIER_GO_SLICE(const void *COPIED_BYTES, size_t COPIED_BYTES_SIZE, []byte)
MEMTIER_GO_SLICE(const void *IMAGES, size_t IMAGES_SIZE, []byte)
MEMTIER_GO_SLICE(void *BUFFER, size_t BUFFER_SIZE, []byte)
MEMTIER_GO_SLICE(const int64_t *ENDS, int64_t COUNT, []int64)
MEMTIER_GO_SLICE(const memtier_item_builder *const *HANDLES, int64_t COUNT, []uintptr)
MEMTIER_GO_SLICE(int64_t *OUT_ROW, int64_t OUT_ROW_SIZE, []int64)
MEMTIER_GO_SLICE(const float *FLOATS, int64_t FLOAT_COUNT, []float32)
MEMTIER_GO_SLICE(float *OUT_FLOATS, int64_t OUT_FLOAT_COUNT, []float32)
%typemap(gotype) const char *PACKED "string"
%typemap(imtype) const char *PACKED "string"
%typemap(in) const char *PACKED %{ $1 = ($1_ltype)$input.p; %}
%typemap(freearg) const char *PACKED ""
/* A path is copied, with a NUL behind it. One that has a NUL inside is cut: the caller refuses it. */
%typemap(gotype) const char *PATH "string"
%typemap(imtype) const char *PATH "string"
%typemap(in) const char *PATH %{ $1 = memtier_go_path($input.p, (size_t)$input.n); %}
%typemap(freearg) const char *PATH %{ free($1); %}

/* Text that a function returns, and char name[64] of a struct. */
%typemap(gotype) const char *, char [ANY] "string"
%typemap(imtype) const char *, char [ANY] "*byte"
%typemap(out) const char *, char [ANY] %{ $result = (char*)$1; %}
%typemap(goout) const char *, char [ANY] %{ $result = CopyText($1) %}

/* What has no mapping of its own must not get one by accident. */
%define MEMTIER_UNMAPPED(CTYPE)
%typemap(in) CTYPE %{
_Static_assert(0, "$1_name of $symname: add it to parameters.i");
%}
%enddef
MEMTIER_UNMAPPED(const char *)
MEMTIER_UNMAPPED(const void *)
MEMTIER_UNMAPPED(void *)

/* The bytes of a document: copied, as long as memtier_bytes_size says. */
%typemap(gotype) const void *memtier_bytes_data "[]byte"
%typemap(imtype) const void *memtier_bytes_data "*byte"
%typemap(out) const void *memtier_bytes_data %{ $result = (void*)$1; %}
%typemap(goout) const void *memtier_bytes_data
%{ $result = CopyMemory(unsafe.Pointer($1), int(BytesSize(arg1))) %}

/* SWIG gives these three an interface with getters, NewX and DeleteX. */
%define MEMTIER_STATISTICS(CTYPE)
%typemap(gotype) CTYPE * %{$gotypename%}
%typemap(in) CTYPE *out_statistics %{
  $1 = *($&1_ltype)&$input;
  if ($1) $1->struct_size = sizeof *$1;
%}
%enddef
MEMTIER_STATISTICS(memtier_store_statistics)
MEMTIER_STATISTICS(memtier_tier_statistics)
MEMTIER_STATISTICS(memtier_import_statistics)

/* Callbacks: the number from callbacks.go (0: no table), or Control and Log of memory.go (nil). */
%define MEMTIER_TABLE(CTYPE, GOTYPE, CAST, FILL)
%typemap(gotype) const CTYPE * #GOTYPE
%typemap(in) const CTYPE * (CTYPE table) %{ $1 = FILL((CAST)$input, &table); %}
%enddef
MEMTIER_TABLE(memtier_clock, uintptr, uintptr_t, memtier_go_clock)
MEMTIER_TABLE(memtier_eviction, uintptr, uintptr_t, memtier_go_eviction)
MEMTIER_TABLE(memtier_promotion, uintptr, uintptr_t, memtier_go_promotion)
MEMTIER_TABLE(memtier_key_extractor, uintptr, uintptr_t, memtier_go_key_extractor)
MEMTIER_TABLE(memtier_token_counter, uintptr, uintptr_t, memtier_go_token_counter)
MEMTIER_TABLE(memtier_policy_decider, uintptr, uintptr_t, memtier_go_policy_decider)
MEMTIER_TABLE(memtier_writer, uintptr, uintptr_t, memtier_go_writer)
MEMTIER_TABLE(memtier_reader, uintptr, uintptr_t, memtier_go_reader)
MEMTIER_TABLE(memtier_embedder, *Embedder, const void*, memtier_go_embedder)
MEMTIER_TABLE(memtier_log, *Log, const void*, memtier_go_log)
MEMTIER_TABLE(memtier_control, *Control, const void*, memtier_go_control)

%include "../parameters.i"
%include "memtier.h"
