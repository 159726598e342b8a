package dev.memtier;

import java.util.Optional;
import java.util.OptionalLong;

/** A call of memtier failed. What failed has changed nothing, unless it tells what it has done. */
public class MemtierException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  private final Status status;
  /** Its number. */
  private int code;
  /** Whether the same call may succeed later. */
  private boolean retriable;
  private transient OptionalLong completed = OptionalLong.empty();
  private transient ImportReport importReport;
  private transient Object report;

  MemtierException(Status status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = status.code();
  }

  final void describe(int code, boolean retriable, OptionalLong completed) {
    this.code = code;
    this.retriable = retriable;
    this.completed = completed;
  }

  final void describe(ImportReport report) {
    importReport = report;
  }

  final void describe(Object told) {
    report = told;
  }

  /** {@return what went wrong} */
  public final Status status() {
    return status;
  }

  /** {@return the number in {@code memtier.h}, also where {@link #status} does not know it} */
  public final int code() {
    return code;
  }

  /** {@return whether the same call may succeed later without a change} */
  public final boolean isRetriable() {
    return retriable;
  }

  /** {@return how many items a call that works in batches had done before it failed} */
  public final OptionalLong completed() {
    return completed == null ? OptionalLong.empty() : completed;
  }

  /** {@return what an import had done before it failed} */
  public final Optional<ImportReport> importReport() {
    return Optional.ofNullable(importReport);
  }

  /**
   * What a long call had done when it was stopped or failed: what it would have returned. Such are {@link
   * Policies#apply} and {@link ArchiveRules#apply} (a list of {@link Applied}), {@link Archive#pack}, {@link
   * Archive#restore}, {@link Maintenance#tick}, {@link Maintenance#consolidate}, {@link
   * Maintenance#compressWhere}, {@link Agent#forget}.
   *
   * @param <T> what the call returns
   * @param type of it, such as {@code Consolidated.class}
   * @return the report; empty where nothing was begun, or the call returns something else
   */
  public final <T> Optional<T> report(Class<T> type) {
    return type.isInstance(report) ? Optional.of(type.cast(report)) : Optional.empty();
  }
}
