/* C#: the P/Invoke declarations of memtier.h, every one blittable. Run by scripts/generate-wrappers,
   which also points them straight at libmemtier (see README.md). */
%module(imclassname="NativeMethods") Native
%include "../types.i"

/* Exceptions, strings and their callbacks of SWIG's own are left out by -DSWIG_CSHARP_NO_... */
%pragma(csharp) moduleimports="using System.Runtime.InteropServices;\n"
%pragma(csharp) moduleclassmodifiers="internal static unsafe partial class"
%pragma(csharp) imclassimports="using System.Runtime.InteropServices;\n"
%pragma(csharp) imclassclassmodifiers="internal static unsafe partial class"
%csconst(1);
%csmethodmodifiers "internal";

/* One line for a C type and the C# type that has exactly its form. */
%define MEMTIER_BLITTABLE(CTYPE, CSTYPE)
%typemap(ctype) CTYPE "$1_type"
%typemap(imtype) CTYPE #CSTYPE
%typemap(cstype) CTYPE #CSTYPE
%typemap(csin) CTYPE "$csinput"
%typemap(csout, excode="") CTYPE { return $imcall; }
%typemap(csvarin) CTYPE ""
%typemap(csvarout) CTYPE "get; set;"
%typemap(in) CTYPE ""
%typemap(out) CTYPE ""
%typemap(varin) CTYPE ""
%typemap(varout) CTYPE ""
%enddef

/* Handles are tickets, addresses are addresses: both are nint. Function pointers, too. */
MEMTIER_BLITTABLE(SWIGTYPE *, nint)
MEMTIER_BLITTABLE(SWIGTYPE **, nint*)
MEMTIER_BLITTABLE(SWIGTYPE (*)(ANY), nint)
MEMTIER_BLITTABLE(void *, nint)
MEMTIER_BLITTABLE(int32_t, int)
MEMTIER_BLITTABLE(uint32_t, uint)
MEMTIER_BLITTABLE(int64_t, long)
MEMTIER_BLITTABLE(size_t, nuint)
MEMTIER_BLITTABLE(double, double)
/* Data and text: the caller pins. */
MEMTIER_BLITTABLE(const char *, byte*)
MEMTIER_BLITTABLE(const void *, byte*)
MEMTIER_BLITTABLE(void *buffer, byte*)
/* Places for results, and lists. Pointers, not `out`: one that may be NULL can be left out. */
MEMTIER_BLITTABLE(int32_t *, int*)
MEMTIER_BLITTABLE(int64_t *, long*)
MEMTIER_BLITTABLE(size_t *, nuint*)
MEMTIER_BLITTABLE(double *, double*)
MEMTIER_BLITTABLE(float *, float*)
MEMTIER_BLITTABLE(const float *, float*)
MEMTIER_BLITTABLE(const int64_t *, long*)
MEMTIER_BLITTABLE(const int64_t **, long**)
MEMTIER_BLITTABLE(const double **, double**)
MEMTIER_BLITTABLE(const memtier_slice **, Slice**)
MEMTIER_BLITTABLE(SWIGTYPE *const *, nint*)
MEMTIER_BLITTABLE(void, void)
%typemap(csout, excode="") void { $imcall; }

/* Transparent structs become C# structs of the same form: SWIG writes a property for each member in
   its order, and an automatic property of a sequential struct is a field. */
%nodefaultctor;
%nodefaultdtor;
%typemap(csimports) SWIGTYPE "using System.Runtime.InteropServices;\n"
%typemap(csclassmodifiers) SWIGTYPE "[StructLayout(LayoutKind.Sequential)]\ninternal unsafe struct"
%typemap(csinterfaces) SWIGTYPE ""
%typemap(csbody) SWIGTYPE ""
%typemap(csdispose) SWIGTYPE ""
%typemap(csdisposing) SWIGTYPE ""
%define MEMTIER_STRUCT(CTYPE, CSTYPE)
MEMTIER_BLITTABLE(CTYPE *, CSTYPE*)
%enddef
MEMTIER_STRUCT(memtier_slice, Slice)
MEMTIER_STRUCT(memtier_control, Control)
MEMTIER_STRUCT(memtier_store_statistics, StoreStatistics)
MEMTIER_STRUCT(memtier_tier_statistics, TierStatistics)
MEMTIER_STRUCT(memtier_import_statistics, ImportStatistics)
MEMTIER_STRUCT(memtier_writer, Writer)
MEMTIER_STRUCT(memtier_reader, Reader)
MEMTIER_STRUCT(memtier_clock, Clock)
MEMTIER_STRUCT(memtier_log, Log)
MEMTIER_STRUCT(memtier_eviction, Eviction)
MEMTIER_STRUCT(memtier_promotion, Promotion)
MEMTIER_STRUCT(memtier_key_extractor, KeyExtractor)
MEMTIER_STRUCT(memtier_token_counter, TokenCounter)
MEMTIER_STRUCT(memtier_embedder, Embedder)
MEMTIER_STRUCT(memtier_policy_decider, PolicyDecider)

/* C# refuses a member that is named as its type. */
%rename("LogLine") memtier_log::log;

/* char name[64]: an inline array of the same size, in Name64.cs. */
MEMTIER_BLITTABLE(char [64], Name64)

%include "memtier.h"
