package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Export and import, through streams and files. */
class TransferTest {
  @TempDir Path folder;
  private MemoryStore store;

  @BeforeEach
  void open() {
    store = MemoryStore.inMemory().clock(new ManualClock()).background(false).build();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static InputStream lines(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private void fill(int count) {
    store.putMany(
        IntStream.range(0, count)
            .mapToObj(i -> MemoryItem.of("tea \uD83C\uDF75 " + i).id("n" + i))
            .toList());
  }

  @Test
  void whatIsExportedIsImportedWithoutLoss() {
    fill(2000);
    store.put(MemoryItem.of(new byte[] {(byte) 0xFF}).id("bytes").scope(Scope.ofUser("ada")));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertEquals(
        2001, store.exportTo(out, Scope.EVERYTHING, Filter.everything(), Control.NONE));
    try (MemoryStore other =
        MemoryStore.inMemory().clock(new ManualClock()).background(false).build()) {
      ImportReport report =
          other.importFrom(
              new ByteArrayInputStream(out.toByteArray()),
              Scope.DEFAULT,
              ImportOptions.DEFAULT,
              Control.NONE);
      assertEquals(new ImportReport(2001, 2001, 0, 0, 0, 0), report);
      assertEquals(
          store.require(Scope.DEFAULT, "n7").toJson(), other.require(Scope.DEFAULT, "n7").toJson());
      assertTrue(other.exists(Scope.ofUser("ada"), "bytes"));
    }
  }

  @Test
  void filesCanBeCompressed() throws Exception {
    fill(300);
    for (String name : new String[] {"\u00e9 items.jsonl", "items.jsonl.gz"}) {
      Path file = folder.resolve(name);
      Filter some = Field.ID.startsWith("n1");
      assertEquals(111, store.exportTo(file, Scope.DEFAULT, some, Control.NONE));
      assertTrue(Files.exists(file));
      try (MemoryStore other = MemoryStore.inMemory().build()) {
        ImportReport report =
            other.importFrom(
                file,
                Scope.ofUser("ada"),
                ImportOptions.DEFAULT.tier("archive").createOnly(),
                Control.NONE);
        assertEquals(111, report.stored());
        assertEquals("archive", other.require(Scope.ofUser("ada"), "n1").tier());
        report =
            other.importFrom(
                file, Scope.ofUser("ada"), ImportOptions.DEFAULT.createOnly(), Control.NONE);
        assertEquals(111, report.skipped());
      }
    }
    assertThrows(
        NotFoundException.class,
        () ->
            store.importFrom(
                folder.resolve("no"), Scope.DEFAULT, ImportOptions.DEFAULT, Control.NONE));
  }

  @Test
  void aConversationIsImportedTurnByTurn() {
    String turns =
        "{\"role\": \"user\", \"text\": \"I moved to Bari.\", \"session\": \"s1\", \"n\": 1}\n"
            + "{\"role\": \"assistant\", \"text\": \"How nice!\", \"session\": \"s1\"}\n";
    ImportReport report =
        store.importFrom(
            lines(turns),
            Scope.ofUser("ada"),
            ImportOptions.DEFAULT.conversationOnly(),
            Control.NONE);
    assertEquals(2, report.stored());
    MemoryItem turn =
        store.search(Scope.ofUser("ada"), Query.text("moved")).get(0).item();
    assertEquals(Optional.of("episodic"), turn.type());
    assertEquals(Optional.of("s1"), turn.scope().session());
    assertEquals(Map.of("role", "user", "n", 1L), turn.metadataMap());
  }

  @Test
  void aBadLineStopsOrIsCounted() {
    String text = "{\"text\": \"one\"}\nnonsense\n{\"text\": \"three\"}\n";
    MemtierException stopped =
        assertThrows(
            MemtierException.class,
            () ->
                store.importFrom(
                    lines(text), Scope.DEFAULT, ImportOptions.DEFAULT, Control.NONE));
    assertEquals(Status.MALFORMED, stopped.status());
    assertTrue(stopped.getMessage().contains("line 2"), stopped.getMessage());
    assertEquals(1, stopped.importReport().orElseThrow().stored());
    ImportReport report =
        store.importFrom(
            lines(text), Scope.DEFAULT, ImportOptions.DEFAULT.skipErrors(), Control.NONE);
    assertEquals(1, report.failed());
    assertEquals(2, report.firstFailedLine());
    assertEquals(3, report.lines());
  }

  @Test
  void anExceptionOfAStreamIsTheCause() {
    fill(10);
    IOException broken = new IOException("the pipe is broken");
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw broken;
          }
        };
    CallbackException failed =
        assertThrows(
            CallbackException.class,
            () -> store.exportTo(out, Scope.DEFAULT, Filter.everything(), Control.NONE));
    assertSame(broken, failed.getCause());
    assertFalse(failed.getMessage().isEmpty());
    InputStream in =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw broken;
          }
        };
    failed =
        assertThrows(
            CallbackException.class,
            () -> store.importFrom(in, Scope.DEFAULT, ImportOptions.DEFAULT, Control.NONE));
    assertSame(broken, failed.getCause());
    assertEquals(10, store.count(Scope.DEFAULT, Filter.everything()));
    failed =
        assertThrows(
            CallbackException.class,
            () ->
                store.importFrom(
                    lines("{\"text\": \"x\"}"),
                    Scope.DEFAULT,
                    ImportOptions.DEFAULT,
                    Control.of(
                        (done, total) -> {
                          throw new StackOverflowError();
                        })));
    assertTrue(failed.getCause() instanceof StackOverflowError);
  }
}
