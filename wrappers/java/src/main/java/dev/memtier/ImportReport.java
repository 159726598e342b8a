package dev.memtier;

import dev.memtier.internal.Native;

/**
 * What an import did.
 *
 * @param lines read, empty ones not counted
 * @param stored new items
 * @param replaced new versions of items that were there
 * @param skipped there already, with {@link ImportOptions#createOnly}
 * @param failed lines that could not be imported, with {@link ImportOptions#skipErrors}
 * @param firstFailedLine the first of them, from 1; 0 none
 */
public record ImportReport(
    long lines,
    long stored,
    long replaced,
    long skipped,
    long failed,
    long firstFailedLine) {

  static ImportReport read(long memory) {
    return new ImportReport(
        Native.ImportStatistics_Lines_get(memory),
        Native.ImportStatistics_Stored_get(memory),
        Native.ImportStatistics_Replaced_get(memory),
        Native.ImportStatistics_Skipped_get(memory),
        Native.ImportStatistics_Failed_get(memory),
        Native.ImportStatistics_FirstFailedLine_get(memory));
  }
}
