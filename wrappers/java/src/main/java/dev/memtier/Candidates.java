package dev.memtier;

import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The items of an overflowing tier, or those that were read, by column; lent to an {@link
 * EvictionScorer} or a {@link Promoter} while it runs.
 * Afterwards, or on another thread, using it is an {@link IllegalStateException}.
 */
public final class Candidates {
  private final long handle;
  private final Thread thread = Thread.currentThread();
  private boolean lent = true;

  Candidates(long handle) {
    this.handle = handle;
  }

  void takeBack() {
    lent = false;
  }

  private void check() {
    if (Thread.currentThread() != thread || !lent) {
      throw new IllegalStateException("candidates are lent to the callback alone, while it runs");
    }
  }

  private long[] numbers(int field) {
    check();
    Call call = new Call();
    long[][] column = new long[1][];
    call.check(Native.candidatesColumnInt64(handle, field, column, call.error));
    return column[0];
  }

  private double[] fractions(int field) {
    check();
    Call call = new Call();
    double[][] column = new double[1][];
    call.check(Native.candidatesColumnDouble(handle, field, column, call.error));
    return column[0];
  }

  private List<String> texts(int field) {
    check();
    Call call = new Call();
    byte[][][] column = new byte[1][][];
    call.check(Native.candidatesColumnText(handle, field, column, call.error));
    List<String> texts = new ArrayList<>(column[0].length);
    for (byte[] text : column[0]) {
      texts.add(Utf8.decode(text));
    }
    return Collections.unmodifiableList(texts);
  }

  /** {@return how many there are} */
  public int size() {
    check();
    return (int) Native.candidatesCount(handle);
  }

  /** {@return their ids} */
  public List<String> ids() {
    return texts(NativeConstants.MEMTIER_FIELD_ID);
  }

  /** {@return their types; empty where there is none} */
  public List<String> types() {
    return texts(NativeConstants.MEMTIER_FIELD_TYPE);
  }

  /** {@return their users; empty where there is none} */
  public List<String> users() {
    return texts(NativeConstants.MEMTIER_FIELD_USER);
  }

  /** {@return their sessions; empty where there is none} */
  public List<String> sessions() {
    return texts(NativeConstants.MEMTIER_FIELD_SESSION);
  }

  /** {@return when they were made, microseconds since 1970} */
  public long[] createdMicros() {
    return numbers(NativeConstants.MEMTIER_FIELD_CREATED_US);
  }

  /** {@return when they were last read, microseconds since 1970} */
  public long[] accessedMicros() {
    return numbers(NativeConstants.MEMTIER_FIELD_ACCESSED_US);
  }

  /** {@return when they expire, microseconds since 1970; 0 never} */
  public long[] expiresMicros() {
    return numbers(NativeConstants.MEMTIER_FIELD_EXPIRES_US);
  }

  /** {@return the time since their last read, microseconds} */
  public long[] idleMicros() {
    return numbers(NativeConstants.MEMTIER_FIELD_IDLE_US);
  }

  /** {@return how often they were read} */
  public long[] accessCounts() {
    return numbers(NativeConstants.MEMTIER_FIELD_ACCESS_COUNT);
  }

  /** {@return how often they were confirmed} */
  public long[] validationCounts() {
    return numbers(NativeConstants.MEMTIER_FIELD_VALIDATION_COUNT);
  }

  /** {@return their priorities} */
  public long[] priorities() {
    return numbers(NativeConstants.MEMTIER_FIELD_PRIORITY);
  }

  /** {@return their sizes in bytes} */
  public long[] sizes() {
    return numbers(NativeConstants.MEMTIER_FIELD_SIZE_BYTES);
  }

  /** {@return their importances} */
  public double[] importances() {
    return fractions(NativeConstants.MEMTIER_FIELD_IMPORTANCE);
  }

  /** {@return their retention scores, which decide where no scorer does} */
  public double[] retentionScores() {
    return fractions(NativeConstants.MEMTIER_FIELD_SCORE);
  }
}
