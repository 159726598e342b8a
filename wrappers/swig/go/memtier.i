%module(directors="0") native
%include "../types.i"
%include "../../../include/memtier.h"
