/* What the three languages share: the integer types of memtier.h and how its names are spelled.
   Each <language>/memtier.i includes this first; nothing here depends on a language. */

%{
#include "memtier.h"
%}

/* int32_t, int64_t, uint32_t and size_t stay names of their own: every language maps exactly these, and
   the generated C spells them as memtier.h does. */

/* memtier_item_get_into becomes ItemGetInto, in Java itemGetInto. Constants keep their C names: who
   searches for one finds it in every language. The parity test finds names of more than six words. */
#ifdef SWIGJAVA
%rename("%(regex:/^memtier_([a-z0-9]+)_?([a-z0-9]*)_?([a-z0-9]*)_?([a-z0-9]*)_?([a-z0-9]*)_?([a-z0-9]*)$/\\1\\u\\2\\u\\3\\u\\4\\u\\5\\u\\6/)s",
        %$isfunction) "";
#else
%rename("%(regex:/^memtier_([a-z0-9]+)_?([a-z0-9]*)_?([a-z0-9]*)_?([a-z0-9]*)_?([a-z0-9]*)_?([a-z0-9]*)$/\\u\\1\\u\\2\\u\\3\\u\\4\\u\\5\\u\\6/)s",
        %$isfunction) "";
#endif
%rename("%(regex:/^memtier_([a-z0-9]+)_?([a-z0-9]*)_?([a-z0-9]*)$/\\u\\1\\u\\2\\u\\3/)s", %$isclass) "";
%rename("%(camelcase)s", %$isvariable, %$ismember) "";
