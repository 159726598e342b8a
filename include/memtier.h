/*
 * memtier.h - the memory of AI agents, in one library and one file.
 *
 * memtier is to the memory of agents what SQLite is to data. A STORE is one file; it holds ITEMS: a
 * text (or any bytes) with an id, a type, tags, metadata and an importance. Each item lies in a
 * TIER of the store's LADDER: resident in RAM, in the database, or in the compressed archive. Reads
 * and the passage of time move items along the ladder. In whichever tier it lies, an item is found
 * by key, by filter, by words and by vectors. Several threads and several processes can use one store at once.
 *
 *     memtier_store *store = NULL;
 *     memtier_item_builder *tea = NULL;
 *     memtier_hits *hits = NULL;
 *     memtier_store_open("agent.mem", NULL, &store, NULL);
 *     memtier_item_builder_create(&tea, NULL);
 *     memtier_item_builder_set_text(tea, MEMTIER_FIELD_CONTENT, "Ada likes green tea", 19, NULL);
 *     memtier_item_put(store, NULL, tea, MEMTIER_PUT_REPLACE, 0, NULL, NULL);
 *     memtier_store_search(store, NULL, "{\"text\": \"what does Ada like?\"}", 31, NULL, &hits,
 *                          NULL);
 *     printf("%d\n", (int)memtier_hits_count(hits));
 *     memtier_hits_destroy(hits);
 *     memtier_item_builder_destroy(tea);
 *     memtier_store_close(store, NULL);
 *
 * HOW TO READ THIS FILE. It is the manual, in learning order: version, status, errors, results,
 * options, store, scope, writing items, reading items, many at once, filters and lists, search,
 * tiers, export and import, callbacks, vectors, embedder, feedback, associations, collections,
 * conversations, knowledge and episodes, working context, policies, archive, maintenance, retention.
 * These rules hold for every function and are not repeated:
 *
 *  - STATUS. A function that can fail returns memtier_status: 0, or a negative number (never
 *    reused). The optional last parameter `error` receives an object with the reason, and NULL when
 *    all went well (or when there was no memory even for that); it may itself be NULL. The caller
 *    owns it: memtier_error_destroy. The handle, argument or place that was wrong is named in its
 *    message. Every function can return MEMTIER_INVALID (a NULL, out of range or malformed
 *    argument), MEMTIER_CLOSED (a handle already destroyed), MEMTIER_NO_MEMORY and
 *    MEMTIER_INTERNAL; every function that takes a store can also return MEMTIER_BUSY, MEMTIER_IO,
 *    MEMTIER_FULL, MEMTIER_CORRUPT, MEMTIER_CALLBACK (the caller's own clock failed) and
 *    MEMTIER_REENTRANT (called inside a callback). What is listed at a function is what is special
 *    there; more may come, so treat every negative number that you do not know as a failure. A call
 *    that failed has changed nothing, unless it says what it has changed.
 *  - REPORTS. Where "report" stands at `out_json`, a long call tells there what it did, as a JSON object,
 *    and does so as well when it was stopped, cancelled or failed after it had begun: then the status
 *    says why, the object tells what was done until then, and has "stopped", the message. It is NULL
 *    where nothing was begun. The caller owns it in either case.
 *  - WAITING. A call waits for other writers at most MEMTIER_OPTION_BUSY_TIMEOUT_MS. Calls whose
 *    work grows with the store or with a batch take a memtier_control; opening a store (long only
 *    once, where an older format is brought up to date or it gets another ladder), closing it,
 *    calls that give at most as much as their limit says, and memtier_conversation_replace, whose
 *    list is one write, do not. A write without an
 *    argument for durability uses the store's.
 *  - OUT PARAMETERS (`out_...`) are set to NULL or 0 on entry, so they are defined after a failure
 *    too (of a struct with struct_size, everything behind it within that size). An out parameter
 *    marked "may be NULL" can be left out; others cannot.
 *  - TEXT is UTF-8 with a size in bytes, never relying on a terminating NUL: invalid UTF-8 is
 *    MEMTIER_INVALID. Content is any bytes. (NULL, 0) is the empty text. Only paths are C strings.
 *  - OWNERSHIP, in fixed words: "caller owns" (release with the named function), "borrowed until
 *    ..." (do not release, do not use longer), "copied" (the library keeps its own copy). Nothing
 *    of memtier's is released with free(). Nothing passed in is kept: documents, scopes, builders
 *    and options are copied where they are needed after the call.
 *  - HANDLES are checked tickets, not addresses: using one after its destruction, twice, or in
 *    place of another kind is an error, never a crash. Functions that return a count give 0 for
 *    NULL and -1 for a handle that is none. Destroying NULL, or again, does nothing. Handles may be
 *    destroyed in any order and from any thread: what a child needs of its parent lives on unseen.
 *  - THREADS. Each function has a line "Thread safety:". "any thread" means it may be called by any
 *    number of threads at once, on the same handle. "one thread at a time" means per handle. A
 *    parameter of type pointer to const can be shared by concurrent calls.
 *  - TIME is int64_t microseconds since 1970-01-01 UTC, read from the store's clock. Units stand
 *    last in names: _us microseconds, _ms milliseconds, _bytes.
 *  - PROCESSES. A store's file may be opened by several processes of one machine. A write that was
 *    acknowledged in one (as NORMAL or FULL) is seen by the next read in every other.
 *
 * Requires a 64-bit machine. Declarations here need only C99. Licence: see LICENSE.
 */
#ifndef MEMTIER_H
#define MEMTIER_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define MEMTIER_API
#elif defined(__GNUC__)
#define MEMTIER_API __attribute__((visibility("default")))
#else
#define MEMTIER_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* =============================================================================================
 * 1. Version
 * =============================================================================================
 * Semantic: within one major version functions are only added, and every program keeps working. */

#define MEMTIER_VERSION_MAJOR 1
#define MEMTIER_VERSION_MINOR 0
#define MEMTIER_VERSION_PATCH 0

/** The version of the library at run time, to be compared with the macros of compile time.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int32_t memtier_version_major(void);
MEMTIER_API int32_t memtier_version_minor(void);
MEMTIER_API int32_t memtier_version_patch(void);

/** What was built in, as a JSON object: version, the versions of SQLite, zlib and others, compiler,
 *  file format. @return text ending in NUL, borrowed for ever.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API const char* memtier_version_details(void);

/* =============================================================================================
 * 2. Status
 * =============================================================================================
 * The numbers are pinned. Gaps between the groups leave room. */

typedef int32_t memtier_status;

#define MEMTIER_OK 0

/* The call was wrong: mend the program. */
#define MEMTIER_INVALID (-10)   /* an argument is NULL, malformed, too long, out of range */
#define MEMTIER_TOO_SMALL (-11) /* the caller's buffer is too small; the size needed is returned */
#define MEMTIER_CLOSED (-12)    /* the handle was destroyed, or its store closed */
#define MEMTIER_UNSUPPORTED (-13) /* this build, file system or tier cannot do it */
#define MEMTIER_REENTRANT (-14)   /* a store was used from inside a callback */
#define MEMTIER_MALFORMED (-15)   /* a line that is imported is not what it should be */

/* The data say no: an answer, not an accident. */
#define MEMTIER_NOT_FOUND (-30) /* no such item, tier, field */
#define MEMTIER_EXISTS (-31)    /* MEMTIER_PUT_CREATE, and it is there */
#define MEMTIER_CONFLICT (-32)  /* the version has moved on */
#define MEMTIER_AMBIGUOUS (-33) /* several items of this id lie in the given scope: narrow it */
#define MEMTIER_MISMATCH (-34)  /* the store was made with another ladder or tokenizer */

/* Something stood in the way: retrying, or asking for less, can help. */
#define MEMTIER_BUSY (-50)      /* another writer held the store for the whole busy timeout */
#define MEMTIER_CANCELLED (-51) /* the cancel token was tripped, or a progress callback said so */
#define MEMTIER_CALLBACK (-52)  /* a callback failed; memtier_error_callback_code has its number */
#define MEMTIER_LIMIT (-53)     /* a limit of memtier.h was reached, e.g. too many open handles */

/* The file: look at the message, then at the disk. */
#define MEMTIER_IO (-70)           /* the operating system reported an error */
#define MEMTIER_FULL (-71)         /* the disk, or the quota, is full */
#define MEMTIER_CORRUPT (-72)      /* the file is damaged, or is no store */
#define MEMTIER_READ_ONLY (-73)    /* the file or its folder cannot be written */
#define MEMTIER_NEWER_FORMAT (-74) /* written by a newer memtier than this one */
#define MEMTIER_DENIED (-75)       /* no permission */

#define MEMTIER_NO_MEMORY (-90)
#define MEMTIER_INTERNAL (-110) /* a defect of memtier: please report it */

/** The name of a status, such as "MEMTIER_NOT_FOUND"; "MEMTIER_UNKNOWN" for a number that is none.
 *  @return text ending in NUL, borrowed for ever.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API const char* memtier_status_name(memtier_status status);

/** One sentence for people about a status.
 *  @return text ending in NUL, borrowed for ever.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API const char* memtier_status_text(memtier_status status);

/* =============================================================================================
 * 3. Errors
 * ============================================================================================= */

/** Why a call failed. Never shared between threads by the library: each failing call makes its own. */
typedef struct memtier_error memtier_error;

/** The status that the failing call returned. NULL: MEMTIER_OK; no error, or one that was destroyed:
 *  MEMTIER_CLOSED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_error_code(const memtier_error* error);

/** What was wrong and what to do, in English. NULL: "".
 *  @return text ending in NUL, borrowed until memtier_error_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API const char* memtier_error_message(const memtier_error* error);

/** The size of the message in bytes. NULL: 0.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API size_t memtier_error_message_size(const memtier_error* error);

/** 1 if the same call may succeed later without a change (busy, full, interrupted), else 0.
 *  NULL: 0.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int32_t memtier_error_is_retriable(const memtier_error* error);

/** The number that a failing callback returned, unchanged, where the code is MEMTIER_CALLBACK;
 *  else 0.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int32_t memtier_error_callback_code(const memtier_error* error);

/** Releases an error.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_error_destroy(memtier_error* error);

/* =============================================================================================
 * 4. Small shared things: slices, bytes, cancelling, progress
 * ============================================================================================= */

/** A run of bytes that belongs to somebody else. */
typedef struct memtier_slice {
  const void* data;
  size_t size;
} memtier_slice;

/** A run of bytes that the caller owns: a document that a call returned. */
typedef struct memtier_bytes memtier_bytes;

/** The first byte, followed by a NUL beyond the size, so that text can be printed. NULL: "".
 *  @return borrowed until memtier_bytes_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API const void* memtier_bytes_data(const memtier_bytes* bytes);

/** The size in bytes. NULL: 0.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API size_t memtier_bytes_size(const memtier_bytes* bytes);

/** Releases bytes.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_bytes_destroy(memtier_bytes* bytes);

/** A token that stops long work from another thread (or a signal handler's pipe, or a context). */
typedef struct memtier_cancel memtier_cancel;

/** Makes a token that is not tripped. Caller owns: memtier_cancel_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_cancel_create(memtier_cancel** out_cancel,
                                                 memtier_error** error);

/** Trips a token: work that was given it ends soon with MEMTIER_CANCELLED. For good.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_cancel_trip(memtier_cancel* cancel, memtier_error** error);

/** 1 if it was tripped, else 0. NULL: 0.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int32_t memtier_cancel_is_tripped(const memtier_cancel* cancel);

/** Releases a token; work that was given it keeps its own hold.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_cancel_destroy(memtier_cancel* cancel);

/* What a callback returns. Any negative number is an error of the caller's own: the call that led
 * to it fails with MEMTIER_CALLBACK and memtier_error_callback_code gives that number back. A
 * positive number that the callback does not know is the same failure: a clock, a scorer, an
 * extractor of keys, a token counter and a decider know OK and DEFAULT, progress knows OK and
 * CANCEL, a writer, a reader and an embedder OK alone. (What log returns is ignored.) */
#define MEMTIER_CALLBACK_OK 0
#define MEMTIER_CALLBACK_DEFAULT 1 /* behave as if no callback were set, this time */
#define MEMTIER_CALLBACK_CANCEL 2  /* progress only: end the work with MEMTIER_CANCELLED */

/* Rules of every callback table: `struct_size` is sizeof of the table as the caller compiled it;
 * one that is smaller than the table of version 1.0 is MEMTIER_INVALID. The table is copied.
 * `destroy`, where not NULL, is called with user_data exactly once for each call that received the
 * table - when the library is done with it, from whichever thread that is, and also when that call
 * fails. (A NULL table, or one whose struct_size is wrong, is not read.) A table set in place of
 * another lets the other go; options that open several stores share theirs. No lock is held while a
 * callback runs. From inside one, on its thread, calls that take a store or a cursor return
 * MEMTIER_REENTRANT unless that callback's text allows them; everything else is allowed. A callback
 * must not unwind through the library (longjmp, exceptions). */

typedef void (*memtier_destroy_callback)(void* user_data);

/** Tells how far long work is: `done` of `total` items (of an import from a file: bytes), -1 where
 *  the total is not known. */
typedef int32_t (*memtier_progress_callback)(int64_t done, int64_t total, void* user_data);

/** Watches and stops one long call, on the caller's thread; `destroy` runs before the call returns.
 *  progress may be NULL; cancel may be NULL. Progress comes at most about 20 times a second, and
 *  once at the end. */
typedef struct memtier_control {
  uint32_t struct_size;
  memtier_cancel* cancel;
  memtier_progress_callback progress;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_control;

/* =============================================================================================
 * 5. Options
 * ============================================================================================= */

/** How to open a store. Changing it after the store was opened changes nothing. */
typedef struct memtier_options memtier_options;

/* Keys of whole numbers (memtier_options_set_int64); memtier_option_get_bounds tells the range. */
#define MEMTIER_OPTION_CREATE 1        /* 1 make a missing file (default), 0 MEMTIER_NOT_FOUND */
#define MEMTIER_OPTION_CHANGE_LADDER 2 /* 1 a store gets another ladder, see LADDER; default 0 */
#define MEMTIER_OPTION_DURABILITY 10   /* MEMTIER_DURABILITY_...; default NORMAL */
#define MEMTIER_OPTION_RELAXED_INTERVAL_MS 11 /* RELAXED writes are committed in time; 10 */
#define MEMTIER_OPTION_BUSY_TIMEOUT_MS 12     /* longest wait for another writer; default 10000 */
#define MEMTIER_OPTION_JOURNAL_BYTES 13       /* size of the journal; set at creation; 16 MiB */
#define MEMTIER_OPTION_MEMORY_LIMIT_BYTES 20  /* RAM for items and caches; 256 MiB */
#define MEMTIER_OPTION_READER_COUNT 21        /* connections that read at once; default 4 */
#define MEMTIER_OPTION_BACKGROUND 22          /* 1 threads of the store's own (default), 0 none */
#define MEMTIER_OPTION_TRANSITION_LIMIT 23    /* rows kept in the transition log; default 10000 */
#define MEMTIER_OPTION_ACCESS_INTERVAL_MS 24  /* access statistics are written in time; 5000 */
#define MEMTIER_OPTION_TTL_REFRESH_ON_READ 25 /* 1 a read starts an item's TTL anew; default 0 */
#define MEMTIER_OPTION_EVICTION_ORDER 26      /* MEMTIER_EVICTION_...; default RETENTION */
#define MEMTIER_OPTION_RANDOM_SEED 27 /* seeds generated ids, for tests; 0 is unpredictable */
#define MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS 28 /* of links, section 19; 30 days; 0 none */
#define MEMTIER_OPTION_LEARN_LINKS 29 /* link a read with so many before it, 0 (default) to 16 */
#define MEMTIER_OPTION_EMBED_BATCH 30 /* texts in one call of an embedder of your own; default 64 */
#define MEMTIER_OPTION_PREFETCH 31    /* items that a read brings along, 0 (default) to 16; below */
#define MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES 40 /* longer content is compressed; 1024; 0 none */
#define MEMTIER_OPTION_MAINTENANCE_INTERVAL_MS 44  /* ticks in the background, section 26; 0 none */
#define MEMTIER_OPTION_MAINTENANCE_BUDGET_MS 45    /* of one of these; default 100; 0 no limit */
#define MEMTIER_OPTION_QUERY_CACHE_BYTES 50 /* RAM for answers of searches, section 12; 0 none */

/* Keys of text (memtier_options_set_text). The empty text takes a choice back.
   LADDER: "default", "six", "three", "levels", or a ladder document (section 13). For a store that
   exists: not set, its own; else it must be the same, or MEMTIER_MISMATCH. Or, with CHANGE_LADDER, the
   store gets it as it is opened: items stay in the tier of the same name; those whose tier is not in it
   go into the hottest tier of the same medium, or else of the next colder medium that there is, or the
   last tier; all in one transaction. Then each tier gives down what it has no room for. MEMTIER_BUSY
   while anybody else has the store open; MEMTIER_LIMIT where the last tier has no room for what there is,
   so that nothing is evicted for it. */
#define MEMTIER_OPTION_LADDER 100
/* TOKENIZER: how text is split into words. "english" (default): words without regard to case and
   diacritics, stemmed, stop words left out of questions; runs of Chinese, Japanese or Korean
   characters in overlapping pairs. "unicode": words alone. "cjk": words, and such runs in pairs.
   (Of such a run a single character is not found by itself, only where it stands alone; with an
   asterisk it finds the pairs that it begins.) "plain": what stands between white space, exactly.
   For a store that exists: as LADDER. */
#define MEMTIER_OPTION_TOKENIZER 101
/* What makes vectors of texts (section 17).
   EMBEDDER: "builtin" (default), "none", or "callback", which memtier_options_set_embedder sets.
   MODEL_PATH: the file of the built-in embedder, or its folder. Not set: what the environment variable
   MEMTIER_MODEL_PATH names, or else embedder-en.model beside the library or in the share/memtier that
   belongs to it.
   EMBEDDER_NAME: what the model behind the callback is called, its version too; at most 256 bytes.
   Vectors of one name are never compared with those of another. Default "callback". */
#define MEMTIER_OPTION_EMBEDDER 110
#define MEMTIER_OPTION_MODEL_PATH 111
#define MEMTIER_OPTION_EMBEDDER_NAME 112
/* CONSOLIDATION: what ticks consolidate and when, a JSON object (section 26). Not set: nothing. */
#define MEMTIER_OPTION_CONSOLIDATION 120

/* What an acknowledged write has survived: per store by option, per write by argument.
   RELAXED: this process sees it at once; within the relaxed interval it survives a crash of the
   process and is seen by others. (It needs BACKGROUND; without, it is NORMAL.) */
#define MEMTIER_DURABILITY_DEFAULT 0 /* as an argument: the store's */
#define MEMTIER_DURABILITY_RELAXED 1 /* acknowledged now, committed within the relaxed interval */
#define MEMTIER_DURABILITY_NORMAL 2  /* survives a crash of the process, seen by every process */
#define MEMTIER_DURABILITY_FULL 3    /* survives loss of power as well */
/* A FULL write whose sync fails returns the error of the disk (MEMTIER_IO, MEMTIER_FULL) although the
   write stands: every read and every process sees it and it survives a crash of the process, as a
   NORMAL one does; a loss of power may undo it. What the journal holds on the disk is not known any
   more, so every further FULL write fails with MEMTIER_IO, and stands likewise, until the store is
   opened anew; memtier_store_flush writes all into the file itself and, where it succeeds, makes it
   safe. */

/* PREFETCH learns from the order of reads by id, of each collection, app, user and agent, what is read within
   five minutes behind what. A
   read that has to look into the file then brings into RAM, whatever their tier, the items that were read
   behind its item at least twice; they leave it as any other, the longest unread first. Their tier does not
   change. What was learned is in RAM, bounded, and gone when the store is closed. */

/* Which items of an overflowing tier go first. */
#define MEMTIER_EVICTION_RETENTION 1 /* the lowest retention score, see section 13 */
#define MEMTIER_EVICTION_LRU 2       /* read longest ago */
#define MEMTIER_EVICTION_LFU 3       /* read least often; among equals, longest ago */
#define MEMTIER_EVICTION_EXPIRY 4    /* those that expire first; then retention score */
#define MEMTIER_EVICTION_PRIORITY 5  /* lowest priority; then retention score */
#define MEMTIER_EVICTION_CALLBACK 6  /* memtier_options_set_eviction; alone, no store opens */

/** Makes options that all have their defaults. Caller owns: memtier_options_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_create(memtier_options** out_options,
                                                  memtier_error** error);

/** Sets a whole number. @return MEMTIER_INVALID names the key's range.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_set_int64(memtier_options* options, int32_t key,
                                                     int64_t value, memtier_error** error);

/** Sets a text; it is checked at once and copied.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_set_text(memtier_options* options, int32_t key,
                                                    const char* text, size_t text_size,
                                                    memtier_error** error);

/** The smallest, largest and default value of a whole-number key.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_option_get_bounds(int32_t key, int64_t* out_minimum,
                                                     int64_t* out_maximum, int64_t* out_default,
                                                     memtier_error** error);

/** Releases options; a store opened with them lives on.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_options_destroy(memtier_options* options);

/* =============================================================================================
 * 6. Store
 * ============================================================================================= */

/** An open store: one file, and beside it while it is open two or three companions (-wal, -shm,
 *  -log) that a clean close removes. Copy the file only when it is closed. */
typedef struct memtier_store memtier_store;

/** Opens a store, and makes it where it does not exist, or where the file is empty. Reads a few
 *  pages, whatever the store's size.
 *  @param path  a file's path ending in NUL, or ":memory:" for one that lives and dies with the
 *  handle. A name with "://" in it is MEMTIER_UNSUPPORTED. Links are followed; a file with several
 *  hard links is MEMTIER_UNSUPPORTED.
 *  @param options  NULL for defaults.
 *  @param out_store  caller owns: memtier_store_close.
 *  @return MEMTIER_NOT_FOUND (CREATE is 0, or the folder is missing), MEMTIER_CORRUPT (not a store,
 *  or damaged), MEMTIER_NEWER_FORMAT, MEMTIER_MISMATCH (another ladder or tokenizer than
 *  the store's), MEMTIER_BUSY and MEMTIER_LIMIT (CHANGE_LADDER: see LADDER), MEMTIER_READ_ONLY (a
 *  store that cannot be written cannot be opened for reading either), MEMTIER_DENIED. MEMTIER_UNSUPPORTED
 *  or MEMTIER_CORRUPT with a message about the model file: that of the built-in embedder is missing, or
 *  damaged (MEMTIER_OPTION_MODEL_PATH).
 *  Thread safety: any thread; one file can be opened any number of times.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_open(const char* path, const memtier_options* options,
                                              memtier_store** out_store, memtier_error** error);

/** Closes a store: writes what is pending, folds the journal into the file, ends the background
 *  thread. Calls under way in other threads end first, long ones with MEMTIER_CANCELLED. Items and
 *  results that are still held stay valid; a cursor still works, and the file is let go with the
 *  last of them. NULL, or a store already closed: MEMTIER_OK.
 *  @return an error if something acknowledged as RELAXED could not be written; the store is closed
 *  then too. Everything acknowledged as NORMAL or FULL is safe in any case.
 *  Where it cannot go into the file now (the disk is full, others hold it) it stands in the journal,
 *  which stays, and the log says so.
 *  Thread safety: any thread, but not from inside a callback.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_close(memtier_store* store, memtier_error** error);

/** Makes everything acknowledged so far survive loss of power, in the file itself, with the access
 *  statistics. @param control  may be NULL.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_flush(memtier_store* store, const memtier_control* control,
                                               memtier_error** error);

/** Numbers about a store. Counters start at 0 when this process opens it; the others are of the
 *  store. Set struct_size before the call; what the library does not know is 0. */
typedef struct memtier_store_statistics {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t item_count;         /* items that a read can find */
  int64_t item_bytes;         /* their content, metadata and names */
  int64_t expired_count;      /* expired, invisible, not yet swept */
  int64_t resident_count;     /* items in this process's RAM */
  int64_t resident_bytes;     /* what they take */
  int64_t memory_limit_bytes; /* MEMTIER_OPTION_MEMORY_LIMIT_BYTES */
  int64_t memory_used_bytes;  /* resident items, pending changes, caches, indexes in RAM */
  int64_t file_bytes;         /* the file and its write-ahead log */
  int64_t journal_bytes;      /* changes in the journal, not yet folded into the file */
  int64_t sequence;           /* number of the newest change */
  int64_t gets;               /* reads by id: */
  int64_t gets_resident;      /*   answered from RAM */
  int64_t gets_stored;        /*   answered from the file */
  int64_t gets_missed;        /*   not found */
  int64_t puts;               /* items written, updates included */
  int64_t deletes;            /* items deleted by call */
  int64_t searches;
  int64_t promotions;         /* items moved one or more tiers up */
  int64_t demotions;          /* items moved down */
  int64_t evictions;          /* items removed because the last tier was full */
  int64_t expirations;        /* items removed because their time was over */
  int64_t access_dropped;     /* access statistics given up because the file could not keep up */
  double promotions_per_hour; /* over the last hour of the store's clock */
  double demotions_per_hour;
  int64_t query_cache_hits;    /* searches answered from the query cache */
  int64_t query_cache_misses;  /* searches whose answer it might have had */
  int64_t query_cache_entries; /* answers in it now */
  int64_t query_cache_bytes;   /* what they take; part of memory_used_bytes */
  int64_t prefetched;          /* items brought into RAM with others (PREFETCH) */
  int64_t prefetch_hits;       /* of them those that were then read there */
} memtier_store_statistics;

/** Fills in the statistics. @param out_statistics  its struct_size set.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_get_statistics(memtier_store* store,
                                                        memtier_store_statistics* out_statistics,
                                                        memtier_error** error);

/** The ladder in force, as a document (section 13). Caller owns: memtier_bytes_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_get_ladder(memtier_store* store, memtier_bytes** out_json,
                                                    memtier_error** error);

/* =============================================================================================
 * 7. Scope
 * =============================================================================================
 * Whose memory it is. An item has up to four owners' names - app, user, agent, session - and
 * belongs to one collection. Its id is unique among the items with exactly the same five. A call
 * sees only what its scope allows: each name that the scope gives must be the item's; a name that
 * it does not give may be anything. So a scope with a user alone sees all of that user's sessions,
 * and no other user's. A collection that is not given is "default"; the collection "*" stands for
 * all of them, for reading, export and clearing. NULL in place of a scope: the default collection,
 * any names. A put files the item under exactly the names of its scope.
 *
 * A call for one id first looks for the item with exactly the scope's names, then for any in the
 * scope; if there are several of these, it returns MEMTIER_AMBIGUOUS. */

typedef struct memtier_scope memtier_scope;

#define MEMTIER_SCOPE_APP 1
#define MEMTIER_SCOPE_USER 2
#define MEMTIER_SCOPE_AGENT 3
#define MEMTIER_SCOPE_SESSION 4
#define MEMTIER_SCOPE_COLLECTION 5

/** Makes a scope that gives no name. Caller owns: memtier_scope_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_scope_create(memtier_scope** out_scope, memtier_error** error);

/** Gives a name (copied; at most 256 bytes, no control characters), or takes it back with the empty
 *  text.
 *  Thread safety: one thread at a time, and not while a call uses the scope.  @since 1.0 */
MEMTIER_API memtier_status memtier_scope_set(memtier_scope* scope, int32_t part, const char* name,
                                             size_t name_size, memtier_error** error);

/** Reads a name; empty where it is not given. Borrowed until the scope is changed or destroyed.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_scope_read_text(const memtier_scope* scope, int32_t part,
                                                   memtier_slice* out_name, memtier_error** error);

/** Releases a scope.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_scope_destroy(memtier_scope* scope);

/* =============================================================================================
 * 8. Writing items
 * ============================================================================================= */

/* The fields of an item: (b) set with a builder, (r) read from an item; others as said.
   Texts. CONTENT is any bytes, at most 64 MiB. CONTENT_TYPE is by default "text/plain", or
   "application/octet-stream" where the content is not UTF-8; words are found in text/... and in
   JSON. METADATA is a JSON object, kept byte for byte, at most 1 MiB; the words of "title" and of
   "speaker" (or else "role") in it are found, too. The names of the scope come from the scope.
   ID, TYPE, CONTENT_TYPE, tags and names are any text without control characters (those below U+0020,
   and U+007F). */
#define MEMTIER_FIELD_ID 1      /* (b r) 1 to 1024 bytes, see above; generated where not given */
#define MEMTIER_FIELD_TYPE 2    /* (b r) "episodic", "semantic", ... or any; at most 256 bytes */
#define MEMTIER_FIELD_CONTENT 3 /* (b r) */
#define MEMTIER_FIELD_CONTENT_TYPE 4 /* (b r) */
#define MEMTIER_FIELD_METADATA 5     /* (b r) a JSON object; no key twice in one object */
#define MEMTIER_FIELD_TIER 6         /* (b r) a tier's name; default: the first of the ladder */
#define MEMTIER_FIELD_COLLECTION 7   /* (r) */
#define MEMTIER_FIELD_APP 8          /* (r) */
#define MEMTIER_FIELD_USER 9         /* (r) */
#define MEMTIER_FIELD_AGENT 10       /* (r) */
#define MEMTIER_FIELD_SESSION 11     /* (r) */
#define MEMTIER_FIELD_SNIPPET 12     /* of a hit: the passage that matches */
#define MEMTIER_FIELD_REASON 13      /* of a transition */
#define MEMTIER_FIELD_FROM_TIER 14   /* of a transition */
#define MEMTIER_FIELD_TO_TIER 15     /* of a transition */
/* Whole numbers (int64_t). EXPIRES_US, where it is not 0, wins over TTL_US. TTL_US counts from the
   write; set to 0 it is the tier's default, and -1 (also when read) means that there is none. */
#define MEMTIER_FIELD_VERSION 30          /* (r) 1, 2, ... */
#define MEMTIER_FIELD_CHANGE_SEQUENCE 31  /* (r) number of the change that wrote this version */
#define MEMTIER_FIELD_CREATED_US 32       /* (b r) default now */
#define MEMTIER_FIELD_UPDATED_US 33       /* (b r) default now */
#define MEMTIER_FIELD_ACCESSED_US 34      /* (b r) last read; default: created */
#define MEMTIER_FIELD_EXPIRES_US 35       /* (b r) from then on nobody finds it; 0 never */
#define MEMTIER_FIELD_TTL_US 36           /* (b r) time to live */
#define MEMTIER_FIELD_ACCESS_COUNT 37     /* (b r) reads by id */
#define MEMTIER_FIELD_VALIDATION_COUNT 38 /* (b r) memtier_item_validate */
#define MEMTIER_FIELD_PRIORITY 39         /* (b r) for MEMTIER_EVICTION_PRIORITY; default 0 */
#define MEMTIER_FIELD_PINNED 40     /* (b r) 1 never expires, moves or is evicted; default 0 */
#define MEMTIER_FIELD_SIZE_BYTES 41 /* (r) of content, metadata and names */
#define MEMTIER_FIELD_TIME_US 42    /* of a transition */
#define MEMTIER_FIELD_IDLE_US 43    /* of a candidate: time since its last read */
#define MEMTIER_FIELD_EXPECTED_VERSION 44 /* (b) what must be there, or MEMTIER_CONFLICT; 0 any */
/* Fractions (double). */
#define MEMTIER_FIELD_IMPORTANCE 60   /* (b r) 0 to 1; default 0.5 */
#define MEMTIER_FIELD_SCORE 61        /* of a hit or candidate */
#define MEMTIER_FIELD_TEXT_SCORE 62   /* of a hit: its own words alone, BM25; 0 none */
#define MEMTIER_FIELD_VECTOR_SCORE 63 /* of a hit: its vector alone; 0 none */

#define MEMTIER_MAX_ID_BYTES 1024
#define MEMTIER_MAX_NAME_BYTES 256 /* type, content type, tag, each name of a scope */
#define MEMTIER_MAX_TAGS 256
#define MEMTIER_MAX_METADATA_BYTES 1048576
#define MEMTIER_MAX_CONTENT_BYTES 67108864
#define MEMTIER_MAX_BATCH 100000 /* items in one call */

/** An item being written, or the changes to one: only fields that were set are applied by an
 *  update. */
typedef struct memtier_item_builder memtier_item_builder;

/** Makes an empty builder. Caller owns: memtier_item_builder_destroy. It can be used again and
 *  again.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_create(memtier_item_builder** out_builder,
                                                       memtier_error** error);

/** Sets a text field (copied), also MEMTIER_FIELD_CONTENT when it is text.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_set_text(memtier_item_builder* builder,
                                                         int32_t field, const char* text,
                                                         size_t text_size, memtier_error** error);

/** Sets the content to any bytes (copied).  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_set_bytes(memtier_item_builder* builder,
                                                          int32_t field, const void* data,
                                                          size_t data_size, memtier_error** error);

/** Sets a whole-number field.  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_set_int64(memtier_item_builder* builder,
                                                          int32_t field, int64_t value,
                                                          memtier_error** error);

/** Sets a floating-point field; NaN and infinity are MEMTIER_INVALID.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_set_double(memtier_item_builder* builder,
                                                           int32_t field, double value,
                                                           memtier_error** error);

/** Adds a tag (copied; 1 to 256 bytes, no control characters; a tag that is there already counts
 *  once).
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_add_tag(memtier_item_builder* builder,
                                                        const char* tag, size_t tag_size,
                                                        memtier_error** error);

/** Removes a tag: from the builder, and from the item that an update changes.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_remove_tag(memtier_item_builder* builder,
                                                           const char* tag, size_t tag_size,
                                                           memtier_error** error);

/** Sets all fields that an item document has (keys as in memtier_item_to_json; times also as ISO
 *  8601 text). Strict: an unknown key is MEMTIER_INVALID. "version", "change_sequence" and the
 *  names of the scope are accepted and ignored: the store and the call decide them.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_set_json(memtier_item_builder* builder,
                                                         const char* json, size_t json_size,
                                                         memtier_error** error);

/** Makes the builder empty again, keeping its memory.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_builder_clear(memtier_item_builder* builder,
                                                      memtier_error** error);

/** Releases a builder.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_item_builder_destroy(memtier_item_builder* builder);

/** An item: immutable, reference-counted, valid until destroyed whatever becomes of the store. Only
 *  its tier, access statistics and validation count, which are not part of a version, follow the
 *  store while the item is resident. */
typedef struct memtier_item memtier_item;

#define MEMTIER_PUT_REPLACE 0 /* make it, or replace it */
#define MEMTIER_PUT_CREATE 1  /* only make it: else MEMTIER_EXISTS */
#define MEMTIER_PUT_UPDATE 2  /* only replace it: else MEMTIER_NOT_FOUND */

/** Stores an item and acknowledges it at the durability asked for: every read and search that
 *  starts afterwards finds it. A replacement is a new version: what the builder has not set takes
 *  its default, except that the time of creation, the tier, the access statistics and the
 *  validation count are kept.
 *  @param scope  the names that it is filed under; NULL: none, default collection.
 *  @param mode  MEMTIER_PUT_...
 *  @param durability  MEMTIER_DURABILITY_...
 *  @param out_item  may be NULL; the item as stored, with its id and version. Caller owns:
 *  memtier_item_destroy.
 *  @return MEMTIER_EXISTS, MEMTIER_NOT_FOUND (by mode; or no such tier), MEMTIER_CONFLICT
 *  (version), MEMTIER_CALLBACK (the eviction callback failed; nothing is stored).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_put(memtier_store* store, const memtier_scope* scope,
                                            const memtier_item_builder* builder, int32_t mode,
                                            int32_t durability, memtier_item** out_item,
                                            memtier_error** error);

/** Changes the fields that the builder has set, tags added and removed, and leaves the others;
 *  metadata is replaced as a whole; a tier moves it; an id must be its own. Atomic: nothing written
 *  in between is lost.
 *  @param out_item  may be NULL; the item after the change. Caller owns: memtier_item_destroy.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS, MEMTIER_CONFLICT.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_update(memtier_store* store, const memtier_scope* scope,
                                               const char* id, size_t id_size,
                                               const memtier_item_builder* builder,
                                               int32_t durability, memtier_item** out_item,
                                               memtier_error** error);

/** Deletes an item; a tombstone remains for other processes and stores.
 *  @param version  the version that must be there, or 0.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS, MEMTIER_CONFLICT.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_delete(memtier_store* store, const memtier_scope* scope,
                                               const char* id, size_t id_size, int64_t version,
                                               int32_t durability, memtier_error** error);

/** Confirms an item: adds one to its validation count (not a new version).
 *  @param out_validation_count  may be NULL.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_validate(memtier_store* store, const memtier_scope* scope,
                                                 const char* id, size_t id_size,
                                                 int64_t* out_validation_count,
                                                 memtier_error** error);

/* =============================================================================================
 * 9. Reading items
 * ============================================================================================= */

/** Gets an item, from RAM where it is resident, else from the file or the archive. Counts as a
 *  read: it can bring the item a tier up.
 *  @param out_item  caller owns: memtier_item_destroy.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS, MEMTIER_CORRUPT (this item alone), MEMTIER_CALLBACK
 *  (the promotion callback failed; the read is counted).
 *  Thread safety: any thread; a resident item takes no lock.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_get(memtier_store* store, const memtier_scope* scope,
                                            const char* id, size_t id_size, memtier_item** out_item,
                                            memtier_error** error);

/** Gets an item as an image (section 10) in the caller's memory: the fastest read, one call,
 *  nothing to release. Counts as a read.
 *  @param buffer  of any alignment.
 *  @param out_size  the image's size, also with MEMTIER_TOO_SMALL, when nothing was written and no
 *  read was counted.
 *  @return MEMTIER_TOO_SMALL, and as memtier_item_get.
 *  Thread safety: any thread; a resident item takes no lock.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_get_into(memtier_store* store, const memtier_scope* scope,
                                                 const char* id, size_t id_size, void* buffer,
                                                 size_t buffer_size, size_t* out_size,
                                                 memtier_error** error);

/** Whether there is such an item, or several: *out_exists is 1 or 0. Does not count as a read.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_exists(memtier_store* store, const memtier_scope* scope,
                                               const char* id, size_t id_size, int32_t* out_exists,
                                               memtier_error** error);

/** Reads a text field, or the content. A text that the item does not have is empty; a field that is
 *  none of an item's is MEMTIER_INVALID.
 *  @param out_value  borrowed until memtier_item_destroy of this handle.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_read_text(const memtier_item* item, int32_t field,
                                                  memtier_slice* out_value, memtier_error** error);

/** Reads a whole-number field.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_read_int64(const memtier_item* item, int32_t field,
                                                   int64_t* out_value, memtier_error** error);

/** Reads a floating-point field.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_read_double(const memtier_item* item, int32_t field,
                                                    double* out_value, memtier_error** error);

/** The number of its tags.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int64_t memtier_item_tag_count(const memtier_item* item);

/** Reads a tag, in the order in which they were added. Borrowed until memtier_item_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_read_tag(const memtier_item* item, int64_t index,
                                                 memtier_slice* out_tag, memtier_error** error);

/** Whether a filter (section 11) is true for this item: *out_matches is 1 or 0. Needs no store.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_matches(const memtier_item* item, const char* filter,
                                                size_t filter_size, int32_t* out_matches,
                                                memtier_error** error);

/** The item as a JSON document, lossless: content as "content", or "content_base64" where it is not
 *  UTF-8. Caller owns: memtier_bytes_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_to_json(const memtier_item* item, memtier_bytes** out_json,
                                                memtier_error** error);

/** The item as an image in the caller's memory, as memtier_item_get_into.
 *  @return MEMTIER_TOO_SMALL.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_copy_image(const memtier_item* item, void* buffer,
                                                   size_t buffer_size, size_t* out_size,
                                                   memtier_error** error);

/** A second handle on the same item, for another owner. Caller owns: memtier_item_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_clone(const memtier_item* item, memtier_item** out_item,
                                              memtier_error** error);

/** Releases a handle on an item.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_item_destroy(memtier_item* item);

/* =============================================================================================
 * 10. Many at once, and the image of an item
 * ============================================================================================= */

/** Items with a status each, in the order of the input. One owner for all. */
typedef struct memtier_items memtier_items;

/** The number of entries.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int64_t memtier_items_count(const memtier_items* items);

/** What the call for this entry alone would have returned: its status, and the message of its
 *  failure.
 *  @param out_status  MEMTIER_OK or the entry's failure.
 *  @param out_message  may be NULL; empty without a failure; borrowed until the items are
 *  destroyed.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_items_read_status(const memtier_items* items, int64_t index,
                                                     memtier_status* out_status,
                                                     memtier_slice* out_message,
                                                     memtier_error** error);

/** One entry's item. Caller owns: memtier_item_destroy; it may outlive the batch.
 *  @return MEMTIER_NOT_FOUND where this entry has no item; its own status tells why.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_items_get(const memtier_items* items, int64_t index,
                                             memtier_item** out_item, memtier_error** error);

/** Copies the images of entries from `first` on, one behind the other, as many as fit whole.
 *  @param first  0 to the count; at the count nothing is written.
 *  @param out_size  bytes written; with MEMTIER_TOO_SMALL (not even one fits) what all from `first`
 *  on need.
 *  @param out_count  entries written.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_items_copy_images(const memtier_items* items, int64_t first,
                                                     void* buffer, size_t buffer_size,
                                                     size_t* out_size, int64_t* out_count,
                                                     memtier_error** error);

/** Releases a batch.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_items_destroy(memtier_items* items);

/** Stores many items at once: one crossing, in order, as few commits as possible. Each has its own
 *  status; those that could be stored are. Where the call ends in the middle (cancelled, disk full),
 *  what came before is stored, and the rest have that status.
 *  @param builder_count  0 to MEMTIER_MAX_BATCH.
 *  @param control  may be NULL; watches and stops a large batch, between commits.
 *  @param out_items  may be NULL; the items as stored, also when some failed; none where the call
 *  failed before it came to any. Caller owns: memtier_items_destroy.
 *  @return MEMTIER_OK when all were stored, else the status of the first that was not;
 *  MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_put_many(memtier_store* store, const memtier_scope* scope,
                                                 const memtier_item_builder* const* builders,
                                                 int64_t builder_count, int32_t mode,
                                                 int32_t durability, const memtier_control* control,
                                                 memtier_items** out_items, memtier_error** error);

/** The same for items given as images, one behind the other: for languages to which a call costs
 *  more than a copy. Bytes that cannot be taken apart into images are MEMTIER_INVALID, and nothing
 *  is stored; an image with a field that no builder takes has that as its own status. The fields of
 *  an image that a builder could set are read, as it would set them: times and counters of 0, an
 *  empty content type or id, an importance below 0 and a tier of -1 mean the default. The names of
 *  the scope in an image hold where `scope` does not give them.
 *  @param control, out_items  as memtier_item_put_many; caller owns: memtier_items_destroy.
 *  @return as memtier_item_put_many.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_put_images(memtier_store* store, const memtier_scope* scope,
                                                   const void* images, size_t images_size,
                                                   int32_t mode, int32_t durability,
                                                   const memtier_control* control,
                                                   memtier_items** out_items,
                                                   memtier_error** error);

/** Stores one item given as an image, and gives back the image of what was stored in the caller's
 *  memory: one call, nothing to release.
 *  @param buffer  room for the result; image_size + 128 bytes, and the bytes of the scope's names,
 *  are always enough. May be NULL with size 0.
 *  @param out_size  the size of the result; if that is more than buffer_size the item is stored all
 *  the same and nothing is copied.
 *  @return as memtier_item_put.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_put_into(memtier_store* store, const memtier_scope* scope,
                                                 const void* image, size_t image_size, int32_t mode,
                                                 int32_t durability, void* buffer,
                                                 size_t buffer_size, size_t* out_size,
                                                 memtier_error** error);

/** Gets many items by id. Each entry's status: MEMTIER_OK, MEMTIER_NOT_FOUND, ... Counts as reads.
 *  @param ids  the ids one behind the other.
 *  @param id_ends  where each of them ends in `ids`; the first begins at 0.
 *  @param id_count  0 to MEMTIER_MAX_BATCH.
 *  @param control  may be NULL; watches and stops a large batch.
 *  @param out_items  caller owns: memtier_items_destroy.
 *  @return MEMTIER_OK also when some were not found; MEMTIER_CANCELLED, MEMTIER_CALLBACK (the promotion
 *  callback failed).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_get_many(memtier_store* store, const memtier_scope* scope,
                                                 const char* ids, const int64_t* id_ends,
                                                 int64_t id_count, const memtier_control* control,
                                                 memtier_items** out_items, memtier_error** error);

/** Deletes many items by id, given as in memtier_item_get_many, in as few commits as possible. Where
 *  the call ends in the middle, it is as with memtier_item_put_many.
 *  @param control  may be NULL; watches and stops a large batch, between commits.
 *  @param out_items  as memtier_item_put_many; entries have a status and no item. Caller owns:
 *  memtier_items_destroy.
 *  @return MEMTIER_OK also when some were not found, else the status of the first that failed;
 *  MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_delete_many(
    memtier_store* store, const memtier_scope* scope, const char* ids, const int64_t* id_ends,
    int64_t id_count, int32_t durability, const memtier_control* control, memtier_items** out_items,
    memtier_error** error);

/* THE IMAGE OF AN ITEM: one run of bytes, little-endian; its size is a multiple of 8. A reader
 * finds the texts through header_bytes and text_count, so that later versions can append fields and
 * texts:
 *
 *    offset  type     field
 *         0  uint32   size of the whole image
 *         4  int32    status of this entry (in a batch); if it is not 0, the size is 16 and nothing
 *                     follows
 *         8  uint16   format: 1
 *        10  uint16   header_bytes: where the texts begin; 168
 *        12  uint16   text_count: 12
 *        14  uint16   flags: bit 0 pinned; bit 1, in a put, `version` must be the one there now
 *        16  int64    version
 *        24  int64    change_sequence
 *        32  int64    created_us
 *        40  int64    updated_us
 *        48  int64    accessed_us
 *        56  int64    expires_us         0 never
 *        64  int64    ttl_us             -1 none
 *        72  int64    access_count
 *        80  int64    validation_count
 *        88  int64    priority
 *        96  double   importance
 *       104  double   score              of a hit, else 0
 *       112  int32    tier               its number in the ladder, 0 the hottest
 *       116  uint32   tag_count
 *       120  uint32   end[text_count]    the last of the header: where each text ends, counted from
 *                                        header_bytes; each begins where the one before it ends:
 *                                        id, collection, app, user, agent, session, type,
 *                                        content_type, tags (joined by a line feed), metadata,
 *                                        content, snippet (of a hit)
 *       168  bytes    the texts; then zeros to a multiple of 8
 */
#define MEMTIER_IMAGE_FORMAT 1
#define MEMTIER_IMAGE_HEADER_BYTES 168
#define MEMTIER_IMAGE_TEXT_COUNT 12
#define MEMTIER_IMAGE_PINNED 1
#define MEMTIER_IMAGE_EXPECT_VERSION 2

/** Whether a filter (section 11) is true for an item given as an image: *out_matches is 1 or 0. Needs
 *  no store and no handle.
 *  @param image  exactly one image, of any alignment; one that stands for no item is MEMTIER_INVALID.
 *  @param tier  the name of the tier that the image gives by number, for filters that ask for it;
 *  (NULL, 0): none.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_image_matches(const void* image, size_t image_size,
                                                 const char* tier, size_t tier_size,
                                                 const char* filter, size_t filter_size,
                                                 int32_t* out_matches, memtier_error** error);

/** An item given as an image as the document that memtier_item_to_json makes. Needs no store and no
 *  handle. Caller owns: memtier_bytes_destroy.
 *  @param image, tier  as memtier_image_matches; without a name the document has no "tier".
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_image_to_json(const void* image, size_t image_size,
                                                 const char* tier, size_t tier_size,
                                                 memtier_bytes** out_json, memtier_error** error);

/* =============================================================================================
 * 11. Filters and lists
 * =============================================================================================
 * A FILTER is a JSON object; all its members must hold:
 *
 *   {"type": "fact"}                                   equals
 *   {"importance": {"$gte": 0.5, "$lt": 0.9}}          comparisons
 *   {"tags": "tea"}                                    a list matches by element
 *   {"metadata.place.city": {"$in": ["Rome", "Bari"]}} any path into the metadata
 *   {"$or": [{"pinned": true}, {"$not": {"tier": "archive"}}]}
 *
 * Operators: $eq $ne $gt $gte $lt $lte $in $nin $exists $contains $icontains $startsWith, and $and
 * $or (lists of filters), $not (a filter; also inside a field, around operators). Fields: id type
 * content content_type tags importance priority pinned tier created_us updated_us accessed_us
 * expires_us ttl_us access_count validation_count version change_sequence size_bytes app user agent
 * session collection, metadata.<path>, index.<name> (memtier_index_create_callback).
 *
 *  - Two values, no third: a field that is missing makes every comparison false, so $ne, $nin and
 *    $not are true. A name, type or time that was never set is missing; a JSON null is there, and
 *    equals null.
 *  - Numbers compare by value, exactly: 64-bit integers, signed or unsigned, against each other and
 *    against fractions. Texts compare by bytes. Values of different kinds are never equal, and
 *    neither is less. true and false are equal or not; they have no order, and nor have null, lists
 *    and objects.
 *  - A list matches by element: $eq, $in, comparisons and $startsWith hold if they hold for the
 *    list as a whole or for any element; $ne and $nin are the opposite of $eq and $in. A path goes
 *    through the elements of a list, or to one by its number.
 *  - $contains: part of a text; of a list, an element that is equal. $icontains: the same, ignoring
 *    case (Unicode).
 *  - Times (..._us) are numbers, or ISO 8601 text in the filter: {"created_us": {"$gt":
 *    "2026-05-01"}}.
 *  - An unknown field or operator, or a wrong operand, is MEMTIER_INVALID and the message says
 *    where, as a path such as $.$or[1].importance.$gtt. Never an empty result.
 *  - At most 64 levels and 1000 conditions.
 *
 * An empty text in place of a filter is {}: everything in the scope. Expired items never match. */

/** Counts the items that a filter matches.
 *  @param control  may be NULL; stops a count that takes long.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_count(memtier_store* store, const memtier_scope* scope,
                                              const char* filter, size_t filter_size,
                                              const memtier_control* control, int64_t* out_count,
                                              memtier_error** error);

/** Pages through a list. Between pages nothing is held open: each page shows the store as it is
 *  then, and no item that stayed unchanged is missed or shown twice. */
typedef struct memtier_cursor memtier_cursor;

/** Lists items. Reading a list does not count as reading the items.
 *  @param list  a JSON object, or empty; its keys, all optional:
 *    "filter"      a filter
 *    "order_by"    any field but content and tags; default "created_us". Where it is missing comes
 *                  first (ascending), then null, false, true, numbers, texts, lists and objects
 *    "descending"  true (default: newest first) or false
 *    "skip"        leave out so many; default 0
 *    "limit"       at most so many in all; default 0, no limit
 *    "after"       a token of memtier_cursor_get_token, of the same order: go on behind it
 *  @param out_cursor  caller owns: memtier_cursor_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_list(memtier_store* store, const memtier_scope* scope,
                                             const char* list, size_t list_size,
                                             memtier_cursor** out_cursor, memtier_error** error);

/** The next items, at most `max_items` (1 to 100000); none at the end. An entry whose item is damaged has
 *  the status MEMTIER_CORRUPT.
 *  @param control  may be NULL; stops a page that takes long.
 *  @param out_items  caller owns: memtier_items_destroy.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_cursor_next(memtier_cursor* cursor, int64_t max_items,
                                               const memtier_control* control,
                                               memtier_items** out_items, memtier_error** error);

/** A text that stands for the cursor's place, to go on later or elsewhere with "after". Empty at
 *  the start. Caller owns: memtier_bytes_destroy.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_cursor_get_token(memtier_cursor* cursor,
                                                    memtier_bytes** out_token,
                                                    memtier_error** error);

/** Releases a cursor.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_cursor_destroy(memtier_cursor* cursor);

/** Says how a list and a count with this document's filter are done: reads the first page as
 *  memtier_item_list would, and counts as memtier_item_count would.
 *  @param list  as for memtier_item_list; the page has "limit" items, 100 where that is 0.
 *  @param out_json  an object with the members "list" and "count", each an object:
 *    "path"          the index table that led, by what ("by": "tag, type"); "none" where it was known
 *                    without looking that nothing matches
 *    "entries_seen"  entries of that table that were looked at, and "rows_seen" items' rows
 *    "decided_on"    "index entries", or "rows" where the filter asks what no index knows
 *    "why"           why this path, and "considered" those that were left: each with the number of
 *                    its "entries" (perhaps counted a while ago, or only up to a limit:
 *                    "entries_at_least") and the "cost" that was expected of it, in entries
 *    "elapsed_us", and "items" of the page or the "count"
 *  More members may come, and the names of paths change. Caller owns: memtier_bytes_destroy.
 *  @param control  may be NULL; stops it where it takes long.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_explain(memtier_store* store, const memtier_scope* scope,
                                                const char* list, size_t list_size,
                                                const memtier_control* control,
                                                memtier_bytes** out_json, memtier_error** error);

/** Updates every item that a filter matches, each as memtier_item_update does. Done in batches:
 *  stopped in the middle, what is counted has been changed and the rest has not.
 *  Damaged items are left as they are: MEMTIER_CORRUPT, when all others are done.
 *  @param out_count  items changed, also after a failure.
 *  @return MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_update_where(
    memtier_store* store, const memtier_scope* scope, const char* filter, size_t filter_size,
    const memtier_item_builder* builder, int32_t durability, const memtier_control* control,
    int64_t* out_count, memtier_error** error);

/** Deletes every item that a filter matches. In batches, as memtier_item_update_where. The filter
 *  must not be empty: to delete all, say {"version": {"$gte": 1}}, or use memtier_tier_clear.
 *  @param out_count  items deleted, also after a failure.
 *  @return MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_delete_where(memtier_store* store,
                                                     const memtier_scope* scope, const char* filter,
                                                     size_t filter_size, int32_t durability,
                                                     const memtier_control* control,
                                                     int64_t* out_count, memtier_error** error);

/* INDEXES OF YOUR OWN. Fields of an item have indexes; a path into the metadata gets one by
 * memtier_index_create. From then on every list, count, search, export and write by filter uses it
 * for $eq, $in, $gt, $gte, $lt, $lte, $startsWith and {"$exists": true} on exactly this path, where
 * that is the quickest way (memtier_item_explain says so, "by": "index city"). What is found is the
 * same with and without: an index makes filters quicker, and writes a little slower. It is kept in
 * the file, by every process. */

#define MEMTIER_MAX_INDEXES 64
#define MEMTIER_MAX_PATH_BYTES 1024

/** Makes an index of what the metadata have at a path. Others read and write meanwhile. If there is
 *  one of this name and path already, this call sees that it is ready, and goes on where the making
 *  of one was interrupted (a crash, MEMTIER_BUSY, MEMTIER_FULL).
 *  @param index  a JSON object with two keys:
 *    "name"  1 to 256 bytes, no control characters
 *    "path"  as in a filter, such as "metadata.place.city"; at most MEMTIER_MAX_PATH_BYTES bytes
 *  @param control  may be NULL. Told of items looked at. An index whose making is cancelled, or whose
 *  progress callback fails, is gone.
 *  @return MEMTIER_EXISTS (the name has another path, or is a callback's), MEMTIER_LIMIT (there are
 *  MEMTIER_MAX_INDEXES), MEMTIER_CONFLICT (somebody dropped it meanwhile), MEMTIER_CANCELLED,
 *  MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_index_create(memtier_store* store, const char* index,
                                                size_t index_size, const memtier_control* control,
                                                memtier_error** error);

/** Where a callback puts the keys that it extracts; lent to it while it runs. */
typedef struct memtier_keys memtier_keys;

#define MEMTIER_MAX_KEYS 64 /* of one item */
#define MEMTIER_MAX_KEY_BYTES 1024

/** Adds a key (copied; UTF-8, at most MEMTIER_MAX_KEY_BYTES bytes; may be empty) to the item with this
 *  index in the batch. A key that the item has already counts once.
 *  @return MEMTIER_LIMIT (the item has MEMTIER_MAX_KEYS).
 *  Thread safety: the callback's thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_keys_add(memtier_keys* keys, int64_t item_index, const char* key,
                                            size_t key_size, memtier_error** error);

/** Extracts the keys of a batch of at most 1000 items, each with memtier_keys_add; of some items there
 *  may be none. Both handles are lent until it returns. On the thread of the call that asks: once for
 *  each item when the index is made, and again when it has changed, whoever changed it, before the next
 *  filter that asks for the index is answered; by several threads at once where these ask, so it must
 *  be thread-safe. It must give the same keys for the same item. DEFAULT: no keys for this batch. */
typedef int32_t (*memtier_key_extract_callback)(const memtier_items* items, memtier_keys* keys,
                                                void* user_data);
typedef struct memtier_key_extractor {
  uint32_t struct_size;
  memtier_key_extract_callback extract;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_key_extractor;

/** Makes an index of what a callback extracts from items, for filters on the field index.<name>: as on
 *  a list of texts, of what stands in the keys. It belongs to this store handle and lives in its RAM
 *  (an eighth of MEMTIER_OPTION_MEMORY_LIMIT_BYTES for all of them), so it is made again after each
 *  opening. Filters see every write that was acknowledged before they were asked, also of other
 *  processes; only in a search for words an item that changes meanwhile may be judged by its former
 *  keys. Where the callback fails, or the room is used up (MEMTIER_LIMIT), the call that asked fails,
 *  and nothing else changes. A filter that asks for a name without a callback is MEMTIER_INVALID; so is
 *  index.<name> where a filter is asked of a single item.
 *  @param name  1 to 256 bytes, no control characters.
 *  @param extractor  copied; let go with the index or the store.
 *  @param control  may be NULL. Told of changes looked at. Stopped, there is no index.
 *  @return MEMTIER_EXISTS, MEMTIER_LIMIT (room, or MEMTIER_MAX_INDEXES), MEMTIER_CALLBACK,
 *  MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_index_create_callback(memtier_store* store, const char* name,
                                                         size_t name_size,
                                                         const memtier_key_extractor* extractor,
                                                         const memtier_control* control,
                                                         memtier_error** error);

/** The indexes, as a JSON list of objects in order of their names:
 *    "name"
 *    "path"     where the kind is "path"
 *    "kind"     "path", or "callback": one of this store handle
 *    "state"    "ready"; or "building": not used yet. If nobody is at it, memtier_index_create goes on
 *    "entries"  one for each value that an item has at the path, and for each list or object there
 *    "items"    items looked at so far, while it is "building"
 *  More members may come.
 *  @param control  may be NULL; stops it, for the entries are counted.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_index_list(memtier_store* store, const memtier_control* control,
                                              memtier_bytes** out_json, memtier_error** error);

/** Drops an index; no item changes. Stopped in the middle, it is gone all the same, and what it leaves
 *  in the file is cleared away when the next one is made or dropped.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_index_drop(memtier_store* store, const char* name,
                                              size_t name_size, const memtier_control* control,
                                              memtier_error** error);

/* =============================================================================================
 * 12. Search
 * =============================================================================================
 * A QUERY is a JSON object. Strict: an unknown key is MEMTIER_INVALID.
 *
 *   "text"      the words; questions as people ask them are fine. How it is split into words is the
 *               store's (MEMTIER_OPTION_TOKENIZER): with "english" they are stemmed, and stop words
 *               are left out unless there is nothing else
 *   "syntax"    "natural" (default) or "boolean", see below
 *   "match"     "any" (default): a word is enough, more are better; "all": every word must be
 *               there. For "natural" only
 *   "filter"    a filter (section 11): applied before the best are chosen
 *   "limit"     at most so many hits; default 10, at most 10000
 *   "skip"      leave out the first so many; default 0
 *   "snippets"  true: each hit has a passage of about 160 bytes with the words between ** and **
 *   "meaning"   true: the text is looked for by what it means, and by its words: the embedder (section
 *               17) makes a vector of it, see HYBRID below. By what it means alone: "weights":
 *               {"text": 0}. For "natural" only. Default false
 *   "vector"    a vector to look for (section 16), alone or beside "text": see HYBRID below
 *   "fusion"    how the two are added up: "scores" (default) or "rrf", by reciprocal ranks
 *   "explain"   true: memtier_hits_explain says how the hits were found, and by which index the
 *               filter was decided, as memtier_item_explain does for a list
 *   "field_weights"  {"content": 1, "title": 1, "speaker": 1}: what a word counts in each, 0 to 100;
 *               0: the field is not searched, for words that must not be there neither
 *   "weights"   what each signal counts for the score, 0 to 10: see RANKING below
 *   "half_life_seconds"  after which "recency" counts half; default 2592000, thirty days
 *   "context"   what the caller is at: {"ids": [...], "tags": [...], "session": "...", "text": "..."},
 *               each where there is any; at most 100 ids and 100 tags
 *   "diversity" 0 (default) to 1: rather what the hits before do not say yet
 *
 * NATURAL is what people type. A "quoted phrase" must stand together, a word ending in * is a prefix,
 * -word, -"a phrase" and -prefix* exclude; but a minus before a digit is none: -5 is the word 5. Stop
 * words count in phrases and where they are excluded. With nothing but exclusions the newest items
 * without them are returned, as without words (below). It is never an error, but for these limits:
 * at most 256 words may be excluded, and with "match": "all" at most 256 be asked for; more are
 * MEMTIER_INVALID. With "any" more are fine: of the first 4096 different words those that no item of
 * the store has are passed over, the first 256 others are looked for, and the rest is left out.
 * (memtier_hits_explain: "words_left_out", how many were not looked at.)
 *
 * BOOLEAN has AND OR NOT, only in capitals, ( ) "phrase" prefix*. AND binds closer than OR; two
 * words side by side mean AND. NOT takes away from what stands before it (a NOT b, a AND NOT b); at
 * the beginning, or behind OR or "(", it is refused. A word with punctuation inside (bird's-eye) is a
 * phrase. Stop words outside of quotes are left out: "the AND tea" and "the OR tea" are tea, and NOT
 * of a stop word excludes nothing; a query that looks for nothing else is taken as it stands. At most
 * 256 words. Anything malformed, "???" among it, is MEMTIER_INVALID, and the message names the place.
 *
 * A PREFIX stands for all words of the store that begin so, without regard to case and diacritics
 * ("plain": exactly so). With "english" each of these words stands for its stem, as it does without
 * an asterisk, so all that share a stem with one of them are found: where any item has "running",
 * runn* finds "runs" as well; and a stem that begins so counts as a word. At most 4096 words or so are
 * taken for one prefix.
 *
 * Hits are ordered by score, the best first; of equals the one stored last. What words say is BM25
 * (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009; k1 0.9, b 0.4), larger is
 * better; how rare a word is and how long a text are counted over the items that the scope shows. It
 * can be compared only within one result. Without words ("", "???") the newest items that the filter
 * matches are returned, with score 0 and without snippets. Finding an item does not count as reading
 * it.
 *
 * RANKING. The score of a hit is made of signals, each of which has a weight ("weights"): 1 is as
 * measured best, or what is most usual; 0 leaves it out.
 *
 *   "neighbours"  default 1. In a conversation the turn that answers mostly does not repeat the words
 *                 that are asked for: they stand in the turn before it, or one further. So words of
 *                 the two turns before and the two behind count in part, most those of a question
 *                 just before; and turns are found that have none of the words themselves
 *   "session"     default 1. The best turn of a session lifts the others of that session
 *   "speaker"     default 1. A turn counts more whose speaker (or role) the query names
 *   "coverage"    default 1. A turn that has all of the words itself counts twice, one that has nearly
 *                 all nearly so, and is not lent what its neighbours say: it is surely meant,
 *                 whatever others lend each other
 *   "dates"       default 1, where the text names a day or a month ("on 8 May 2023", "in June",
 *                 2023-05-08; English). (1 + 2 * weight * closeness) times the score; closeness is 1
 *                 for items created then, half for half a day before, and for three days after a
 *                 day, or seven after a month. A month without a year is that of any year
 *   "recency"     default 0. (1 + weight * 2^(-age / half life)) times the score; age since creation
 *   "importance"  default 0. (1 + weight * importance) times the score
 *   "access"      default 0. (1 + weight * reads / (reads + 5)) times the score; reads by id
 *   "context"     default 1, where the query has a "context". (1 + weight * nearness) times the
 *                 score; nearness is the mean of what the context tells: tags in common (its own and
 *                 those of its items: one is 0.5, two 0.75, ...), the same session as it or one of
 *                 its items, and the share of its text's words that the item has
 *   "association" default 1, where the context has "ids". (1 + weight * a / (a + 0.1)) times the
 *                 score; a is the activation that spreads to the item from those (section 19): 0.5
 *                 for the only, strong link of one of them, less for one of many
 *   "preference"  default 1, where there was feedback (section 18) of the owner that the scope names.
 *                 (1 + weight * preference) times the score, and not less than 0; preference is the
 *                 mean of what is known of the item (which counts three times), its tags, its type
 *                 and its speaker (each half), from -1 to 1
 *   "text", "vector"  default 1: what each half counts in a query of both; 0 leaves it out
 *
 * The session of an item is its scope's, or the "session" of its metadata; a turn (an item whose
 * metadata name a "speaker" or "role") without either belongs to the one conversation of its scope. Turns
 * stand in the order in which they were stored. The first four are for "natural" queries with
 * "match": "any" and neither quotes nor exclusions; the best 48 that words find, and the turns around
 * them, are ranked by them; so are the nearest 48 of a HYBRID query. "dates" are for "natural" queries
 * with "match": "any". It and the others rank the best 128 that were found, or of the newest, which then
 * have score 1 before. With "diversity" d the next hit is the one with the most of (1 - d) *
 * score / best score - d * likeness, likeness being the share of words in common with the hit before
 * that is most like it; hits then are not ordered by score. memtier_hits_explain tells each signal's
 * share of each score.
 *
 * HYBRID. A query of words and a vector ("text" with "vector", with memtier_query_set_vector, or with
 * "meaning") finds what either finds. Each half is measured by its own best: words from 0 to 1, for the
 * one that says most; vectors from 0, for the last of the nearest 48, to 1, for the first. The score is
 * the sum, a vector's part counting half as much as that of words; what turns lend each other
 * ("neighbours"), they lend in both, and "session", "speaker" and "coverage" lift the sum. With "fusion"
 * "rrf" it is the sum of 1 / (60 + rank) in place of what each says. What each half says by itself is
 * MEMTIER_FIELD_TEXT_SCORE and MEMTIER_FIELD_VECTOR_SCORE of memtier_hits_column_double; 0 where it says
 * nothing. A "threshold" is for the vector's half: what is less near is not found by it. With "match":
 * "all", "boolean" syntax, quotes or exclusions only what the words ask for is found, and the vector
 * helps to rank it; a text of nothing but exclusions is refused (MEMTIER_INVALID). Where the model knows
 * nothing of the text, its words are what is left.
 *
 * QUERY CACHE. With MEMTIER_OPTION_QUERY_CACHE_BYTES above 0 this process keeps what searches found, and
 * answers the same query of the same scope from it until the answer could be another: until anything
 * is put that the scope may see, until anything is removed, until a hit moves between tiers, is
 * validated or read from the file, or an item of the store expires. Writes of other processes count
 * as its own. So no answer is ever out of date; but a hit that another process reads may show
 * an earlier access count. It keeps queries of nothing but "text" (up to 512 bytes), "syntax",
 * "match", "filter" (not on access_count, accessed_us, index.<name>), "limit", "skip", "snippets" and
 * "field_weights"; equal documents are the same query. */

#define MEMTIER_MAX_QUERIES 1000 /* in one call */

/** A query that was checked, to be run many times. */
typedef struct memtier_query memtier_query;

/** Checks a query. Caller owns: memtier_query_destroy.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_query_create(const char* query, size_t query_size,
                                                memtier_query** out_query, memtier_error** error);

/** Releases a query.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_query_destroy(memtier_query* query);

/** What a search found, best first. One owner for all. */
typedef struct memtier_hits memtier_hits;

/** Runs a query. Sees every write acknowledged before it starts.
 *  @param control  may be NULL; stops a search that takes long.
 *  @param out_hits  caller owns: memtier_hits_destroy.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_query_run(memtier_store* store, const memtier_scope* scope,
                                             const memtier_query* query,
                                             const memtier_control* control,
                                             memtier_hits** out_hits, memtier_error** error);

/** Runs several queries: one crossing, one owner for all that they find. The hits of the first come
 *  first, then those of the second, ...; memtier_hits_read_end tells where each one's end.
 *  @param queries  each as memtier_query_create made it; the same may come again.
 *  @param query_count  0 to MEMTIER_MAX_QUERIES.
 *  @param control  may be NULL; progress counts queries.
 *  @param out_hits  caller owns: memtier_hits_destroy.
 *  @return MEMTIER_CANCELLED. Where one fails, all do, and the message tells which.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_query_run_many(memtier_store* store, const memtier_scope* scope,
                                                  const memtier_query* const* queries,
                                                  int64_t query_count,
                                                  const memtier_control* control,
                                                  memtier_hits** out_hits, memtier_error** error);

/** Checks and runs a query given as text.  As memtier_query_run.
 *  @param out_hits  caller owns: memtier_hits_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_search(memtier_store* store, const memtier_scope* scope,
                                                const char* query, size_t query_size,
                                                const memtier_control* control,
                                                memtier_hits** out_hits, memtier_error** error);

/** The number of hits.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int64_t memtier_hits_count(const memtier_hits* hits);

/** One hit's item. Caller owns: memtier_item_destroy; it may outlive the hits.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_hits_get(const memtier_hits* hits, int64_t index,
                                            memtier_item** out_item, memtier_error** error);

/** One hit's score.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_hits_read_score(const memtier_hits* hits, int64_t index,
                                                   double* out_score, memtier_error** error);

/** The number of queries that were run: 1, or what memtier_query_run_many was given.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int64_t memtier_hits_query_count(const memtier_hits* hits);

/** Where the hits of one query end among all; they begin where those of the query before end.
 *  @param query  its number among the queries, from 0.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_hits_read_end(const memtier_hits* hits, int64_t query,
                                                 int64_t* out_end, memtier_error** error);

/** A text field of one hit: MEMTIER_FIELD_SNIPPET, or one of its item. Borrowed until the hits are
 *  destroyed.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_hits_read_text(const memtier_hits* hits, int64_t index,
                                                  int32_t field, memtier_slice* out_value,
                                                  memtier_error** error);

/** One number of all hits: MEMTIER_FIELD_SCORE, _TEXT_SCORE, _VECTOR_SCORE or _IMPORTANCE. memtier_hits_count
 *  values, borrowed until the hits are destroyed.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_hits_column_double(const memtier_hits* hits, int32_t field,
                                                      const double** out_values,
                                                      memtier_error** error);

/** Copies the images of hits, with their scores and snippets, as memtier_items_copy_images does.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_hits_copy_images(const memtier_hits* hits, int64_t first,
                                                    void* buffer, size_t buffer_size,
                                                    size_t* out_size, int64_t* out_count,
                                                    memtier_error** error);

/** How the hits were found, as a JSON object, where the query asked for it; else {}. Of several
 *  queries: a list of these, one for each. Its keys may grow and are for people. Borrowed until the
 *  hits are destroyed.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_hits_explain(const memtier_hits* hits, memtier_slice* out_json,
                                                memtier_error** error);

/** Releases hits.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_hits_destroy(memtier_hits* hits);

/* =============================================================================================
 * 13. Tiers
 * =============================================================================================
 * THE LADDER is set when the store is made, kept in it, and another one only by
 * MEMTIER_OPTION_CHANGE_LADDER. Presets: "default", "six", "three", "levels". Or a document:
 *
 *   {"tiers": [{"name": "working", "medium": "ram", "capacity_items": 100}, ...]}
 *
 * 1 to 16 tiers, hottest first. The keys of a tier:
 *   "name"               1 to 63 bytes, unique
 *   "medium"             "ram" (its items are resident once used), "database",
 *                        "archive" (compressed), "external" (an archive whose blocks lie outside
 *                        the file, section 25; the last tier's, and then the only archive)
 *   "target"             of "external": a folder, made if its parent is there; from the store's
 *                        file on, unless it begins with /
 *   "capacity_items", "capacity_bytes"  0 (default) unbounded
 *   "ttl_seconds"        default time to live of items put into it; 0 (default) none
 *   "latency_budget_us"  what a read should take at most; 0 (default) none. For the metrics
 *   "promote"            when a read brings an item one tier up - any of these; an absent one
 *                        never: {"reads": 3, "within_seconds": 3600, "importance_above": 0.8,
 *                        "access_count_above": n, "validation_count_above": n, "filter": {...}},
 *                        a filter (section 11) that holds for the item as it is once the read is
 *                        counted. See also memtier_options_set_promotion
 *   "demote"             what memtier_tier_optimize takes one tier down - both must hold:
 *                        {"idle_hours": 24, "access_count_below": 2}; absent: nothing. In the
 *                        presets: every RAM tier
 *
 * default: working (ram, 100), short_term (ram, 1000), long_term (database), archive (archive);
 *   promotion by 3 reads within an hour or importance above 0.8.
 * six: immediate (ram, 50, 1 ms), working (ram, 100, 10 ms), session (ram, 1000, 100 ms), episodic
 *   (database, 1 s), semantic (database, 5 s), archived (archive, 30 s); promotion as default.
 * three: short_term (ram, 100), long_term (database, 1000), external (archive); promotion as
 *   default.
 * levels: immediate (ram, 50), recent (ram, 500), important (database, 5000), learned (database,
 *   10000); promotion by more than 3 reads in all, importance above 0.8, or more than 5
 *   validations.
 *
 * WHEN A TIER IS FULL its lowest tenth (at least one) goes one tier down; the last tier evicts, and
 * only if it has a capacity. Lowest by MEMTIER_OPTION_EVICTION_ORDER, by default the retention score
 *
 *   importance + 0.3 / (1 + idle_hours / 24) + min(0.2 * access_count / max(1, idle_hours), 0.3)
 *
 * Pinned items stay. */

#define MEMTIER_MEDIUM_RAM 1
#define MEMTIER_MEDIUM_DATABASE 2
#define MEMTIER_MEDIUM_ARCHIVE 3
#define MEMTIER_MEDIUM_EXTERNAL 4

#define MEMTIER_MAX_TIERS 16

/** Numbers about one tier. Set struct_size before the call. */
typedef struct memtier_tier_statistics {
  uint32_t struct_size;
  int32_t medium;            /* MEMTIER_MEDIUM_... */
  char name[64];             /* ends in NUL */
  int64_t item_count;        /* items that a read can find */
  int64_t item_bytes;        /* their content, metadata and names */
  int64_t capacity_items;    /* 0 unbounded */
  int64_t capacity_bytes;    /* 0 unbounded */
  int64_t resident_count;    /* of them in this process's RAM */
  int64_t hits;              /* reads by id that found their item here, in this process */
  int64_t latency_budget_us; /* 0 none */
  double utilization;        /* of the fuller of its two capacities, 0 to 1; 0 where unbounded */
  double average_importance;
  double average_age_seconds; /* since creation */
  double hit_rate; /* hits here / reads by id that found an item anywhere, in this process */
} memtier_tier_statistics;

/** The number of tiers.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_tier_count(memtier_store* store, int64_t* out_count,
                                              memtier_error** error);

/** Fills in the statistics of the tier with this number, 0 the hottest.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_tier_get_statistics(memtier_store* store, int64_t tier,
                                                       memtier_tier_statistics* out_statistics,
                                                       memtier_error** error);

/** Moves an item to the tier of this name, by hand.
 *  @return MEMTIER_NOT_FOUND (item or tier), MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_item_move(memtier_store* store, const memtier_scope* scope,
                                             const char* id, size_t id_size, const char* tier,
                                             size_t tier_size, memtier_error** error);

/** Demotes what lies idle, by each tier's "demote" rule, one tier down; an item moves once.
 *  @param scope  NULL: the whole default collection.
 *  @param out_demoted  may be NULL; room for `demoted_size` numbers, at least one for each tier:
 *  how many left each, by its number.
 *  @param out_total  how many in all, also after a failure.
 *  @return MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_tier_optimize(memtier_store* store, const memtier_scope* scope,
                                                 const memtier_control* control,
                                                 int64_t* out_demoted, int64_t demoted_size,
                                                 int64_t* out_total, memtier_error** error);

/** Deletes every item of the scope that lies in one of these tiers, pinned ones too.
 *  @param tiers  a JSON list of names, such as ["working", "short_term"]; ["*"] for all tiers.
 *  @param out_count  items deleted, also after a failure.
 *  @return MEMTIER_NOT_FOUND (tier), MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_tier_clear(memtier_store* store, const memtier_scope* scope,
                                              const char* tiers, size_t tiers_size,
                                              const memtier_control* control, int64_t* out_count,
                                              memtier_error** error);

/** Removes the items whose time is over, in every scope (they are invisible already).
 *  @param out_count  items removed, also after a failure.
 *  @return MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_sweep(memtier_store* store, const memtier_control* control,
                                               int64_t* out_count, memtier_error** error);

/** Rows of the transition log: which item went from where to where, when and why. A store that gets
 *  another ladder has its tiers renamed in the log; items whose tier is not in it any more have a row with
 *  the reason "ladder" that tells no tier that they came from. */
typedef struct memtier_transitions memtier_transitions;

/** Reads the log, newest first.
 *  @param id  only this item's, or (NULL, 0) for all of the scope.
 *  @param since_us  only later ones; 0 all.  @param limit  1 to 100000.
 *  @param out_transitions  caller owns: memtier_transitions_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_transition_list(memtier_store* store, const memtier_scope* scope,
                                                   const char* id, size_t id_size, int64_t since_us,
                                                   int64_t limit,
                                                   memtier_transitions** out_transitions,
                                                   memtier_error** error);

/** The number of rows.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API int64_t memtier_transitions_count(const memtier_transitions* transitions);

/** One text of all rows: MEMTIER_FIELD_ID, _FROM_TIER, _TO_TIER (empty: it was removed), _REASON
 *  ("capacity", "reads", "importance", "access_count", "validation", "idle", "manual", "evicted",
 *  "expired", "policy", "archive_rule", "consolidated", "restored", "filter",
 *  "callback", "ladder").
 *  memtier_transitions_count slices, borrowed until the transitions are destroyed.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_transitions_column_text(const memtier_transitions* transitions,
                                                           int32_t field,
                                                           const memtier_slice** out_values,
                                                           memtier_error** error);

/** One number of all rows: MEMTIER_FIELD_TIME_US. Borrowed until the transitions are destroyed.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_transitions_column_int64(const memtier_transitions* transitions,
                                                            int32_t field,
                                                            const int64_t** out_values,
                                                            memtier_error** error);

/** Releases transitions.  Thread safety: any thread.  @since 1.0 */
MEMTIER_API void memtier_transitions_destroy(memtier_transitions* transitions);

/* =============================================================================================
 * 14. Export and import
 * =============================================================================================
 * The format is JSON Lines: {"memtier": 1, "kind": "item", ...} and then the keys of an item
 * document on each line, lossless; behind them lines with "kind": "link" and "concept" (section 19), of a
 * filter only those between items that it matches. They count as lines, and as stored. Where the store
 * has vector spaces (section 16) these come first, as lines with "kind": "space", and items have
 * "vectors", by the names of the spaces, as base64. Streaming: a store of any size in little memory. With
 * the collection "*" everything. Import also takes a CONVERSATION, one turn on each line:
 *
 *   {"role": "user", "text": "I moved to Bari.", "time": "2026-05-01T09:30:00Z", "session": "s1"}
 *
 * "role" or "speaker", "text" or "content", "time" (ISO 8601 or a number of seconds) or "timestamp"
 * or "created_at", "session" or "session_id" or "conversation" or "dialogue", "id", "metadata"; all
 * but the text optional. Other keys are kept as metadata. The item's type is "episodic". A turn
 * without an id gets one made of its session, place and text, so the same file imported twice is
 * there once. */

/** Receives exported bytes, on the caller's thread. */
typedef int32_t (*memtier_write_callback)(const void* data, size_t data_size, void* user_data);
typedef struct memtier_writer {
  uint32_t struct_size;
  memtier_write_callback write;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_writer;

/** Delivers bytes to import, on the caller's thread: fills the buffer, sets *out_size; 0 is the end. */
typedef int32_t (*memtier_read_callback)(void* buffer, size_t buffer_size, size_t* out_size,
                                         void* user_data);
typedef struct memtier_reader {
  uint32_t struct_size;
  memtier_read_callback read;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_reader;

/** What an import did. Set struct_size before the call; filled in also after a failure. */
typedef struct memtier_import_statistics {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t lines;             /* read, empty ones not counted */
  int64_t stored;            /* new items */
  int64_t replaced;          /* new versions of items that were there */
  int64_t skipped;           /* there already ("mode": "create") */
  int64_t failed;            /* lines that could not be imported ("on_error": "skip") */
  int64_t first_failed_line; /* the first of them, from 1; 0 none */
} memtier_import_statistics;

/** Writes the items of the scope that a filter matches, oldest first.
 *  @param out_count  items written, also after a failure.
 *  @return MEMTIER_CALLBACK, MEMTIER_CANCELLED; MEMTIER_CORRUPT: damaged items are left out, and all
 *  others are written.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_export(memtier_store* store, const memtier_scope* scope,
                                                const char* filter, size_t filter_size,
                                                const memtier_writer* writer,
                                                const memtier_control* control, int64_t* out_count,
                                                memtier_error** error);

/** The same into a file that is made new; a name ending in .gz is compressed. A file half written
 *  is removed; one that lacks only damaged items stays.
 *  @return as memtier_store_export, and MEMTIER_FULL, MEMTIER_DENIED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_export_file(memtier_store* store,
                                                     const memtier_scope* scope, const char* filter,
                                                     size_t filter_size, const char* path,
                                                     const memtier_control* control,
                                                     int64_t* out_count, memtier_error** error);

/** Stores what a reader delivers, in batches. Items keep everything that they were exported with,
 *  their version too; a scope given here takes the place of the names in the lines, name by name.
 *  @param document  a JSON object, or empty; its keys, all optional:
 *    "format"    "auto" (default: told by each line), "items", "conversation"
 *    "on_error"  "stop" (default) at the first bad line, with its number; what came before it is
 *    stored.
 *                "skip": count it and go on
 *    "mode"      "replace" (default), or "create": leave what is there
 *    "tier"      put all into this tier; default: the line's, or the first of the ladder
 *  @param out_statistics  may be NULL.
 *  @return MEMTIER_MALFORMED (a bad line), MEMTIER_CALLBACK, MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_import(memtier_store* store, const memtier_scope* scope,
                                                const char* document, size_t document_size,
                                                const memtier_reader* reader,
                                                const memtier_control* control,
                                                memtier_import_statistics* out_statistics,
                                                memtier_error** error);

/** The same from a file, compressed with gzip or not.
 *  @return as memtier_store_import, and MEMTIER_NOT_FOUND, MEMTIER_DENIED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status
memtier_store_import_file(memtier_store* store, const memtier_scope* scope, const char* document,
                          size_t document_size, const char* path, const memtier_control* control,
                          memtier_import_statistics* out_statistics, memtier_error** error);

/* =============================================================================================
 * 15. Callbacks of a store: clock, log, eviction, promotion
 * ============================================================================================= */

/** Tells the time. Called on the thread that calls memtier, once in an operation, or several times in
 *  one on many items; by several threads at once where these use the store, so it must be quick and
 *  thread-safe. Of the store's own threads only that of maintenance (section 26) calls it. DEFAULT: the
 *  system's time. */
typedef int32_t (*memtier_clock_callback)(int64_t* out_now_us, void* user_data);
typedef struct memtier_clock {
  uint32_t struct_size;
  memtier_clock_callback now;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_clock;

/** Gives the store a clock of the caller's: every age, TTL and idle time follows it. Copied; NULL
 *  takes it back.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_set_clock(memtier_options* options,
                                                     const memtier_clock* clock,
                                                     memtier_error** error);

#define MEMTIER_LOG_ERROR 1
#define MEMTIER_LOG_WARNING 2
#define MEMTIER_LOG_INFO 3
#define MEMTIER_LOG_DEBUG 4

/** Receives one line of log: on the background thread (folding, statistics, RELAXED writes, the index
 *  of words), or on the thread of the call that the line is about; by several threads at once. Its
 *  result is ignored. */
typedef int32_t (*memtier_log_callback)(int32_t level, const char* message, size_t message_size,
                                        void* user_data);
typedef struct memtier_log {
  uint32_t struct_size;
  int32_t level; /* the most talkative level that is wanted */
  memtier_log_callback log;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_log;

/** Sends the store's log to the caller. Without one, the library is silent. Copied; NULL takes it
 *  back.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_set_log(memtier_options* options, const memtier_log* log,
                                                   memtier_error** error);

/** The items of an overflowing tier, or those that were read, by column; lent to a callback while it
 *  runs. */
typedef struct memtier_candidates memtier_candidates;

/** The number of candidates. NULL: 0.  Thread safety: the callback's thread.  @since 1.0 */
MEMTIER_API int64_t memtier_candidates_count(const memtier_candidates* candidates);

/** One whole number of all candidates: MEMTIER_FIELD_CREATED_US, _ACCESSED_US, _EXPIRES_US,
 *  _ACCESS_COUNT, _VALIDATION_COUNT, _PRIORITY, _SIZE_BYTES, _IDLE_US. Borrowed until the callback
 *  returns.
 *  Thread safety: the callback's thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_candidates_column_int64(const memtier_candidates* candidates,
                                                           int32_t field,
                                                           const int64_t** out_values,
                                                           memtier_error** error);

/** MEMTIER_FIELD_IMPORTANCE, or _SCORE: the retention score. Borrowed until the callback returns.
 *  Thread safety: the callback's thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_candidates_column_double(const memtier_candidates* candidates,
                                                            int32_t field,
                                                            const double** out_values,
                                                            memtier_error** error);

/** MEMTIER_FIELD_ID, _TYPE, _SESSION, _USER. Borrowed until the callback returns.
 *  Thread safety: the callback's thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_candidates_column_text(const memtier_candidates* candidates,
                                                          int32_t field,
                                                          const memtier_slice** out_values,
                                                          memtier_error** error);

/** Scores candidates: fills out_scores[count], with any numbers but NaN; the lowest go first. On the
 *  thread whose call makes a tier overflow - a write, or a read that brings an item up - or on that
 *  of maintenance (section 26); by several threads at once where these write. DEFAULT: the retention score.
 *
 *  It is asked twice. Before a put, update, move, import or optimize stores anything, about each tier
 *  that this would make overflow, down the ladder: where it fails then, the call fails with
 *  MEMTIER_CALLBACK and nothing (of this batch of it) is stored. And when room is made afterwards, as
 *  others may have written meanwhile: where it fails only then, or after a read, the call has done
 *  what it says, the log gets a warning, and the tier stays over its capacity until the next write. */
typedef int32_t (*memtier_eviction_callback)(const memtier_candidates* candidates,
                                             double* out_scores, int64_t count, void* user_data);
typedef struct memtier_eviction {
  uint32_t struct_size;
  memtier_eviction_callback score;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_eviction;

/** Sets the callback and MEMTIER_EVICTION_CALLBACK. Copied; NULL takes both back.
 *  @return MEMTIER_INVALID (`score` is NULL, or struct_size is wrong).
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_set_eviction(memtier_options* options,
                                                        const memtier_eviction* eviction,
                                                        memtier_error** error);

/** Says which of the items that were read are to go one tier up: sets out_chosen[i], which are 0, to 1.
 *  A read by id asks about its item, memtier_item_get_many about up to 256 at once, on the thread of the
 *  read and after it was counted; by several threads at once where these read. It is not asked about
 *  items in the hottest tier, pinned ones, and those that a rule of the ladder brings up already.
 *  DEFAULT: none of them. Where it fails, the read does, with MEMTIER_CALLBACK; nothing has moved. */
typedef int32_t (*memtier_promotion_callback)(const memtier_candidates* read, int32_t* out_chosen,
                                              int64_t count, void* user_data);
typedef struct memtier_promotion {
  uint32_t struct_size;
  memtier_promotion_callback decide;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_promotion;

/** Promotes by a rule of the caller's beside those of the ladder ("promote" of section 13). It belongs to
 *  the store that is opened with it. Copied; NULL takes it back.
 *  @return MEMTIER_INVALID (`decide` is NULL, or struct_size is wrong).
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_set_promotion(memtier_options* options,
                                                         const memtier_promotion* promotion,
                                                         memtier_error** error);

/* =============================================================================================
 * 16. Vectors
 * =============================================================================================
 * Items can have VECTORS, so that they are found by meaning. A vector belongs to an item and a
 * SPACE: a named space says how many components its vectors have and how they are compared. Spaces
 * are made once and kept in the file; a store may have several (one for each model that makes
 * vectors). A vector goes with its item, and with the content that it was made of: when the item is
 * deleted or expires, or gets other content, it is gone. Changes of tags, importance, tier, ... leave
 * it alone. It is as durable as the write that put it, and found by the next search of any process.
 *
 * A search by vector is a query (section 12) with these keys, or with memtier_query_set_vector:
 *
 *   "vector"    a list of numbers: the items nearest to it are found, nearest first; of equals the
 *               one stored last. With "filter", "limit", "skip" and "explain", as for words, and
 *               ranked by "recency", "importance", ... where these are asked for. Together with
 *               "text" both count: section 12, HYBRID
 *   "space"     its space; may be left out where the store has exactly one
 *   "threshold" hits have at least this score
 *
 * The score is larger for what is nearer: "cosine", from -1 to 1; "dot", the product; "l2",
 * 1 / (1 + distance). Expired items, and items that the filter does not match or the scope does not
 * show, are left out before the best are chosen. Vectors are brought into RAM scope by scope when they
 * are first searched, within a quarter of MEMTIER_OPTION_MEMORY_LIMIT_BYTES; what does not fit is
 * searched in the file, which takes longer. How it was searched is in memtier_hits_explain. */

#define MEMTIER_MAX_SPACES 64
#define MEMTIER_MIN_DIMENSION 2
#define MEMTIER_MAX_DIMENSION 4096

/** Makes a space. If there is one just like it already, nothing happens.
 *  @param document  a JSON object:
 *    "name"       1 to 256 bytes, no control characters
 *    "dimension"  how many components a vector has: MEMTIER_MIN_DIMENSION to MEMTIER_MAX_DIMENSION
 *    "metric"     "cosine" (default): only the direction counts; "dot"; or "l2"
 *    "storage"    "float32" (default): as given; or "int8": a quarter of the room, each component
 *                 rounded to 255 levels of the vector's largest
 *  @return MEMTIER_EXISTS (another space has this name), MEMTIER_LIMIT (there are MEMTIER_MAX_SPACES).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_space_create(memtier_store* store, const char* document,
                                                size_t document_size, memtier_error** error);

/** The spaces, as a JSON list of objects in order of their names: "name", "dimension", "metric",
 *  "storage", and "vectors", how many there are. More members may come.
 *  @param control  may be NULL; stops it, for the vectors are counted.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_space_list(memtier_store* store, const memtier_control* control,
                                              memtier_bytes** out_json, memtier_error** error);

/** Drops a space with all its vectors; no item changes. Stopped in the middle, it is gone all the
 *  same, and what it leaves in the file is cleared away when the next one is made or dropped.
 *  @param control  may be NULL; told of vectors cleared away.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_space_drop(memtier_store* store, const char* space,
                                              size_t space_size, const memtier_control* control,
                                              memtier_error** error);

/** How good searches in a space are: for vectors of the scope, spread over all of it, what a search
 *  finds is compared with what comparing all of them finds.
 *  @param document  a JSON object; all but "space" may be left out:
 *    "space"    its name; may be left out where the store has exactly one
 *    "samples"  how many vectors are looked for; default 100, at most 10000
 *    "limit"    how many nearest ones of each; default 10, at most 1000
 *  @param control  may be NULL; told of samples.
 *  @param out_json  "recall" (the share of the nearest that searches find, 0 to 1; equally near ones
 *  count as found), "samples", "limit", "vectors" (of the scope). Caller owns: memtier_bytes_destroy.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_space_measure_recall(
    memtier_store* store, const memtier_scope* scope, const char* document, size_t document_size,
    const memtier_control* control, memtier_bytes** out_json, memtier_error** error);

/** Gives an item a vector in a space, in place of the one that it has there.
 *  @param id  of an item that is there, and that the scope allows.
 *  @param space  the name of the space.
 *  @param vector  (copied) finite numbers; not all zero where the metric is "cosine".
 *  @param dimension  how many: those of the space.
 *  @param durability  MEMTIER_DURABILITY_....
 *  @return MEMTIER_NOT_FOUND (the item, or the space), MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_vector_put(memtier_store* store, const memtier_scope* scope,
                                              const char* id, size_t id_size, const char* space,
                                              size_t space_size, const float* vector,
                                              int64_t dimension, int32_t durability,
                                              memtier_error** error);

/** Gives many items a vector each: one crossing, as few commits as possible. Each has its own status;
 *  those that could be stored are. Where the call ends in the middle, it is as with
 *  memtier_item_put_many.
 *  @param ids, id_ends, id_count  as in memtier_item_get_many.
 *  @param vectors  one behind the other, in the order of the ids.
 *  @param component_count  of all of them together: id_count times the dimension of the space.
 *  @param control  may be NULL; watches and stops a large batch, between commits.
 *  @param out_items  may be NULL; entries have a status and no item. Caller owns:
 *  memtier_items_destroy.
 *  @return MEMTIER_OK when all were stored, else the status of the first that was not;
 *  MEMTIER_NOT_FOUND (the space), MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_vector_put_many(
    memtier_store* store, const memtier_scope* scope, const char* ids, const int64_t* id_ends,
    int64_t id_count, const char* space, size_t space_size, const float* vectors,
    int64_t component_count, int32_t durability, const memtier_control* control,
    memtier_items** out_items, memtier_error** error);

/** An item's vector in a space. Does not count as a read.
 *  @param buffer  room for the components. May be NULL with count 0.
 *  @param out_dimension  how many there are, also with MEMTIER_TOO_SMALL.
 *  @return MEMTIER_NOT_FOUND (the item, the space, or the item has no vector there),
 *  MEMTIER_TOO_SMALL (nothing is copied), MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_vector_get(memtier_store* store, const memtier_scope* scope,
                                              const char* id, size_t id_size, const char* space,
                                              size_t space_size, float* buffer,
                                              int64_t buffer_count, int64_t* out_dimension,
                                              memtier_error** error);

/** Takes an item's vector in a space away.
 *  @return MEMTIER_NOT_FOUND (the item, the space, or the item has no vector there),
 *  MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_vector_delete(memtier_store* store, const memtier_scope* scope,
                                                 const char* id, size_t id_size, const char* space,
                                                 size_t space_size, int32_t durability,
                                                 memtier_error** error);

/** Gives a query a vector to look for, in place of one that it has: the same as its key "vector",
 *  without writing numbers as text. Runs that have begun go on with the one before.
 *  @param vector  (copied) finite numbers; NULL with dimension 0 takes it away.
 *  @return MEMTIER_INVALID (the query has "meaning", which makes a vector of its text).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_query_set_vector(memtier_query* query, const float* vector,
                                                    int64_t dimension, memtier_error** error);

/* =============================================================================================
 * 17. The embedder: texts into vectors
 * =============================================================================================
 * A VECTOR is the meaning of a text in numbers: texts that mean much the same have vectors that point
 * much the same way, whatever their words. What makes them is the store's embedder:
 *
 *  - builtin (default): a small model of English that comes with memtier, 256 components. A text takes
 *    some microseconds, nothing else is needed, and the file (8 MB) is mapped, so all stores and
 *    processes share it. It is looked for when a store is opened (MEMTIER_OPTION_MODEL_PATH); where it is
 *    missing or damaged, opening fails and says so. Vectors have length 1.
 *  - callback: a model of your own, by memtier_options_set_embedder.
 *  - none: no vectors of texts, and no file needed.
 *
 * Of a text that is longer than 16 KiB the beginning is embedded. A text in which the model knows
 * nothing, such as the empty one, has no vector: all its components are 0. */

/* ITEMS BY MEANING. Of each item that has text (section 8: what words are found in) the store makes a vector:
 * of its content, with its "speaker" or "role" and its "title" in front. They lie in the space that is
 * named as the embedder (memtier_store_get_embedder), one for each model. A search with "meaning": true
 * finds every acknowledged item. With the built-in embedder vectors are made when items are carried into
 * the file; an embedder of your own is asked in batches by the background thread, and by a search for
 * what is still missing. Where it fails, no item is lost: it waits for its vector
 * (memtier_space_count_pending), the log tells, and it is tried again after some seconds and by the next
 * search by meaning, which fails where it fails. A vector goes with its item, and with the content that it
 * was made of.
 *
 * A store that is opened with another model begins a space of its own for it, in which vectors are made
 * from then on, and of what is there in the background; the space before stays as it was, can be
 * searched with vectors of its model, and is dropped when you drop it. */

/** How many items have text and wait for the vector of the store's embedder.
 *  @return MEMTIER_UNSUPPORTED (the store has no embedder).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_space_count_pending(memtier_store* store, int64_t* out_count,
                                                       memtier_error** error);

/** Makes the vectors that are missing in the space of the store's embedder, and waits for them: after a
 *  change of the model, or of an import, where a search is not to wait. Stopped, what was made stays, and
 *  the next call goes on.
 *  @param control  may be NULL; progress counts items.
 *  @param out_count  vectors made by this call, also after a failure.
 *  @return MEMTIER_UNSUPPORTED (the store has no embedder), MEMTIER_CALLBACK, MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_space_reembed(memtier_store* store,
                                                 const memtier_control* control, int64_t* out_count,
                                                 memtier_error** error);

/** Makes vectors of `count` texts (1 to MEMTIER_OPTION_EMBED_BATCH; UTF-8, lent until it returns): fills
 *  out_vectors[count * dimension], one vector after the other; they are 0 on entry, and one left so
 *  says that the text has none. Components are finite. On the thread of the call that needs vectors, or
 *  on the background thread; by several threads at once, so it must be thread-safe. It must give the
 *  same vector for the same text. */
typedef int32_t (*memtier_embed_callback)(const memtier_slice* texts, int64_t count,
                                          float* out_vectors, int64_t dimension, void* user_data);
typedef struct memtier_embedder {
  uint32_t struct_size;
  int32_t dimension; /* components of a vector, 2 to 4096 */
  memtier_embed_callback embed;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_embedder;

/** Gives the store an embedder of the caller's, and sets MEMTIER_OPTION_EMBEDDER to "callback"; say what
 *  its model is with MEMTIER_OPTION_EMBEDDER_NAME. Copied; NULL takes both back.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_set_embedder(memtier_options* options,
                                                        const memtier_embedder* embedder,
                                                        memtier_error** error);

/** The store's embedder, as a JSON object:
 *    "kind"       "builtin", "callback" or "none"
 *    "name"       of its model; "dimension" of its vectors. Not with "none"
 *    "path"       of the built-in one's file
 *  More members may come.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_get_embedder(memtier_store* store,
                                                      memtier_bytes** out_json,
                                                      memtier_error** error);

/** Makes vectors of texts with the store's embedder. Nothing is stored.
 *  @param texts  UTF-8, one behind the other.
 *  @param text_ends  where each ends, counted from `texts`; they never go back.
 *  @param text_count  0 to MEMTIER_MAX_BATCH.
 *  @param control  may be NULL; progress counts texts.
 *  @param out_vectors  floats, one vector after the other: as many bytes as text_count times dimension
 *  times 4. Caller owns: memtier_bytes_destroy.
 *  @return MEMTIER_UNSUPPORTED (the store has no embedder), MEMTIER_CALLBACK, MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_text_embed(memtier_store* store, const char* texts,
                                              const int64_t* text_ends, int64_t text_count,
                                              const memtier_control* control,
                                              memtier_bytes** out_vectors, memtier_error** error);

/* =============================================================================================
 * 18. Feedback
 * =============================================================================================
 * Whoever uses what a search has found can say whether it was of use. From that the store learns
 * PREFERENCES: of the item itself, of each of its tags, of its type, and of who speaks (the "speaker", or
 * "role", of its metadata). They belong to the app, user and agent that the scope of the call names,
 * whatever its session and collection, and count in every search whose scope names the same: signal
 * "preference" of section 12, RANKING. They are kept in the file, the 1000 of each owner that were heard of
 * last, and count half after ninety days. A deleted item's preferences stay until others take their room,
 * or they are cleared. */

#define MEMTIER_MAX_FEEDBACK 1000 /* in one call */

/** Says how useful items were. All of it counts, or where the call fails none.
 *  @param scope  who says so; the items are looked for in it.
 *  @param document  a JSON object, {"id": "...", "value": 1} or {"items": [such ones]}; at most
 *  MEMTIER_MAX_FEEDBACK. "value" is from -1, not what was wanted, to 1, just that; 0 says nothing.
 *  @return MEMTIER_NOT_FOUND (an item), MEMTIER_AMBIGUOUS, MEMTIER_CORRUPT.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_feedback_add(memtier_store* store, const memtier_scope* scope,
                                                const char* document, size_t document_size,
                                                memtier_error** error);

/** What has been learned of an owner's preferences, as a JSON list of objects, the strongest first: "kind"
 *  ("item", "tag", "type" or "speaker"), "name", "preference" (-1 to 1, as it counts now: once is worth
 *  0.5), "updated_us". More members may come.
 *  @param scope  whose: its app, user and agent.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_feedback_list(memtier_store* store, const memtier_scope* scope,
                                                 memtier_bytes** out_json, memtier_error** error);

/** Forgets an owner's preferences.
 *  Where there are none, nothing happens.
 *  @param scope  whose: its app, user and agent.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_feedback_clear(memtier_store* store, const memtier_scope* scope,
                                                  memtier_error** error);

/* =============================================================================================
 * 19. Associations
 * =============================================================================================
 * A LINK leads from one item or concept to another, has a kind and a weight. A CONCEPT is a name that
 * things are linked with ("tea", "project atlas"), filed under the names of a scope as items are. Links
 * and concepts are durable, seen by every process, exported and imported; a link ends with either of its
 * ends, and a new version of an item keeps its links. A scope shows a link only where it shows both
 * ends; what it does not show no walk goes through, and nothing of its weight is seen.
 *
 * AN END of a link, a NODE, is written "tea" (an item's id), {"id": "tea"} or {"concept": "drinks"};
 * in an object "collection", "app", "user", "agent" and "session" may narrow the call's scope. Results
 * name nodes by such objects. A name that means nothing is MEMTIER_NOT_FOUND, and several things
 * MEMTIER_AMBIGUOUS, as for ids of items.
 *
 * TIME WEAKENS. The strength of a link is its weight * 0.5 ^ (time since it was put / half-life), by
 * MEMTIER_OPTION_LINK_HALF_LIFE_SECONDS; putting it again starts anew. With MEMTIER_OPTION_LEARN_LINKS
 * links come of themselves: what one owner (app, user, agent) reads by id within five minutes of each
 * other is linked, "read_together", from the earlier to the later, by 0.1 / distance each time, up to 1
 * and to 32 links of an item, the weakest ending first. They are written with the access statistics.
 *
 * Which links a walk takes, in every query below: "direction" "both" (default), "out" or "in"; "kinds",
 * a list (default: all); "min_strength" (default 0). */

/** Makes a link, or puts another weight in its place.
 *  @param link  a JSON object:
 *    "source", "target"  nodes, not the same. An item must be there; a concept is made where it is not
 *    "kind"    default "related"; 1 to 256 bytes, no control characters. Source, target and kind are
 *              the link's identity
 *    "weight"  default 1; more than 0, up to 1000
 *    "mode"    "replace" (default), or "strengthen": add the weight to the strength that it has now
 *    "created_us", "updated_us"  default now
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_link_put(memtier_store* store, const memtier_scope* scope,
                                            const char* link, size_t link_size, int32_t durability,
                                            memtier_error** error);

/** Makes many links at once, all or none.
 *  @param links  a JSON list of at most MEMTIER_MAX_BATCH links; the message of a failure tells which.
 *  @param out_count  may be NULL; links put.
 *  @return as memtier_link_put, and MEMTIER_CANCELLED, MEMTIER_CALLBACK (nothing was put).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_link_put_many(memtier_store* store, const memtier_scope* scope,
                                                 const char* links, size_t links_size,
                                                 int32_t durability, const memtier_control* control,
                                                 int64_t* out_count, memtier_error** error);

/** Reads a link: an object with "source", "target", "kind", "weight", "strength", "created_us",
 *  "updated_us".
 *  @param link  {"source": node, "target": node, "kind": "related"}; the kind is optional.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  @return MEMTIER_NOT_FOUND (an end, or the link), MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_link_get(memtier_store* store, const memtier_scope* scope,
                                            const char* link, size_t link_size,
                                            memtier_bytes** out_json, memtier_error** error);

/** Deletes links that the scope shows.
 *  @param link  an object with "source", "target" (one of them at least) and "kind"; what it does not
 *  give may be anything.
 *  @param out_count  may be NULL; links deleted, 0 where there were none.
 *  @return MEMTIER_NOT_FOUND (an end), MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_link_delete(memtier_store* store, const memtier_scope* scope,
                                               const char* link, size_t link_size,
                                               int32_t durability, int64_t* out_count,
                                               memtier_error** error);

/** Lists links, in an order that stays.
 *  @param list  a JSON object, or empty; its keys, all optional:
 *    "source", "target", "kind"  only such links
 *    "min_strength"  only those that are at least so strong now
 *    "limit"         default 100, at most 100000
 *    "after"         the "after" of an earlier result: go on behind it
 *  @param out_json  {"links": [...], "after": "..."}, links as memtier_link_get gives them; "after" only
 *  where there are more. Caller owns: memtier_bytes_destroy.
 *  @param control  may be NULL.
 *  @return MEMTIER_NOT_FOUND (an end), MEMTIER_AMBIGUOUS, MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_link_list(memtier_store* store, const memtier_scope* scope,
                                             const char* list, size_t list_size,
                                             const memtier_control* control,
                                             memtier_bytes** out_json, memtier_error** error);

/** Makes a concept, filed under exactly the scope's names.
 *  @param document  {"name": "tea", "description": "..."}; the name 1 to 256 bytes, no control
 *  characters; the description is optional.
 *  @return MEMTIER_EXISTS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_concept_create(memtier_store* store, const memtier_scope* scope,
                                                  const char* document, size_t document_size,
                                                  int32_t durability, memtier_error** error);

/** Lists concepts in the order of their names.
 *  @param list  a JSON object, or empty: "prefix" of the names, "limit" (default 100, at most 100000),
 *  "after" as memtier_link_list.
 *  @param out_json  {"concepts": [...], "after": "..."}: objects with "concept", the names of its
 *  scope, "description" where it has one, "created_us", and "links", how many the scope shows. Caller
 *  owns: memtier_bytes_destroy.
 *  @param control  may be NULL.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_concept_list(memtier_store* store, const memtier_scope* scope,
                                                const char* list, size_t list_size,
                                                const memtier_control* control,
                                                memtier_bytes** out_json, memtier_error** error);

/** Deletes a concept with all its links.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_concept_delete(memtier_store* store, const memtier_scope* scope,
                                                  const char* name, size_t name_size,
                                                  int32_t durability, memtier_error** error);

/** What a node is linked with, the strongest first.
 *  @param query  {"node": node, "limit": 100} and which links.
 *  @param out_json  {"neighbours": [...], "total": n}: nodes with "kind", "direction" ("out": the link
 *  leads there), "weight", "strength". Caller owns: memtier_bytes_destroy.
 *  @param control  may be NULL.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS, MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_graph_list_neighbours(
    memtier_store* store, const memtier_scope* scope, const char* query, size_t query_size,
    const memtier_control* control, memtier_bytes** out_json, memtier_error** error);

/** How one node leads to another.
 *  @param query  which links, and
 *    "from", "to"  nodes
 *    "by"          "hops" (default): the fewest links, and of such paths the strongest; "strength": the
 *                  least sum of 1 / strength
 *    "max_hops"    default 6, at most 100; for "hops"
 *    "max_nodes"   to be looked at; default 100000, at most 1000000
 *  @param out_json  {"hops": n, "nodes": [...], "links": [...]}, from the first to the last. Caller
 *  owns: memtier_bytes_destroy.
 *  @param control  may be NULL.
 *  @return MEMTIER_NOT_FOUND (an end; or a path within these limits), MEMTIER_AMBIGUOUS,
 *  MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_graph_find_path(memtier_store* store, const memtier_scope* scope,
                                                   const char* query, size_t query_size,
                                                   const memtier_control* control,
                                                   memtier_bytes** out_json, memtier_error** error);

/** What comes to mind: activation spreads from seeds along links. In each hop every node that the hop
 *  before has reached fires once: it hands on decay * activation, of which a link carries
 *  strength / max(1, sum of the strengths of the node's links).
 *  @param query  which links, and
 *    "seeds"      1 to 1000 nodes; in an object "activation" (default 1)
 *    "hops"       default 3, at most 100
 *    "decay"      default 0.5, 0 to 1
 *    "threshold"  nodes with less are not kept; default 0.001
 *    "max_nodes"  that are activated, seeds among them; of a hop that reaches more the strongest stay;
 *                 default 1000, at most 1000000
 *    "limit"      that are returned; default 20, at most 100000
 *  @param out_json  {"nodes": [...], "activated": n, "truncated": false}: nodes but the seeds, with
 *  "activation" and "hops", the strongest first; "truncated": max_nodes was too few. Caller owns:
 *  memtier_bytes_destroy.
 *  @param control  may be NULL.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS, MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_graph_spread(memtier_store* store, const memtier_scope* scope,
                                                const char* query, size_t query_size,
                                                const memtier_control* control,
                                                memtier_bytes** out_json, memtier_error** error);

/** A part of the graph as a document, to look at.
 *  @param query  a JSON object, or empty: which links, and
 *    "format"     "json" (default), or "dot" for GraphViz
 *    "around"     a list of nodes; absent: all links that the scope shows
 *    "hops"       from these; default 2, at most 100
 *    "max_nodes"  default 1000, at most 1000000
 *  @param out_text  {"nodes": [...], "links": [...], "truncated": false}: nodes have a number, "node",
 *  which links name as "source" and "target", and items "type" and "label", the beginning of their
 *  text; or a digraph. Caller owns: memtier_bytes_destroy.
 *  @param control  may be NULL.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS, MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_graph_export(memtier_store* store, const memtier_scope* scope,
                                                const char* query, size_t query_size,
                                                const memtier_control* control,
                                                memtier_bytes** out_text, memtier_error** error);

/* =============================================================================================
 * 20. Collections
 * =============================================================================================
 * A COLLECTION is a part of the store that a scope names (MEMTIER_SCOPE_COLLECTION, section 7):
 * nothing that is asked in one sees, counts or ranks by what lies in another, whoever owns it. So
 * "shared" can be a collection that several agents open, beside what each has for itself. One comes
 * about by putting an item into it; made by name it is kept, with a description, while it is empty.
 * The default collection, "" or "default", is always there and is not listed. */

#define MEMTIER_COLLECTION_DROP_EMPTY 0 /* only if no item lies in it: else MEMTIER_CONFLICT */
#define MEMTIER_COLLECTION_DROP_ITEMS 1 /* with its items, everybody's and pinned ones too */

/** Makes a collection.
 *  @param collection  a JSON object:
 *    "name"         1 to 256 bytes, no control characters; not "*"
 *    "description"  for people and agents, at most 4096 bytes; optional
 *  @return MEMTIER_EXISTS (it was made already, or is the default one).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_collection_create(memtier_store* store, const char* collection,
                                                     size_t collection_size, memtier_error** error);

/** The collections that were made, and others in which the scope sees an item, as a JSON list of
 *  objects in order of their names:
 *    "name"
 *    "description"  "" where there is none
 *    "items"        how many the scope sees in it
 *    "created_us"   when it was made; missing where it only came about
 *  More members may come.
 *  @param scope  whose items count; the collection that it gives does not matter. NULL: anybody's.
 *  @param control  may be NULL; stops it, for the items are counted.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_collection_list(memtier_store* store, const memtier_scope* scope,
                                                   const memtier_control* control,
                                                   memtier_bytes** out_json, memtier_error** error);

/** Drops a collection. It may be in use: items that are held stay valid, cursors and searches find
 *  nothing more in it, and what somebody puts into it meanwhile is deleted as well or, where it comes
 *  too late for that, makes it come about anew. Stopped in the middle, what is counted is deleted,
 *  and the collection is still there.
 *  @param mode  MEMTIER_COLLECTION_DROP_...
 *  @param control  may be NULL. Told of items deleted.
 *  @param out_count  items deleted, also after a failure.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_CONFLICT (it holds items), MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_collection_drop(memtier_store* store, const char* name,
                                                   size_t name_size, int32_t mode,
                                                   const memtier_control* control,
                                                   int64_t* out_count, memtier_error** error);

/** Copies items into another collection, under the same id and names of owners and with all they
 *  have: times, counts, tier, what is left of their life, and their vectors; links stay with the
 *  originals. The copies begin with version 1, or go on from the item whose place they take. In batches:
 *  stopped in the middle, what is counted is copied.
 *  Damaged items are left out: MEMTIER_CORRUPT, when all others are done.
 *  @param scope  the items of one collection, not "*"; NULL: the default one.
 *  @param filter  which of them; empty: all.
 *  @param to  the other collection; it need not have been made. (NULL, 0): the default one.
 *  @param mode  MEMTIER_PUT_REPLACE; _CREATE leaves out what is there; _UPDATE what is not.
 *  @param control  may be NULL. Told of items copied.
 *  @param out_count  items copied, also after a failure.
 *  @return MEMTIER_INVALID (the two are one), MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_collection_copy(memtier_store* store, const memtier_scope* scope,
                                                   const char* filter, size_t filter_size,
                                                   const char* to, size_t to_size, int32_t mode,
                                                   int32_t durability,
                                                   const memtier_control* control,
                                                   int64_t* out_count, memtier_error** error);

/** Moves items into another collection, as memtier_collection_copy, with their links. At any time, also
 *  after a crash, each stands in one of the two; only one of more than a quarter of
 *  MEMTIER_OPTION_JOURNAL_BYTES can stand in both for a moment. Vectors and links follow at once, in a
 *  step of their own: a crash between the two loses them. What the mode leaves out stays where it is, and
 *  so do damaged items.
 *  @param control  may be NULL. Told of items moved.
 *  @param out_count  items moved, also after a failure.
 *  @return as memtier_collection_copy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_collection_move(memtier_store* store, const memtier_scope* scope,
                                                   const char* filter, size_t filter_size,
                                                   const char* to, size_t to_size, int32_t mode,
                                                   int32_t durability,
                                                   const memtier_control* control,
                                                   int64_t* out_count, memtier_error** error);

/* =============================================================================================
 * 21. Conversation
 * =============================================================================================
 * A CONVERSATION is what was said in a session, in the order in which it was said. Its address is a
 * scope with a session; it has exactly the names of that scope. Each TURN, a message or an event, is
 * an item, so everything else in this file works on it: its type is "turn", its content what was
 * said, its id the session's name and the turn's number ("s1#000000042"), and its metadata have the
 * rest. A TURN DOCUMENT is a JSON object; what agent frameworks keep has its place in it:
 *
 *   "role"        who speaks: "system", "developer", "user", "assistant", "tool", or "event"
 *   "content"     what was said; where it is not given, the texts of the parts
 *   "name"        the speaker's name (metadata.speaker), at most 256 bytes
 *   "parts"       a list of objects, each with a "type" (metadata.parts), kept as they are:
 *                   {"type": "text", "text": ...}
 *                   {"type": "tool_call", "id": ..., "name": ..., "arguments": ...}
 *                   {"type": "tool_result", "id": ..., "content": ...}
 *                   any other type, with whatever it has: {"type": "image", "url": ...}
 *   "state"       an object: how an event changes the session's state (metadata.state)
 *   "metadata"    an object of the caller's own; its members stand beside these in the item's
 *                 metadata, so none may be called role, sequence, speaker, parts or state
 *   "tags", "importance", "tier", "ttl_us"  as in an item document
 *   "created_us"  when it was said, a number or ISO 8601 text; not before the turn before it. Where
 *                 it is not given, the time of the store, or of the turn before it, if that is later
 *
 * All but the role are optional; unknown keys and roles are MEMTIER_INVALID. Several turns are
 * {"turns": [...]}.
 *
 * A conversation has a VERSION, which changes with each turn that is appended and each replacement;
 * one without a turn has version 1. A call that is given a version does nothing but return
 * MEMTIER_CONFLICT where the conversation has moved on to another; 0 means any. (Turns that are
 * changed or deleted as items do not count.) Numbers of turns grow and may have gaps. Several
 * processes can append at once: each turn gets a number of its own, and none is lost. */

/** Appends a turn: one write, as a put.
 *  @param scope  with a session, and one collection.
 *  @param turn  a turn document.
 *  @param version  what the conversation must have, or 0.
 *  @param out_item  may be NULL; the item as stored. Caller owns: memtier_item_destroy.
 *  @return MEMTIER_CONFLICT (version), MEMTIER_NOT_FOUND (tier), MEMTIER_CALLBACK (the eviction callback
 *  failed; nothing is stored).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_conversation_append(memtier_store* store,
                                                       const memtier_scope* scope, const char* turn,
                                                       size_t turn_size, int64_t version,
                                                       int32_t durability, memtier_item** out_item,
                                                       memtier_error** error);

/** Appends several turns, all or none, one behind the other.
 *  @param turns  {"turns": [...]}, at most MEMTIER_MAX_BATCH; together at most a quarter of
 *  MEMTIER_OPTION_JOURNAL_BYTES.
 *  @param version  as memtier_conversation_append.
 *  @param control  may be NULL.
 *  @param out_items  may be NULL; the items as stored. Caller owns: memtier_items_destroy.
 *  @return as memtier_conversation_append, and MEMTIER_LIMIT (they are too large together),
 *  MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_conversation_append_many(
    memtier_store* store, const memtier_scope* scope, const char* turns, size_t turns_size,
    int64_t version, int32_t durability, const memtier_control* control, memtier_items** out_items,
    memtier_error** error);

/** The last turns, the oldest of them first. Does not count as reading them.
 *  @param limit  at most so many, 1 to MEMTIER_MAX_BATCH.
 *  @param out_items  caller owns: memtier_items_destroy.
 *  @param out_version  may be NULL; the conversation's version.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_conversation_read_last(memtier_store* store,
                                                          const memtier_scope* scope, int64_t limit,
                                                          memtier_items** out_items,
                                                          int64_t* out_version,
                                                          memtier_error** error);

/** What was said lately, in every session that the scope allows, the oldest first.
 *  @param within_us  how long ago at most, by the store's clock.
 *  @param limit  at most so many, the newest, 1 to MEMTIER_MAX_BATCH.
 *  @param control  may be NULL; stops it.
 *  @param out_items  caller owns: memtier_items_destroy.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_conversation_read_recent(
    memtier_store* store, const memtier_scope* scope, int64_t within_us, int64_t limit,
    const memtier_control* control, memtier_items** out_items, memtier_error** error);

/** What of a conversation belongs into a prompt: the newest turns, and then the older ones that have
 *  most to do with a text, as many as fit; in the order in which they were said. Of every session
 *  that the scope allows.
 *  @param document  a JSON object, or empty; its keys, all optional:
 *    "text"        what it is about, as in a query, where turns beside those that say it count too;
 *                  default: what was said last
 *    "last"        so many of the newest turns come first; default 10, at most 1000
 *    "max_items"   1 to 1000; default 20
 *    "max_tokens"  what they may take together (memtier_options_set_token_counter); 0, the default:
 *                  no limit. Of the newest turns the first that does not fit is the end; of the
 *                  others those that do not fit are passed over
 *    "exclude"     ids of turns that the caller has already, at most 5000
 *    "filter"      only turns that it matches
 *  @param control  may be NULL; stops it.
 *  @param out_items  caller owns: memtier_items_destroy.
 *  @return MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_conversation_build_context(
    memtier_store* store, const memtier_scope* scope, const char* document, size_t document_size,
    const memtier_control* control, memtier_items** out_items, memtier_error** error);

/** Makes the conversation have these turns, all at once or not at all, and writes no more than has
 *  changed: turns that say the same (role, content, name, parts, state, metadata) and stand in the
 *  same order keep their number, id and time. A turn in the place of another becomes its next version.
 *  @param turns  {"turns": [...]}; an empty list clears the conversation.
 *  @param version  as memtier_conversation_append.
 *  @param out_version  may be NULL; the version that it has now.
 *  @param out_changed  may be NULL; turns that were written or removed.
 *  @return as memtier_conversation_append, and MEMTIER_LIMIT (they are too large together).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_conversation_replace(memtier_store* store,
                                                        const memtier_scope* scope,
                                                        const char* turns, size_t turns_size,
                                                        int64_t version, int32_t durability,
                                                        int64_t* out_version, int64_t* out_changed,
                                                        memtier_error** error);

/** The conversations that the scope allows, as a JSON list of objects, the one with the newest turn
 *  first: "session", "app", "user", "agent", "collection" (those that are given), "turns" (how many),
 *  "first_us" and "last_us" (when the first and the last of them were said). More members may come.
 *  @param limit  at most so many, 1 to MEMTIER_MAX_BATCH.
 *  @param control  may be NULL; stops it, for the turns are counted.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_conversation_list_sessions(
    memtier_store* store, const memtier_scope* scope, int64_t limit, const memtier_control* control,
    memtier_bytes** out_json, memtier_error** error);

/** Counts the tokens of texts, as the caller's language model does: fills out_tokens[count]. On the
 *  thread of the call that asks for a context, some texts at a time; by several threads at once where
 *  these ask. DEFAULT: four bytes are a token. A negative number of tokens is MEMTIER_CALLBACK. */
typedef int32_t (*memtier_token_callback)(const memtier_slice* texts, int64_t count,
                                          int64_t* out_tokens, void* user_data);
typedef struct memtier_token_counter {
  uint32_t struct_size;
  memtier_token_callback count;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_token_counter;

/** Sets how tokens are counted for "max_tokens". Copied; NULL takes it back.
 *  Thread safety: one thread at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_options_set_token_counter(memtier_options* options,
                                                             const memtier_token_counter* counter,
                                                             memtier_error** error);

/* =============================================================================================
 * 22. Knowledge and episodes
 * =============================================================================================
 * KNOWLEDGE is something that is believed, EPISODES are what happened. Both are items, so everything
 * else in this file works on them: search, filters, lists, links, tiers. Where no "tier" is given they
 * go into long-term memory (section 23), and stay.
 *
 * A KNOWLEDGE DOCUMENT is a JSON object. Its item has the type "knowledge", the statement as its
 * content, and the rest in its metadata, under the same names:
 *
 *   "content"     the statement: "Ada lives in Rome". Where it is not given it is made of the next
 *                 three, which must be there then
 *   "subject", "attribute"  what it tells of what, at most 256 bytes each: "Ada", "lives in". Give them
 *                 where only one value can be true at a time: by them contradictions are found
 *   "value"       what it says; any JSON value: "Rome"
 *   "category"    at most 256 bytes      "source"  who said so, or where it stands
 *   "valid_from_us", "valid_until_us"  from when on it is true, and until when; numbers, or ISO 8601
 *                 text. Default: from now on, without end. The end is not part of it
 *   "id"          at most 1014 bytes; generated where it is not given
 *   "metadata"    an object of the caller's own; its members stand beside these in the item's
 *                 metadata, so none may have their names, or be belief, belief_of, replaced_us or title
 *   "tags", "importance", "tier", "ttl_us"  as in an item document
 *
 * An EPISODE DOCUMENT likewise; its item has the type "episode":
 *
 *   "content"     what happened
 *   "started_us", "ended_us"  when; numbers, or ISO 8601 text. It began now where that is not given: the
 *                 item's time of creation. metadata.ended_us
 *   "location"    where, at most 256 bytes
 *   "participants"  a list of names, at most 256 bytes each
 *   "emotions"    an object of names with their strengths, 0 to 1: {"joy": 0.8}
 *   "title"       default: the location and the participants, so that words find it by these
 *   "id", "metadata", "tags", "importance", "tier", "ttl_us"  as above
 *
 * Unknown keys are MEMTIER_INVALID. */

/** Stores something that is believed.
 *  @param knowledge  a knowledge document.
 *  @param out_item  may be NULL; the item as stored. Caller owns: memtier_item_destroy.
 *  @return MEMTIER_EXISTS (there is an item of this id: memtier_knowledge_update), MEMTIER_NOT_FOUND
 *  (tier), MEMTIER_CALLBACK (the eviction callback failed; nothing is stored).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_knowledge_put(memtier_store* store, const memtier_scope* scope,
                                                 const char* knowledge, size_t knowledge_size,
                                                 int32_t durability, memtier_item** out_item,
                                                 memtier_error** error);

/** Believes something else from now on. The item gets what the document has; what it does not have stays,
 *  but for "valid_until_us", which is open again; an empty text, or a "value" of null, takes away. It is
 *  created now, and valid from "valid_from_us" on, default: now, which must not lie before that of the
 *  belief it takes the place of.
 *
 *  What was believed becomes an item of its own, in the same write: id "ID#000000001" (the number is
 *  that of the belief), type "belief", the metadata as they were and belief_of (the id), replaced_us
 *  (now) and valid_until_us, where the new one begins if it did not end before. So it is found by all
 *  that finds items, too; filter by the type for what is believed now. memtier_context_build leaves it
 *  out. Deleting the knowledge leaves what was believed before.
 *  @param id  of the knowledge.
 *  @param change  a knowledge document; with a new "content" goes a new "value", if there was one.
 *  @param version  what the item must have, or 0 for any.
 *  @param out_item  may be NULL; the item as stored. Caller owns: memtier_item_destroy.
 *  @return MEMTIER_NOT_FOUND (item, tier), MEMTIER_AMBIGUOUS, MEMTIER_CONFLICT (version), MEMTIER_CALLBACK
 *  (the eviction callback failed; nothing is stored).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_knowledge_update(memtier_store* store,
                                                    const memtier_scope* scope, const char* id,
                                                    size_t id_size, const char* change,
                                                    size_t change_size, int64_t version,
                                                    int32_t durability, memtier_item** out_item,
                                                    memtier_error** error);

/** What was believed when: the beliefs that a knowledge has had, the oldest first, and last what is
 *  believed now. Does not count as reading them.
 *  @param limit  at most so many, the newest, 1 to MEMTIER_MAX_BATCH.
 *  @param out_items  caller owns: memtier_items_destroy.
 *  @return MEMTIER_NOT_FOUND, MEMTIER_AMBIGUOUS.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_knowledge_read_history(memtier_store* store,
                                                          const memtier_scope* scope,
                                                          const char* id, size_t id_size,
                                                          int64_t limit, memtier_items** out_items,
                                                          memtier_error** error);

/** Knowledge that contradicts itself: pairs of what is believed now that have the same subject and the
 *  same attribute, differ in value, and are both true for some time. Texts are compared without regard to
 *  case and to spaces around them. Both of a pair lie in the same collection, and are of the same app and
 *  user; agents and sessions may differ. What a statement says in words is not understood.
 *  @param document  a JSON object, or empty; its keys, all optional:
 *    "filter"  only knowledge that it matches, both of a pair
 *    "limit"   at most so many pairs, 1 to 10000; default 100
 *  @param control  may be NULL; stops it, for all that has an attribute is read.
 *  @param out_json  a list of objects: "subject", "attribute", "from_us" and "until_us" (from when until when
 *  both are true; without the second, for ever) and "items", the two, the one that became true first in front:
 *  "id", "version", "value", "valid_from_us", "valid_until_us", and "collection", "app", "user", "agent",
 *  "session" where these are given. More members may come. Caller owns: memtier_bytes_destroy.
 *  @return MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_knowledge_list_contradictions(
    memtier_store* store, const memtier_scope* scope, const char* document, size_t document_size,
    const memtier_control* control, memtier_bytes** out_json, memtier_error** error);

/** Stores something that happened; an item of the same id is replaced.
 *  @param episode  an episode document.
 *  @param out_item  may be NULL; the item as stored. Caller owns: memtier_item_destroy.
 *  @return MEMTIER_NOT_FOUND (tier), MEMTIER_CALLBACK (the eviction callback failed; nothing is stored).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_episode_put(memtier_store* store, const memtier_scope* scope,
                                               const char* episode, size_t episode_size,
                                               int32_t durability, memtier_item** out_item,
                                               memtier_error** error);

/** What happened around then: items of any type - episodes, turns, runs, notes - that were created near
 *  a time, and episodes that were going on, in the order of time. Does not count as reading them.
 *  @param document  a JSON object, or empty; its keys, all optional:
 *    "at_us"      the time, a number or ISO 8601 text; default: now
 *    "id"         in its place: around this item, from its beginning to its end, without the item
 *    "within_us"  how far from it at most; default an hour
 *    "limit"      at most so many, those that lie nearest, 1 to 1000; default 20
 *    "filter"     only items that it matches: {"type": "episode"}
 *  @param control  may be NULL; stops it. Episodes that have an end and began earlier are looked at one by
 *  one, until there are enough that were going on; with very many of them, an index on
 *  "metadata.ended_us" (memtier_index_create) makes it quick.
 *  @param out_items  caller owns: memtier_items_destroy.
 *  @return MEMTIER_NOT_FOUND and MEMTIER_AMBIGUOUS ("id"), MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_episode_find_around(
    memtier_store* store, const memtier_scope* scope, const char* document, size_t document_size,
    const memtier_control* control, memtier_items** out_items, memtier_error** error);

/* =============================================================================================
 * 23. Working context and agent
 * =============================================================================================
 * What an agent has in mind: what it noted just now, in short-term memory, and what it knows that has
 * to do with it. Short-term memory are the tiers in RAM; the rest is long-term.
 *
 * Together with what the other sections have these are all that an agent needs: memtier_context_remember,
 * memtier_item_get (recall), memtier_store_search, memtier_context_build, memtier_tier_consolidate,
 * memtier_scope_forget and memtier_run_record. */

/** Remembers a value under a key, which becomes the item's id. With an importance above 0.8 it goes
 *  into the tier "long_term" (where the ladder has none: the first that is not in RAM) and stays; else
 *  into "short_term" (or the last that is in RAM), for 3600 seconds. What stood under the key is
 *  replaced.
 *  @param key  as an id.  @param value  the content, UTF-8.  @param importance  0 to 1.
 *  @param out_item  may be NULL; the item as stored. Caller owns: memtier_item_destroy.
 *  @return as memtier_item_put.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_context_remember(memtier_store* store,
                                                    const memtier_scope* scope, const char* key,
                                                    size_t key_size, const char* value,
                                                    size_t value_size, double importance,
                                                    int32_t durability, memtier_item** out_item,
                                                    memtier_error** error);

/** What to have in mind now: the newest items of short-term memory, the newest first, and then those
 *  of long-term memory that have most to do with a text, the best first; as many as fit. Does not
 *  count as reading them.
 *  @param document  a JSON object, or empty; its keys, all optional:
 *    "text"        what it is about, as in a query; without one, the most important come
 *    "max_items"   1 to 1000; default 20
 *    "short_term"  at most so many of short-term memory; default: max_items, with a text half of them. Where
 *                  long-term memory has less than there is room for, more of them come
 *    "max_tokens", "exclude", "filter"  as for memtier_conversation_build_context
 *  @param control  may be NULL; stops it.
 *  @param out_items  caller owns: memtier_items_destroy.
 *  @return MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_context_build(memtier_store* store, const memtier_scope* scope,
                                                 const char* document, size_t document_size,
                                                 const memtier_control* control,
                                                 memtier_items** out_items, memtier_error** error);

/** Keeps what an agent did, so that it is found again: a call of a tool, a task, an experiment; failures
 *  too. It becomes an item of type "run", created when it began; its content is the result, or the error.
 *  Filters find runs by type, metadata.name, metadata.success and metadata.duration_us, words by name,
 *  input (its first 2000 bytes) and result.
 *  @param run  a JSON object; its keys, all but the name optional:
 *    "name"         what was done, at most 256 bytes (metadata.name)
 *    "input"        any JSON value (metadata.input)
 *    "result"       any JSON value: the content, a text as it is, else as JSON
 *    "error"        in its place: what went wrong, a text (metadata.error, and the content)
 *    "success"      true or false (metadata.success); default: true without an error
 *    "started_us"   a number, or ISO 8601 text; default: the duration before now
 *    "duration_us"  how long it took, in microseconds (metadata.duration_us); default 0
 *    "metadata"     an object of the caller's own; its members stand beside these in the item's metadata,
 *                   so none may have their names, or be title
 *    "id", "tags", "importance", "tier", "ttl_us"  as in an item document; where no tier is given it goes into
 *                   long-term memory, and stays
 *  @param out_item  may be NULL; the item as stored. Caller owns: memtier_item_destroy.
 *  @return MEMTIER_NOT_FOUND (tier), MEMTIER_CALLBACK (the eviction callback failed; nothing is stored).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_run_record(memtier_store* store, const memtier_scope* scope,
                                              const char* run, size_t run_size, int32_t durability,
                                              memtier_item** out_item, memtier_error** error);

/* =============================================================================================
 * 24. Policies
 * =============================================================================================
 * A policy says what is to be done with which items, under a name. It is kept in the store, and done
 * when memtier_policy_apply is called, or by a tick (section 26). A JSON object:
 *
 *   {"name": "fade", "condition": {"idle_days": {"$gt": 30}, "importance": {"$lt": 0.3}},
 *    "action": "demote"}
 *
 *   "name"       1 to 256 bytes, no control characters
 *   "condition"  a filter (section 11) that may ask for ages as well; default {}: every item
 *   "action"     "demote", "promote" (one tier), "archive" (into the first tier whose medium is the
 *                archive), "delete", "refresh" (idle time and time to live begin anew, as if it had
 *                been read, but the read is not counted), "tag"
 *   "tag"        of the action "tag": what the items get
 *   "priority"   the highest is applied first, among equals in order of the names; default 0
 *   "enabled"    false: applied only where it is named; default true
 *
 * WHAT A CONDITION ASKS beside the fields of a filter. Each but the last takes $gt, $gte, $lt, $lte:
 *   "age_days", "age_seconds"    since the creation
 *   "idle_days", "idle_seconds"  since the last read, or the creation
 *   "accesses_per_day"           reads in all / days since the creation, at least 1
 *   "archived"                   true or false: whether its tier's medium is the archive
 *
 * Conditions are looked for inside the engine, by its indexes; what is moved or deleted is not read.
 * Pinned items are neither moved nor deleted. Each policy sees what those before it did, and what an
 * action would not change it leaves out: so applying twice at one time does no more than once (but
 * "demote" and "promote", which go one tier further).
 *
 * Every store begins with three policies, which can be replaced and deleted like others:
 *   archive_old_low_importance  idle > 30 days and importance < 0.3: archive; priority 30
 *   delete_ancient_archives     archived and age > 365 days: delete; priority 20
 *   refresh_important           importance > 0.8 and idle > 7 days: refresh; priority 10 */

#define MEMTIER_MAX_POLICIES 256 /* of each kind, and archive rules */

/** Puts a policy in the place of the one of its name, if there is one.
 *  @return MEMTIER_INVALID names the place in the document; MEMTIER_EXISTS (the name is a callback's),
 *  MEMTIER_LIMIT (there are MEMTIER_MAX_POLICIES).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_policy_put(memtier_store* store, const char* policy,
                                              size_t policy_size, memtier_error** error);

/** Decides which items of a batch (at most 500 that the condition holds for) a policy concerns: sets
 *  out_chosen[i], which are 0, to 1. `items` is lent until it returns. On the thread of the call that
 *  applies the policy. Where the policy's action is "callback", the callback does itself what is to be
 *  done with those that it chooses; not in a dry run (`dry_run` is 1), in which nothing must change.
 *  DEFAULT: none of this batch. A number in out_chosen other than 0 and 1 is as 1. */
typedef int32_t (*memtier_policy_decide_callback)(const memtier_items* items, int32_t dry_run,
                                                  int32_t* out_chosen, int64_t count,
                                                  void* user_data);
typedef struct memtier_policy_decider {
  uint32_t struct_size;
  memtier_policy_decide_callback decide;
  memtier_destroy_callback destroy;
  void* user_data;
} memtier_policy_decider;

/** Puts a policy whose items a callback chooses. It belongs to this store handle and is not kept in the
 *  file. Its action may also be "callback", which is the default. Where the callback fails, so does the
 *  call that applies it; what it had done before stays.
 *  @param decider  copied; let go when the policy is replaced or deleted, or with the store.
 *  Where another process stores a policy of its name all the same, this handle has the callback's alone.
 *  @return as memtier_policy_put; MEMTIER_EXISTS (the name is one without a callback).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_policy_put_callback(memtier_store* store, const char* policy,
                                                       size_t policy_size,
                                                       const memtier_policy_decider* decider,
                                                       memtier_error** error);

/** The policies, as a JSON list in order of their names: their documents with all keys, and
 *  "decided_by": "condition", or "callback" (of this store handle).
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_policy_list(memtier_store* store, memtier_bytes** out_json,
                                               memtier_error** error);

/** Deletes a policy; no item changes.
 *  @return MEMTIER_NOT_FOUND.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_policy_delete(memtier_store* store, const char* name,
                                                 size_t name_size, memtier_error** error);

/** Applies policies to the items of a scope.
 *  @param scope  NULL: the whole default collection.
 *  @param request  a JSON object, or empty; its keys, both optional:
 *    "names"    a list: only these, also where they are not enabled; in their order of priority
 *    "dry_run"  true: count what each would do to the items as they are now, and change nothing
 *  @param control  may be NULL. Told of items done. Stopped, what was done before stays.
 *  @param out_json  a report, caller owns: memtier_bytes_destroy. "dry_run"; "total"; "results", a
 *  list in the order of application of {"name", "action", "count"}, with "skipped" where the action
 *  cannot be done, and why (the ladder has no archive).
 *  @return MEMTIER_NOT_FOUND (a name), MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_policy_apply(memtier_store* store, const memtier_scope* scope,
                                                const char* request, size_t request_size,
                                                const memtier_control* control,
                                                memtier_bytes** out_json, memtier_error** error);

/* =============================================================================================
 * 25. Archive
 * =============================================================================================
 * ARCHIVE RULES say what goes into the archive, and how hard it is compressed there. They are kept in
 * the store, and followed when memtier_archive_rule_apply is called, or by a tick (section 26). A JSON
 * object:
 *
 *   "name"       1 to 256 bytes, no control characters
 *   "kind"       "time", "importance", "access" or "size": what it is about, for people
 *   "condition"  as of a policy (section 24)
 *   "level"      1 (quick) to 9 (small), default 6
 *   "priority"   the highest is applied first, among equals in order of the names; default 5
 *   "enabled"    false: applied only where it is named; default true
 *
 * An item is archived once: by the first rule that holds for it. Every store begins with three:
 *   old_low_importance  time: age > 90 days and importance < 0.3; level 9, priority 8
 *   unaccessed_old      access: idle > 30 days and access_count < 2; level 7, priority 7
 *   large_low_access    size: size_bytes > 10240 and accesses_per_day < 0.1; level 8, priority 6 */

/** Puts an archive rule in the place of the one of its name, if there is one.
 *  @return MEMTIER_INVALID names the place in the document; MEMTIER_LIMIT (there are
 *  MEMTIER_MAX_POLICIES).
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_archive_rule_put(memtier_store* store, const char* rule,
                                                    size_t rule_size, memtier_error** error);

/** The archive rules, as a JSON list in order of their names: their documents with all keys.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_archive_rule_list(memtier_store* store, memtier_bytes** out_json,
                                                     memtier_error** error);

/** Deletes an archive rule; no item changes.
 *  @return MEMTIER_NOT_FOUND.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_archive_rule_delete(memtier_store* store, const char* name,
                                                       size_t name_size, memtier_error** error);

/** Follows archive rules for the items of a scope. Parameters and result as memtier_policy_apply; a
 *  result has "level" as well, and a dry run counts an item for the rule that would archive it.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_archive_rule_apply(
    memtier_store* store, const memtier_scope* scope, const char* request, size_t request_size,
    const memtier_control* control, memtier_bytes** out_json, memtier_error** error);

/* WHAT IS ARCHIVED stays findable by filters and words, and a get reads it as any other item. Its row
 * stays in the store's tables; its content is compressed, at first by itself, and then packed together
 * with others of its month of creation: up to 256 in a block, with a dictionary that all blocks share.
 * Reading one item reads its block alone. Each block has a checksum; a damaged one concerns no other.
 * memtier_archive_rule_apply packs what it archives, where a month has enough; memtier_archive_pack
 * packs the rest. Packing is safe to be killed at any point.
 *
 * AN EXTERNAL ARCHIVE has its blocks in files of the "target" of its tier, each with a checksum: contents
 * and metadata. All else stays in the store, so items are found without a look at them by anything but
 * tests on metadata. Who copies the store copies the folder with it. A file is
 * written and synced before the store names it; files of blocks that are no more are removed by ticks and
 * by memtier_archive_pack with "repack", a minute after they were first seen so, or when the last handle is
 * closed (memtier_scope_forget: at once). Two copies of one store must not have one folder: each would
 * remove the other's files. Where a file is missing or damaged, so are its items, and no others; a filter that
 * looks at their metadata or content does not hold for them, whatever it asks. Stores in memory have
 * none (MEMTIER_UNSUPPORTED). Another ladder moves blocks into the file, or out of it. */

/** Packs archived items into blocks.
 *  @param request  a JSON object, or empty; its keys, all optional:
 *    "level"   1 (quick) to 9 (small), default 9
 *    "all"     false: leave out the newest months where they have less than 64 items; default true
 *    "repack"  true: first take apart blocks of which less than half is needed any more, and small ones
 *  @param control  may be NULL. Told of items packed. Stopped, what was packed stays so.
 *  @param out_json  a report, caller owns: memtier_bytes_destroy. {"packed": items, "repacked_blocks",
 *  "damaged_blocks": those that could not be read, and stay}.
 *  @return MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_archive_pack(memtier_store* store, const char* request,
                                                size_t request_size, const memtier_control* control,
                                                memtier_bytes** out_json, memtier_error** error);

/** Brings items out of the archive, with everything that they had. Their idle time begins anew, so that rules
 *  do not take them back at once.
 *  @param scope  NULL: the whole default collection.
 *  @param request  a JSON object; its keys ("ids" or "filter" must be there; with both, both must hold):
 *    "ids"     a list of at most 10000 ids
 *    "filter"  a filter, which may ask for ages as a policy's condition does; {}: everything
 *    "tier"    where to; default: "short_term", or where there is none the tier above the archive
 *  @param control  may be NULL. Told of items restored. Stopped, what was restored stays so.
 *  @param out_json  a report, caller owns: memtier_bytes_destroy. {"restored": items, "tier", "damaged": the
 *  ids of those that cannot be read, and stay}.
 *  @return MEMTIER_NOT_FOUND (the tier), MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_archive_restore(memtier_store* store, const memtier_scope* scope,
                                                   const char* request, size_t request_size,
                                                   const memtier_control* control,
                                                   memtier_bytes** out_json, memtier_error** error);

/** Numbers about the archive, as a JSON object: "items" in blocks; "waiting" to be packed; "blocks";
 *  "original_bytes" of the contents that were packed; "compressed_bytes" of the blocks, the dictionary
 *  and what rows keep in place of their contents; "dictionary_bytes"; "ratio" of the two, "saved": 1
 *  less it; "periods": a list of {"period": year and month as 202606, "blocks", "items",
 *  "original_bytes", "compressed_bytes"}.
 *  @param out_json  caller owns: memtier_bytes_destroy.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_archive_get_statistics(memtier_store* store,
                                                          memtier_bytes** out_json,
                                                          memtier_error** error);

/* =============================================================================================
 * 26. Maintenance and retention
 * =============================================================================================
 * What keeps a store in order as time passes. A TICK does these jobs, one after the other, for the whole
 * store, every collection and scope:
 *
 *   "expire"         removes what has expired: memtier_store_sweep
 *   "demote"         moves what lies idle one tier down: memtier_tier_optimize
 *   "consolidate"    what MEMTIER_OPTION_CONSOLIDATION says: memtier_tier_consolidate
 *   "policies"       applies the policies that are enabled: memtier_policy_apply
 *   "archive_rules"  follows the archive rules that are enabled: memtier_archive_rule_apply
 *   "archive"        packs what waits in the archive, but for months of which there is little, and what
 *                    blocks hold of which less than half is needed any more: memtier_archive_pack
 *   "indexes"        folds the journal into the file, and merges what was added to the indexes
 *   "compact"        writes the file anew where a quarter of it is room that nothing needs any more, as
 *                    packing leaves it; as memtier_scope_forget does, and only if the budget is enough
 *
 * WHO DRIVES IT: the caller, by memtier_store_tick; or the store itself, on a thread of its own, where
 * MAINTENANCE_INTERVAL_MS is set (it needs BACKGROUND). The clock and the eviction callback of the store
 * are then called on that thread too; policies with callbacks are left to ticks of the caller's.
 *
 * A BUDGET limits the time of a tick. When it is used up, the job under way ends at its next part, and
 * the next tick of this handle begins with that job - in "policies" and "archive_rules" behind the last
 * batch of the policy that was under way -: so each has its turn, and so has each policy. One that fails,
 * or for which two budgets were too short for a single batch, is left to the tick after. Every part of a
 * job is a transaction of its own, and what is done is not looked for again; a tick may be stopped, or
 * its process killed, anywhere. */

/** Does jobs of maintenance.
 *  @param request  a JSON object, or empty; its keys, all optional:
 *    "jobs"       a list of names: only these, whose order stays that above; default: all
 *    "budget_ms"  0 to 86400000; 0, the default: no limit
 *  @param control  may be NULL. Told of items done. Stopped, what was done before stays.
 *  @param out_json  a report, caller owns: memtier_bytes_destroy. "complete", false where the budget was
 *  used up, or the tick was stopped, and then "next", the job that comes first in the next tick; "total";
 *  "jobs", a list of
 *  {"name", "count": items moved, removed, changed or packed, "complete"}, for policies and archive rules also
 *  "results" as memtier_policy_apply tells them, for "consolidate" the "report" of
 *  memtier_tier_consolidate, where it was due, for "compact" "saved_bytes".
 *  @return MEMTIER_NOT_FOUND (a job), MEMTIER_BUSY (another tick is under way), MEMTIER_CANCELLED,
 *  MEMTIER_CALLBACK; what a job fails with, and the next tick begins behind that job.
 *  Thread safety: any thread, one tick at a time.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_tick(memtier_store* store, const char* request,
                                              size_t request_size, const memtier_control* control,
                                              memtier_bytes** out_json, memtier_error** error);

/** Pauses the maintenance in the background: no tick begins, and one under way ends soon. Ticks of the
 *  caller's go on as ever. Without such maintenance it does nothing. Pausing twice is pausing once.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_pause(memtier_store* store, memtier_error** error);

/** Ends a pause; a tick follows at once.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_store_resume(memtier_store* store, memtier_error** error);

/* CONSOLIDATION takes what is worth keeping out of a hot tier into the next one, before the tier is full
 * and what is lowest has to go. It selects the items of the tier that are not pinned and that a filter
 * holds for; leaves those with a lower retention score (section 13) than is asked for; puts them in order,
 * the highest priority first, then the highest score; and takes them in batches. Of each batch contents are
 * compressed, if that is asked for; the items are moved, all or none; what has arrived is read from the
 * file again and compared. What fails is tried again; a batch that fails to the end leaves its items where
 * they were, and the next goes on. An item is at any time in one of the two tiers, also where the process
 * is killed.
 *
 * In ticks it is triggered by MEMTIER_OPTION_CONSOLIDATION: a JSON object with the keys of a request, but
 * "dry_run", and "every_seconds", 0 (each tick, default) to a year: by time. By capacity: "min_fill". With both,
 * both must hold; the time counts from the last one that was triggered and came to its end. Each
 * move is in the transition log with the reason "consolidated". */

/** Consolidates a tier into the next one.
 *  @param scope  NULL: the whole default collection.
 *  @param request  a JSON object, or empty; its keys, all optional:
 *    "from"        the name of a tier; default: the hottest
 *    "filter"      only these; may ask for ages as a policy's condition does
 *    "min_score"   0 (default) to 2: those with at least this retention score
 *    "min_fill"    0 (default) to 1: nothing is done while the fuller of the tier's two capacities is used
 *                  less; a tier without capacities counts as empty
 *    "batch_size"  1 to 1000, default 100
 *    "max_items"   1 to 1000000, default 100000: only the first of the order
 *    "retries"     0 to 10, default 3: how often a batch is tried again
 *    "compress_above_bytes"  0 to 67108864: longer contents are compressed as
 *                  memtier_item_compress_where does; default: none are
 *    "dry_run"     true: choose, and change nothing
 *  @param control  may be NULL. Told of items moved. Stopped, what was moved stays so.
 *  @param out_json  a report, caller owns: memtier_bytes_destroy. "from", "to"; "triggered", whether
 *  the tier was full enough; "dry_run"; "selected", items that the filter leaves; "below_score" of them;
 *  "chosen"; "batches"; "moved"; "gone": left the tier by another way meanwhile; "retries";
 *  "failed", items that stay, in "failed_batches"; "compressed", "saved_bytes"; "errors", a list of
 *  {"batch", "items", "message"} for the first hundred of them.
 *  @return MEMTIER_NOT_FOUND (the tier), MEMTIER_INVALID (it is the last one), MEMTIER_CANCELLED. That
 *  batches failed is told in the report, and is no error.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_tier_consolidate(
    memtier_store* store, const memtier_scope* scope, const char* request, size_t request_size,
    const memtier_control* control, memtier_bytes** out_json, memtier_error** error);

/** Compresses the contents of items where they stand: those that are longer than so many bytes, are not
 *  archived, and become smaller by a fifth. New items are compressed as they are stored, by
 *  MEMTIER_OPTION_COMPRESS_THRESHOLD_BYTES; this is for those that are there already. Reads do not change.
 *  @param scope  NULL: the whole default collection.  @param filter  empty: every item.
 *  @param above_bytes  0 to 67108864.
 *  @param control  may be NULL. Told of items compressed. Stopped, what was done stays.
 *  @param out_json  a report, caller owns: memtier_bytes_destroy. {"matched": items that the filter holds
 *  for, "compressed": items, "original_bytes" and "compressed_bytes" of these}.
 *  @return MEMTIER_CANCELLED.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status
memtier_item_compress_where(memtier_store* store, const memtier_scope* scope, const char* filter,
                            size_t filter_size, int64_t above_bytes, const memtier_control* control,
                            memtier_bytes** out_json, memtier_error** error);

/* FORGETTING. What is to go by its age or by what it is: policies (section 24) delete or archive it, and
 * memtier_collection_move moves it into another collection. A deleted item leaves a note of its id, and
 * its bytes may stand in the file until something else is written there. Not so here. */

/** Forgets everything of a scope: its items in all tiers, pinned, expired and archived ones as well, with
 *  their vectors, links, concepts and log; unless it names a session or a collection of its own, what was
 *  learned from feedback; what is left of them in indexes, in the archive's blocks and
 *  dictionary, in the journal and in SQLite's log; the scope's names, and types and tags that nothing else
 *  has. The file is then written anew, so that nothing stands in it where something stood. It takes as
 *  long as reading and writing the whole store, and room for a second copy of it meanwhile; other calls go
 *  on, writes wait while the file is written. Copies elsewhere are not touched: backups, exports, what
 *  the file system keeps.
 *  @param scope  must name somebody: an app, a user, an agent, a session, or a collection other than
 *  "default". It is a pattern, as everywhere: what is not named may be anything; and where an app, a
 *  user, an agent or a session is named and no collection, items of all collections go.
 *  @param control  may be NULL. Told of items removed. Stopped, what was removed stays so; do it again.
 *  @param out_json  a report, caller owns: memtier_bytes_destroy. The receipt: {"scope": the names given,
 *  "forgotten_us", "items", "concepts", "transitions", "tombstones", "scopes", "labels", "blocks": of the
 *  archive, made anew, "damaged_blocks": that could not be read, and stay as they are}.
 *  @return MEMTIER_INVALID (it names nobody), MEMTIER_BUSY (others wrote to the scope or read an old
 *  state all the time: do it again), MEMTIER_CANCELLED, MEMTIER_CALLBACK.
 *  Thread safety: any thread.  @since 1.0 */
MEMTIER_API memtier_status memtier_scope_forget(memtier_store* store, const memtier_scope* scope,
                                                const memtier_control* control,
                                                memtier_bytes** out_json, memtier_error** error);

#ifdef __cplusplus
}
#endif

#endif /* MEMTIER_H */
