package dev.memtier.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Every kind of function of the generated layer, once: a program without a test library, so that it runs
 * where there is only a JDK. With the argument "measure" it tells what a resident get costs.
 */
public final class NativeSmoke implements NativeConstants {
  private static final String CONTENT = "tea \uD83C\uDF75 and a NUL\0 inside";
  private static final long NOW = 1_700_000_000_000_000L;

  private static final long[] error = new long[1];
  private static final ByteBuffer buffer = ByteBuffer.allocateDirect(4096).order(ByteOrder.LITTLE_ENDIAN);
  private static final long address = NativeMethods.directAddress(buffer);
  private static int failures;

  private static long store;
  private static long builder;

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals("measure")) {
      measure();
      return;
    }
    Path folder = Files.createTempDirectory("memtier-smoke");
    open(folder.resolve("smoke.mem").toString());
    getReturnsTheWholeItemInOneCall();
    manyListSearchAndStatistics();
    anErrorHasItsMessageAndACallbackItsCause();
    exportImportAndAProgressThatCancels();
    close();
    theEvictionCallbackDecides();
    check("every callback was let go", Callbacks.registered() == 0);
    Files.deleteIfExists(folder.resolve("smoke.mem"));
    Files.deleteIfExists(folder);
    System.out.println(failures == 0 ? "all passed" : failures + " failed");
    System.exit(failures == 0 ? 0 : 1);
  }

  private static void check(String what, boolean holds) {
    if (!holds) {
      failures++;
      System.out.println("FAILED: " + what);
    }
  }

  private static void must(int status) {
    if (status != MEMTIER_OK) {
      throw new AssertionError(text(Native.statusName(status)) + ": " + text(Native.errorMessage(error[0])));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static void open(String path) {
    long[] out = new long[1];
    must(Native.optionsCreate(out, error));
    long options = out[0];
    must(Native.optionsSetInt64(options, MEMTIER_OPTION_RANDOM_SEED, 7, error));
    Callbacks.Clock clock = () -> NOW;
    must(Native.optionsSetClock(options, Callbacks.register(clock), error));
    must(Native.storeOpen(bytes(path), options, out, error));
    store = out[0];
    Native.optionsDestroy(options);
    must(Native.itemBuilderCreate(out, error));
    builder = out[0];
  }

  private static void close() {
    Native.itemBuilderDestroy(builder);
    must(Native.storeClose(store, error));
    must(Native.storeClose(store, error));
    check("use after close is CLOSED", Native.storeFlush(store, null, error) == MEMTIER_CLOSED);
    Native.errorDestroy(error[0]);
  }

  private static void put(String id, String content) {
    must(Native.itemBuilderSetText(builder, MEMTIER_FIELD_ID, bytes(id), error));
    must(Native.itemBuilderSetBytes(builder, MEMTIER_FIELD_CONTENT, bytes(content), error));
    must(Native.itemPut(store, 0, builder, MEMTIER_PUT_REPLACE, 0, null, error));
  }

  private static String imageText(int text) {
    int header = buffer.getShort(10);
    int from = header + buffer.getInt(120 + 4 * (text - 1));
    byte[] bytes = new byte[header + buffer.getInt(120 + 4 * text) - from];
    buffer.get(from, bytes);
    return text(bytes);
  }

  private static void getReturnsTheWholeItemInOneCall() {
    String id = "a\u00e9\uD83C\uDF75";
    put(id, CONTENT);
    long[] size = new long[1];
    must(Native.itemGetInto(store, 0, bytes(id), address, buffer.capacity(), size, error));
    check("content", imageText(10).equals(CONTENT));
    check("clock", buffer.getLong(32) == NOW);
    long[] needed = new long[1];
    int status = Native.itemGetInto(store, 0, bytes(id), address, 8, needed, error);
    check("too small", status == MEMTIER_TOO_SMALL && needed[0] == size[0]);
    Native.errorDestroy(error[0]);
    byte[] idBytes = bytes(id);
    buffer.put(3800, idBytes);
    must(NativeMethods.hotGetInto(store, 0, address + 3800, idBytes.length, address, 2048, address + 4064));
    check("addresses", buffer.getLong(4064) == size[0] && buffer.getLong(4072) == 0);
    int asImage = NativeMethods.hotPutInto(store, 0, address, size[0], MEMTIER_PUT_CREATE, 0, 0, 0, address + 4064);
    error[0] = buffer.getLong(4072);
    check("put by address", asImage == MEMTIER_EXISTS && Native.errorCode(error[0]) == asImage);
    Native.errorDestroy(error[0]);
    String longId = "x".repeat(1024);
    put(longId, "long");
    must(Native.itemGetInto(store, 0, bytes(longId), address, buffer.capacity(), size, error));
    check("long id", imageText(0 + 10).equals("long"));
    must(Native.itemDelete(store, 0, bytes(longId), 0, 0, error));
    must(Native.itemDelete(store, 0, bytes(id), 0, 0, error));
  }

  private static void manyListSearchAndStatistics() {
    put("a", "green tea");
    put("b", "black coffee");
    long[] out = new long[1];
    must(Native.itemGetMany(store, 0, bytes("abx"), new long[] {1, 2, 3}, null, out, error));
    int[] status = new int[1];
    byte[][] message = new byte[1][];
    must(Native.itemsReadStatus(out[0], 2, status, message, error));
    check("a status each", Native.itemsCount(out[0]) == 3 && status[0] == MEMTIER_NOT_FOUND);
    long[] size = new long[1];
    long[] count = new long[1];
    must(Native.itemsCopyImages(out[0], 0, address, buffer.capacity(), size, count, error));
    check("images", count[0] == 3 && imageText(10).equals("green tea"));
    Native.itemsDestroy(out[0]);

    long[] builders = {builder, builder};
    must(Native.itemPutMany(store, 0, builders, MEMTIER_PUT_REPLACE, 0, null, null, error));

    byte[] list = bytes("{\"order_by\": \"id\", \"descending\": false}");
    must(Native.itemList(store, 0, list, out, error));
    long cursor = out[0];
    must(Native.cursorNext(cursor, 10, null, out, error));
    long[] item = new long[1];
    must(Native.itemsGet(out[0], 1, item, error));
    byte[][] id = new byte[1][];
    must(Native.itemReadText(item[0], MEMTIER_FIELD_ID, id, error));
    check("list", text(id[0]).equals("b"));
    Native.itemDestroy(item[0]);
    Native.itemsDestroy(out[0]);
    Native.cursorDestroy(cursor);

    must(Native.storeSearch(store, 0, bytes("{\"text\": \"tea\"}"), new long[] {0, 0}, out, error));
    double[][] scores = new double[1][];
    must(Native.hitsColumnDouble(out[0], MEMTIER_FIELD_SCORE, scores, error));
    check("scores", scores[0].length == 1 && scores[0][0] > 0);
    Native.hitsDestroy(out[0]);

    long statistics = Native.new_StoreStatistics();
    must(Native.storeGetStatistics(store, statistics, error));
    check("store statistics", Native.StoreStatistics_ItemCount_get(statistics) == 2);
    Native.delete_StoreStatistics(statistics);
    long tier = Native.new_TierStatistics();
    must(Native.tierGetStatistics(store, 0, tier, error));
    check("tier statistics", text(Native.TierStatistics_Name_get(tier)).equals("working"));
    Native.delete_TierStatistics(tier);
    must(Native.storeGetLadder(store, out, error));
    check("document", text(Native.bytesData(out[0])).contains("\"working\""));
    Native.bytesDestroy(out[0]);

    must(Native.itemMove(store, 0, bytes("a"), bytes("archive"), error));
    must(Native.transitionList(store, 0, null, 0, 100, out, error));
    byte[][][] ids = new byte[1][][];
    long[][] times = new long[1][];
    must(Native.transitionsColumnText(out[0], MEMTIER_FIELD_ID, ids, error));
    must(Native.transitionsColumnInt64(out[0], MEMTIER_FIELD_TIME_US, times, error));
    check("columns", ids[0].length == 1 && text(ids[0][0]).equals("a") && times[0][0] == NOW);
    Native.transitionsDestroy(out[0]);
    long[] demoted = new long[4];
    must(Native.tierOptimize(store, 0, null, demoted, out, error));
  }

  private static void anErrorHasItsMessageAndACallbackItsCause() {
    long[] count = new long[1];
    int status = Native.itemCount(store, 0, bytes("{\"colour\": 1}"), null, count, error);
    check("status", status == MEMTIER_INVALID && Native.errorCode(error[0]) == MEMTIER_INVALID);
    check("message", text(Native.errorMessage(error[0])).contains("colour"));
    Native.errorDestroy(error[0]);

    Exception broken = new IllegalStateException("the disk of the writer is full");
    Callbacks.Writer writer = data -> {
      throw broken;
    };
    status = Native.storeExport(store, 0, null, Callbacks.register(writer), null, count, error);
    check("callback", status == MEMTIER_CALLBACK);
    check("cause", Callbacks.takeFailure(Native.errorCallbackCode(error[0])) == broken);
    Native.errorDestroy(error[0]);
  }

  private static void exportImportAndAProgressThatCancels() {
    ByteArrayOutputStream exported = new ByteArrayOutputStream();
    long[] count = new long[1];
    Callbacks.Writer writer = exported::writeBytes;
    must(Native.storeExport(store, 0, null, Callbacks.register(writer), null, count, error));
    ByteArrayInputStream in = new ByteArrayInputStream(exported.toByteArray());
    Callbacks.Reader reader = into -> Math.max(0, in.read(into));
    long statistics = Native.new_ImportStatistics();
    must(Native.storeImport(store, 0, null, Callbacks.register(reader), null, statistics, error));
    check("import", count[0] == 2 && Native.ImportStatistics_Replaced_get(statistics) == 2);
    Native.delete_ImportStatistics(statistics);

    Callbacks.Progress stop = (done, total) -> MEMTIER_CALLBACK_CANCEL;
    long[] control = {0, Callbacks.register(stop)};
    check("cancelled", Native.storeSweep(store, control, count, error) == MEMTIER_CANCELLED);
    Native.errorDestroy(error[0]);
    long[] cancel = new long[1];
    must(Native.cancelCreate(cancel, error));
    must(Native.cancelTrip(cancel[0], error));
    int status = Native.storeSweep(store, new long[] {cancel[0], 0}, count, error);
    check("tripped", status == MEMTIER_CANCELLED);
    Native.errorDestroy(error[0]);
    Native.cancelDestroy(cancel[0]);
  }

  private static void theEvictionCallbackDecides() {
    long[] out = new long[1];
    must(Native.optionsCreate(out, error));
    long options = out[0];
    String ladder = "{\"tiers\": [{\"name\": \"only\", \"medium\": \"ram\", \"capacity_items\": 2}]}";
    must(Native.optionsSetText(options, MEMTIER_OPTION_LADDER, bytes(ladder), error));
    Callbacks.Score score = (candidates, scores) -> {
      byte[][][] ids = new byte[1][][];
      must(Native.candidatesColumnText(candidates, MEMTIER_FIELD_ID, ids, error));
      for (int i = 0; i < scores.length; i++) {
        scores[i] = text(ids[0][i]).equals("1") ? 0 : 1;
      }
      return MEMTIER_CALLBACK_OK;
    };
    must(Native.optionsSetEviction(options, Callbacks.register(score), error));
    List<String> lines = new java.util.concurrent.CopyOnWriteArrayList<>();
    Callbacks.Log log = (level, line) -> lines.add(text(line));
    must(Native.optionsSetLog(options, new long[] {Callbacks.register(log), MEMTIER_LOG_DEBUG}, error));
    must(Native.storeOpen(bytes(":memory:"), options, out, error));
    store = out[0];
    Native.optionsDestroy(options);
    must(Native.itemBuilderCreate(out, error));
    builder = out[0];
    for (String id : new String[] {"0", "1", "2"}) {
      put(id, id);
    }
    int[] there = new int[3];
    for (int i = 0; i < 3; i++) {
      int[] one = new int[1];
      must(Native.itemExists(store, 0, bytes("" + i), one, error));
      there[i] = one[0];
    }
    check("eviction", there[0] == 1 && there[1] == 0 && there[2] == 1);
    close();
  }

  private static void measure() {
    long[] out = new long[1];
    must(Native.storeOpen(bytes(":memory:"), 0, out, error));
    store = out[0];
    must(Native.itemBuilderCreate(out, error));
    builder = out[0];
    put("resident", "x".repeat(100));
    byte[] id = bytes("resident");
    tell("Java, byte[] and long[]", () -> Native.itemGetInto(store, 0, id, address, 4000, out, error));
    buffer.put(4080, id);
    tell("Java, addresses", () -> {
      return NativeMethods.hotGetInto(store, 0, address + 4080, id.length, address, 4000, address + 4064);
    });
    close();
  }

  private static void tell(String name, java.util.function.IntSupplier call) {
    double best = Double.MAX_VALUE;
    int calls = 100_000;
    for (int round = 0; round < 100; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        call.getAsInt();
      }
      best = Math.min(best, (System.nanoTime() - start) / (double) calls);
    }
    System.out.printf("%s: %.1f ns%n", name, best);
  }
}
