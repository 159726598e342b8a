package dev.memtier;

import dev.memtier.internal.Callbacks;
import dev.memtier.internal.Native;
import dev.memtier.internal.NativeConstants;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.nio.file.Path;

/** Export and import. */
final class Transfers {
  private Transfers() {}

  static long export(
      MemoryStore store, OutputStream out, Scope scope, Filter filter, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(filter.toJson());
    long where = scope.handle();
    Callbacks.Writer writer = out::write;
    long[] watch = control.open();
    int status =
        Native.storeExport(
            store.handle, where, document, Callbacks.register(writer), watch, call.out, call.error);
    return finish(store, scope, control, call, status);
  }

  static long export(MemoryStore store, Path file, Scope scope, Filter filter, Control control) {
    Call call = new Call();
    byte[] document = Utf8.encode(filter.toJson());
    byte[] path = Utf8.encodePath(file.toString());
    long where = scope.handle();
    int status =
        Native.storeExportFile(
            store.handle, where, document, path, control.open(), call.out, call.error);
    return finish(store, scope, control, call, status);
  }

  private static long finish(
      MemoryStore store, Scope scope, Control control, Call call, int status) {
    Reference.reachabilityFence(control);
    Reference.reachabilityFence(scope);
    Reference.reachabilityFence(store);
    call.checkCounting(status);
    return call.out[0];
  }

  /** One of the two ways to import. */
  private interface Import {
    int run(long scope, byte[] document, long[] control, long statistics, long[] error);
  }

  static ImportReport importFrom(
      MemoryStore store, InputStream in, Scope scope, ImportOptions options, Control control) {
    Callbacks.Reader reader = buffer -> Math.max(0, in.readNBytes(buffer, 0, buffer.length));
    return run(
        store,
        scope,
        options,
        control,
        (where, document, watch, statistics, error) ->
            Native.storeImport(
                store.handle,
                where,
                document,
                Callbacks.register(reader),
                watch,
                statistics,
                error));
  }

  static ImportReport importFrom(
      MemoryStore store, Path file, Scope scope, ImportOptions options, Control control) {
    byte[] path = Utf8.encodePath(file.toString());
    return run(
        store,
        scope,
        options,
        control,
        (where, document, watch, statistics, error) ->
            Native.storeImportFile(store.handle, where, document, path, watch, statistics, error));
  }

  private static ImportReport run(
      MemoryStore store, Scope scope, ImportOptions options, Control control, Import call) {
    byte[] document = Utf8.encode(options.toJson());
    long where = scope.handle();
    long[] error = new long[1];
    long statistics = Native.new_ImportStatistics();
    try {
      int status = call.run(where, document, control.open(), statistics, error);
      ImportReport report = ImportReport.read(statistics);
      if (status != NativeConstants.MEMTIER_OK) {
        RuntimeException failure = Call.failure(status, error[0]);
        if (failure instanceof MemtierException known) {
          known.describe(report);
        }
        throw failure;
      }
      return report;
    } finally {
      Native.delete_ImportStatistics(statistics);
      Reference.reachabilityFence(control);
      Reference.reachabilityFence(scope);
      Reference.reachabilityFence(store);
    }
  }
}
