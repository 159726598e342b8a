package dev.memtier;

import dev.memtier.internal.Native;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * Pages through a list. Between pages nothing is held open: each page shows the store as it is
 * then, and no item that stayed unchanged is missed or shown twice. Belongs to one thread at a
 * time.
 */
public final class Cursor implements AutoCloseable {
  private final long handle;
  private final TierNames tiers;
  private final Cleaner.Cleanable cleanable;

  Cursor(long handle, TierNames tiers) {
    this.handle = handle;
    this.tiers = tiers;
    cleanable = Resources.track(this, handle, Native::cursorDestroy);
  }

  /**
   * Reads the next items.
   *
   * @param maxItems 1 to 100000
   * @return the items; none at the end
   */
  public List<MemoryItem> next(int maxItems) {
    return next(maxItems, Control.NONE);
  }

  /**
   * Reads the next items.
   *
   * @param maxItems 1 to 100000
   * @param control stops a page that takes long
   * @return the items; none at the end
   */
  public synchronized List<MemoryItem> next(int maxItems, Control control) {
    return Images.takeItems(page(maxItems, control), tiers);
  }

  /**
   * Reads the next items as handles, which follow the store.
   *
   * @param maxItems 1 to 100000
   * @return the items, each to be closed; none at the end
   */
  public synchronized List<LiveItem> nextLive(int maxItems) {
    long items = page(maxItems, Control.NONE);
    List<LiveItem> list = new ArrayList<>();
    try {
      Call call = new Call();
      for (long i = 0; i < Native.itemsCount(items); i++) {
        call.check(Native.itemsGet(items, i, call.out, call.error));
        list.add(new LiveItem(call.out[0], tiers));
      }
      return list;
    } catch (RuntimeException | Error failed) {
      list.forEach(LiveItem::close);
      throw failed;
    } finally {
      Native.itemsDestroy(items);
    }
  }

  private long page(int maxItems, Control control) {
    Call call = new Call();
    try {
      call.check(Native.cursorNext(handle, maxItems, control.open(), call.out, call.error));
      return call.out[0];
    } finally {
      Reference.reachabilityFence(control);
      Reference.reachabilityFence(this);
    }
  }

  /**
   * A text that stands for this place, to go on later or elsewhere.
   *
   * @return the text, for {@link Listing#after}; empty at the start
   */
  public synchronized String token() {
    Call call = new Call();
    call.check(Native.cursorGetToken(handle, call.out, call.error));
    Reference.reachabilityFence(this);
    return Images.takeText(call.out[0]);
  }

  /** Releases it; again does nothing. */
  @Override
  public void close() {
    cleanable.clean();
  }
}
