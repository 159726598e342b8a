package dev.memtier.internal;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The Java side of every callback: a table of numbers. C calls the static methods below with the number
 * it was given; it holds no reference to a Java object. Nothing thrown crosses into C: what a callback
 * throws is kept under the negative number that C gets, and that the caller's error then carries
 * ({@code errorCallbackCode}), so that {@link #takeFailure} finds the cause on whichever thread.
 */
public final class Callbacks {
  /** Tells the time in microseconds since 1970. */
  public interface Clock {
    long nowMicros() throws Throwable;
  }

  /** Receives one line of log. */
  public interface Log {
    void line(int level, byte[] message) throws Throwable;
  }

  /** Returns MEMTIER_CALLBACK_OK or MEMTIER_CALLBACK_CANCEL. */
  public interface Progress {
    int progress(long done, long total) throws Throwable;
  }

  /** Fills scores, and returns MEMTIER_CALLBACK_OK or MEMTIER_CALLBACK_DEFAULT. */
  public interface Score {
    int score(long candidates, double[] scores) throws Throwable;
  }

  /** Sets to 1 the numbers of the items that it chooses; the handle is lent for the length of the call. */
  public interface Promote {
    void promote(long read, int[] chosen) throws Throwable;
  }

  /** Adds keys of items; both handles are lent for the length of the call. */
  public interface Extract {
    void extract(long items, long keys) throws Throwable;
  }

  /** Fills vectors, zeros on entry, with vectors.length / texts.length components for each text. */
  public interface Embed {
    void embed(byte[][] texts, float[] vectors) throws Throwable;
  }

  /** Sets to 1 the numbers of the items that it chooses; the handle is lent for the length of the call. */
  public interface Decide {
    void decide(long items, boolean dryRun, int[] chosen) throws Throwable;
  }

  /** Fills tokens, one for each text. */
  public interface Count {
    void count(byte[][] texts, long[] tokens) throws Throwable;
  }

  /** Receives exported bytes, which it may keep. */
  public interface Writer {
    void write(byte[] data) throws Throwable;
  }

  /** Fills the buffer from its start and returns how many bytes; 0 is the end. */
  public interface Reader {
    int read(byte[] buffer) throws Throwable;
  }

  private static final int FIRST_FAILURE = -1_000_000;
  private static final int MAX_FAILURES = 256;

  private static final AtomicLong NEXT = new AtomicLong(1);
  private static final ConcurrentHashMap<Long, Object> TABLE = new ConcurrentHashMap<>();
  private static final AtomicInteger NEXT_FAILURE = new AtomicInteger(FIRST_FAILURE);
  private static final ConcurrentHashMap<Integer, Throwable> FAILURES = new ConcurrentHashMap<>();

  private Callbacks() {}

  /**
   * Gives a callback a number, for exactly one call that takes it: that call lets it go when the library
   * is done with it, also when the call fails. 0 for null.
   */
  public static long register(Object callback) {
    if (callback == null) {
      return 0;
    }
    long number = NEXT.getAndIncrement();
    TABLE.put(number, callback);
    return number;
  }

  /** How many callbacks are registered, for tests. */
  public static int registered() {
    return TABLE.size();
  }

  /** What was thrown by the callback that failed with this number, once; null if nothing was. */
  public static Throwable takeFailure(int callbackCode) {
    return FAILURES.remove(callbackCode);
  }

  private static int keep(Throwable thrown) {
    int code = NEXT_FAILURE.getAndUpdate(c -> c == Integer.MIN_VALUE ? FIRST_FAILURE : c - 1);
    FAILURES.put(code, thrown);
    // Failures that nobody asks for (a background thread's) must not pile up.
    FAILURES.remove(code + MAX_FAILURES);
    return code;
  }

  @SuppressWarnings("unchecked")
  private static <T> T find(long number) {
    Object callback = TABLE.get(number);
    if (callback == null) {
      throw new IllegalStateException("a callback was called after it was let go");
    }
    return (T) callback;
  }

  static int clock(long number, long[] outNow) {
    try {
      outNow[0] = Callbacks.<Clock>find(number).nowMicros();
      return NativeConstants.MEMTIER_CALLBACK_OK;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int log(long number, int level, byte[] message) {
    try {
      Callbacks.<Log>find(number).line(level, message);
      return NativeConstants.MEMTIER_CALLBACK_OK;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int progress(long number, long done, long total) {
    try {
      return Callbacks.<Progress>find(number).progress(done, total);
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int score(long number, long candidates, double[] scores) {
    try {
      return Callbacks.<Score>find(number).score(candidates, scores);
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int promote(long number, long read, int[] chosen) {
    try {
      Callbacks.<Promote>find(number).promote(read, chosen);
      return NativeConstants.MEMTIER_CALLBACK_OK;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int extract(long number, long items, long keys) {
    try {
      Callbacks.<Extract>find(number).extract(items, keys);
      return NativeConstants.MEMTIER_CALLBACK_OK;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int embed(long number, byte[][] texts, float[] vectors) {
    try {
      Callbacks.<Embed>find(number).embed(texts, vectors);
      return NativeConstants.MEMTIER_CALLBACK_OK;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int decide(long number, long items, int dryRun, int[] chosen) {
    try {
      Callbacks.<Decide>find(number).decide(items, dryRun != 0, chosen);
      return NativeConstants.MEMTIER_CALLBACK_OK;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int count(long number, byte[][] texts, long[] tokens) {
    try {
      Callbacks.<Count>find(number).count(texts, tokens);
      return NativeConstants.MEMTIER_CALLBACK_OK;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static int write(long number, byte[] data) {
    try {
      Callbacks.<Writer>find(number).write(data);
      return NativeConstants.MEMTIER_CALLBACK_OK;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static long read(long number, byte[] buffer) {
    try {
      int size = Callbacks.<Reader>find(number).read(buffer);
      if (size < 0 || size > buffer.length) {
        throw new IllegalStateException("a reader returned " + size);
      }
      return size;
    } catch (Throwable thrown) {
      return keep(thrown);
    }
  }

  static void destroy(long number) {
    TABLE.remove(number);
  }
}
