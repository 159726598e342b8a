package dev.memtier;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A cursor's items one by one, read page by page. */
final class CursorIterator implements Iterator<MemoryItem> {
  private static final int PAGE = 500;

  private final Cursor cursor;
  private Iterator<MemoryItem> page = List.<MemoryItem>of().iterator();
  private boolean atEnd;

  private CursorIterator(Cursor cursor) {
    this.cursor = cursor;
  }

  /** Closing the stream closes the cursor. */
  static Stream<MemoryItem> stream(Cursor cursor) {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL;
    Spliterator<MemoryItem> items =
        Spliterators.spliteratorUnknownSize(new CursorIterator(cursor), traits);
    return StreamSupport.stream(items, false).onClose(cursor::close);
  }

  @Override
  public boolean hasNext() {
    if (!page.hasNext() && !atEnd) {
      page = cursor.next(PAGE).iterator();
      atEnd = !page.hasNext();
    }
    return page.hasNext();
  }

  @Override
  public MemoryItem next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.next();
  }
}
