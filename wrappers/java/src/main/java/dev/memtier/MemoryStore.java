package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * An open store: one file. Used by any number of threads at once; the same file may be open any
 * number of times, also in other processes. From inside a callback a store cannot be used ({@link
 * Status#REENTRANT}).
 *
 * <p>Items are written as {@link MemoryWriter} tells and read as {@link MemoryReader} tells; the rest
 * is here. Every method that takes a store's data can throw {@link MemtierException}, and {@link
 * IllegalStateException} once the store is closed.
 */
public final class MemoryStore implements MemoryReader, MemoryWriter, AutoCloseable {
  final long handle;
  final TierNames tiers;
  private final State state;
  private final Cleaner.Cleanable cleanable;

  /** What the safety net needs; it must not refer to the store itself. */
  private static final class State extends AtomicBoolean implements Runnable {
    private static final long serialVersionUID = 1L;
    private final long handle;

    State(long handle) {
      this.handle = handle;
    }

    @Override
    public void run() {
      if (compareAndSet(false, true)) {
        Native.storeClose(handle, null);
      }
    }
  }

  private MemoryStore(long handle, TierNames tiers) {
    this.handle = handle;
    this.tiers = tiers;
    state = new State(handle);
    cleanable = Resources.track(this, state);
  }

  static MemoryStore opened(long handle) {
    try {
      List<Tier> tiers = Ladder.parse(TierCalls.ladder(handle)).tiers();
      return new MemoryStore(handle, new TierNames(tiers.stream().map(Tier::name).toList()));
    } catch (RuntimeException | Error failed) {
      Native.storeClose(handle, null);
      throw failed;
    }
  }

  /**
   * Opens a store with defaults, and makes it where it does not exist.
   *
   * @param file the file
   * @return the store, to be closed
   */
  public static MemoryStore open(Path file) {
    return builder(file).build();
  }

  /**
   * Begins to open a store.
   *
   * @param file the file
   * @return options, all at their defaults
   */
  public static StoreBuilder builder(Path file) {
    return new StoreBuilder(file.toString());
  }

  /** {@return options, all at their defaults, of a store that has no file and lives until closed} */
  public static StoreBuilder inMemory() {
    return new StoreBuilder(":memory:");
  }

  @Override
  public MemoryItem put(ItemDraft draft, PutMode mode, Durability durability) {
    return ItemCalls.put(this, draft, mode, durability);
  }

  @Override
  public List<MemoryItem> putMany(
      Collection<ItemDraft> drafts, PutMode mode, Durability durability, Control control) {
    return new PutBatch(this, mode, durability, control).put(drafts);
  }

  @Override
  public MemoryItem update(Scope scope, String id, ItemChanges changes, Durability durability) {
    Call call = new Call();
    byte[] name = Utf8.encode(id);
    int level = durability.code;
    try (ItemBuilder builder = changes.build()) {
      long of = scope.handle();
      call.check(
          Native.itemUpdate(handle, of, name, builder.handle, level, call.out, call.error));
    } finally {
      keep(scope);
    }
    return Images.takeItem(call.out[0], tiers);
  }

  @Override
  public long updateWhere(
      Scope scope, Filter filter, ItemChanges changes, Durability durability, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(filter.toJson());
    int level = durability.code;
    try (ItemBuilder builder = changes.build()) {
      long where = scope.handle();
      long[] watch = control.open();
      call.checkCounting(
          Native.itemUpdateWhere(
              handle, where, document, builder.handle, level, watch, call.out, call.error));
      return call.out[0];
    } finally {
      Reference.reachabilityFence(control);
      keep(scope);
    }
  }

  @Override
  public boolean delete(Scope scope, String id, long version, Durability durability) {
    Call call = new Call();
    byte[] name = Utf8.encode(id);
    int level = durability.code;
    int status = Native.itemDelete(handle, scope.handle(), name, version, level, call.error);
    keep(scope);
    if (status == NativeConstants.MEMTIER_NOT_FOUND) {
      Native.errorDestroy(call.error[0]);
      return false;
    }
    call.check(status);
    return true;
  }

  @Override
  public List<ItemResult> deleteMany(
      Scope scope, Collection<String> ids, Durability durability, Control control) {
    return BatchCalls.deleteMany(this, scope, ids, durability, control);
  }

  @Override
  public long deleteWhere(Scope scope, Filter filter, Durability durability, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(filter.toJson());
    long where = scope.handle();
    int level = durability.code;
    long[] watch = control.open();
    int status =
        Native.itemDeleteWhere(handle, where, document, level, watch, call.out, call.error);
    Reference.reachabilityFence(control);
    keep(scope);
    call.checkCounting(status);
    return call.out[0];
  }

  @Override
  public long validate(Scope scope, String id) {
    Call call = new Call();
    byte[] name = Utf8.encode(id);
    call.check(Native.itemValidate(handle, scope.handle(), name, call.out, call.error));
    keep(scope);
    return call.out[0];
  }

  @Override
  public void move(Scope scope, String id, String tier) {
    Call call = new Call();
    byte[] name = Utf8.encode(id);
    byte[] target = Utf8.encode(tier);
    call.check(Native.itemMove(handle, scope.handle(), name, target, call.error));
    keep(scope);
  }

  // --- reading

  @Override
  public Optional<MemoryItem> get(Scope scope, String id) {
    return Optional.ofNullable(ItemCalls.get(this, scope, id));
  }

  @Override
  public MemoryItem require(Scope scope, String id) {
    MemoryItem item = ItemCalls.get(this, scope, id);
    if (item == null) {
      throw new NotFoundException("there is no item \"" + id + "\" in this scope");
    }
    return item;
  }

  @Override
  public List<ItemResult> getMany(Scope scope, Collection<String> ids, Control control) {
    return BatchCalls.getMany(this, scope, ids, control);
  }

  @Override
  public LiveItem getLive(Scope scope, String id) {
    Call call = new Call();
    byte[] name = Utf8.encode(id);
    call.check(Native.itemGet(handle, scope.handle(), name, call.out, call.error));
    keep(scope);
    return new LiveItem(call.out[0], tiers);
  }

  @Override
  public boolean exists(Scope scope, String id) {
    Call call = new Call();
    int[] exists = new int[1];
    byte[] name = Utf8.encode(id);
    call.check(Native.itemExists(handle, scope.handle(), name, exists, call.error));
    keep(scope);
    return exists[0] != 0;
  }

  @Override
  public long count(Scope scope, Filter filter, Control control) {
    return SearchCalls.count(this, scope, filter, control);
  }

  @Override
  public Cursor list(Scope scope, Listing listing) {
    Call call = new Call();
    byte[] document = Utf8.encode(listing.toJson());
    call.check(Native.itemList(handle, scope.handle(), document, call.out, call.error));
    keep(scope);
    return new Cursor(call.out[0], tiers);
  }

  @Override
  public Stream<MemoryItem> stream(Scope scope, Listing listing) {
    return CursorIterator.stream(list(scope, listing));
  }

  @Override
  public String explain(Scope scope, Listing listing, Control control) {
    return SearchCalls.explain(this, scope, listing, control);
  }

  @Override
  public Hits search(Scope scope, Query query, Control control) {
    return SearchCalls.search(this, scope, query, control);
  }

  @Override
  public Hits search(Scope scope, PreparedQuery query, Control control) {
    return SearchCalls.search(this, scope, query, control);
  }

  @Override
  public List<Hits> searchMany(Scope scope, List<PreparedQuery> queries, Control control) {
    return SearchCalls.searchMany(this, scope, queries, control);
  }

  // --- tiers and the store

  /**
   * The conversation of a session.
   *
   * @param scope with a session, and one collection
   * @return the conversation, also where nothing was said yet
   */
  public Conversation conversation(Scope scope) {
    return new Conversation(this, scope);
  }

  /**
   * What an agent calls: its memory, in one scope.
   *
   * @param scope whose memory it is
   * @return the agent
   */
  public Agent agent(Scope scope) {
    return new Agent(this, scope);
  }

  /** {@return the collections: to make, list and drop them, and to move items between them} */
  public MemoryCollections collections() {
    return new MemoryCollections(this);
  }

  /** {@return the indexes of one's own: to make, list and drop them} */
  public Indexes indexes() {
    return new Indexes(this);
  }

  /** {@return the associations in the default collection} */
  public Graph graph() {
    return graph(Scope.DEFAULT);
  }

  /**
   * {@return links, concepts, and walks along them}
   * @param scope whose
   */
  public Graph graph(Scope scope) {
    return new Graph(this, scope, Durability.DEFAULT, Control.NONE);
  }

  /**
   * {@return what the owner of a scope finds useful: to add, list and clear feedback}
   * @param scope whose app, user and agent say so; items are looked for in it
   */
  public Feedbacks feedback(Scope scope) {
    return new Feedbacks(this, scope);
  }

  /** {@return the policies: to put, list, delete and apply them} */
  public Policies policies() {
    return new Policies(this);
  }

  /** {@return the maintenance: to drive it, or to pause what the store does itself} */
  public Maintenance maintenance() {
    return new Maintenance(this);
  }

  /** {@return the archive: to pack it, to restore from it, numbers about it} */
  public Archive archive() {
    return new Archive(this);
  }

  /** {@return the archive rules: to put, list, delete and apply them} */
  public ArchiveRules archiveRules() {
    return new ArchiveRules(this);
  }

  /** {@return the vector spaces, and the vectors in them} */
  public Spaces spaces() {
    return new Spaces(this);
  }

  /** {@return numbers about this store} */
  public StoreStatistics statistics() {
    try {
      return StoreStatistics.read(handle);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** {@return numbers about each tier, hottest first} */
  public List<TierStatistics> tiers() {
    return TierCalls.statistics(this);
  }

  /** {@return the store's embedder: texts into vectors} */
  public Embedding embedding() {
    return new Embedding(this);
  }

  /** {@return the ladder in force} */
  public Ladder ladder() {
    try {
      return Ladder.parse(TierCalls.ladder(handle));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Demotes what lies idle in the default collection, by each tier's rule.
   *
   * @return how many left each tier
   */
  public OptimizeResult optimize() {
    return optimize(Scope.DEFAULT, Control.NONE);
  }

  /**
   * Demotes what lies idle, by each tier's rule, one tier down; an item moves once.
   *
   * @param scope which items
   * @param control watches and stops it
   * @return how many left each tier
   */
  public OptimizeResult optimize(Scope scope, Control control) {
    return TierCalls.optimize(this, scope, control);
  }

  /**
   * Deletes every item of some tiers, pinned ones too.
   *
   * @param scope which items
   * @param tiers the tiers' names; {@code "*"} for all of them
   * @param control watches and stops it
   * @return how many were deleted
   */
  public long clear(Scope scope, Collection<String> tiers, Control control) {
    return TierCalls.clear(this, scope, tiers, control);
  }

  /**
   * Removes the items whose time is over, in every scope; they are invisible already.
   *
   * @return how many were removed
   */
  public long sweep() {
    return sweep(Control.NONE);
  }

  /**
   * Removes the items whose time is over, in every scope; they are invisible already.
   *
   * @param control watches and stops it
   * @return how many were removed
   */
  public long sweep(Control control) {
    Call call = new Call();
    int status = Native.storeSweep(handle, control.open(), call.out, call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(this);
    call.checkCounting(status);
    return call.out[0];
  }

  /**
   * Reads the transition log: which item went from where to where, when and why.
   *
   * @param scope whose items
   * @param query which rows
   * @return the rows, newest first
   */
  public List<Transition> transitions(Scope scope, TransitionQuery query) {
    return TierCalls.transitions(this, scope, query);
  }

  /**
   * Exports items as JSON Lines, oldest first, in little memory. The stream is not closed.
   *
   * @param out receives the lines
   * @param scope which items; {@link Scope#EVERYTHING} for all
   * @param filter which of them
   * @param control watches and stops it
   * @return how many were written
   * @throws CallbackException if the stream failed; its exception is the cause
   */
  public long exportTo(OutputStream out, Scope scope, Filter filter, Control control) {
    return Transfers.export(this, Objects.requireNonNull(out, "out"), scope, filter, control);
  }

  /**
   * Exports items into a file that is made new; a name ending in .gz is compressed.
   *
   * @param file the file
   * @param scope which items; {@link Scope#EVERYTHING} for all
   * @param filter which of them
   * @param control watches and stops it
   * @return how many were written
   */
  public long exportTo(Path file, Scope scope, Filter filter, Control control) {
    return Transfers.export(this, file, scope, filter, control);
  }

  /**
   * Imports exported items, or a conversation, one turn on each line. The stream is not closed.
   *
   * @param in delivers the lines
   * @param scope its names take the place of those in the lines
   * @param options how to import
   * @param control watches and stops it
   * @return what was done; after a failure see {@link MemtierException#importReport}
   */
  public ImportReport importFrom(
      InputStream in, Scope scope, ImportOptions options, Control control) {
    return Transfers.importFrom(
        this, Objects.requireNonNull(in, "in"), scope, options, control);
  }

  /**
   * Imports a file, compressed with gzip or not.
   *
   * @param file the file
   * @param scope its names take the place of those in the lines
   * @param options how to import
   * @param control watches and stops it
   * @return what was done; after a failure see {@link MemtierException#importReport}
   */
  public ImportReport importFrom(Path file, Scope scope, ImportOptions options, Control control) {
    return Transfers.importFrom(this, file, scope, options, control);
  }

  /** Makes everything acknowledged so far survive loss of power, in the file itself. */
  public void flush() {
    flush(Control.NONE);
  }

  /**
   * Makes everything acknowledged so far survive loss of power, in the file itself.
   *
   * @param control watches and stops it
   */
  public void flush(Control control) {
    Call call = new Call();
    int status = Native.storeFlush(handle, control.open(), call.error);
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(this);
    call.check(status);
  }

  private void keep(Scope scope) {
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(this);
  }

  /** {@return whether it was closed} */
  public boolean isClosed() {
    return state.get();
  }

  /**
   * Closes the store: writes what is pending and ends its thread. Calls under way in other threads
   * end first, long ones with {@link CancelledException}. Items stay valid, a cursor still works.
   * Again does nothing.
   *
   * @throws MemtierException if something acknowledged as {@link Durability#RELAXED} could not be
   *     written (the store is closed then too), or with {@link Status#REENTRANT} from inside a
   *     callback
   */
  @Override
  public void close() {
    if (!state.compareAndSet(false, true)) {
      return;
    }
    Call call = new Call();
    int status = Native.storeClose(handle, call.error);
    if (status == NativeConstants.MEMTIER_REENTRANT) {
      state.set(false);
    } else {
      cleanable.clean();
    }
    call.check(status);
  }
}
