package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** Filters, JSON, times and the jar: what needs no store. */
class ValueTest {
  @Test
  void filtersAreWrittenAsDocuments() {
    Instant may = Instant.parse("2026-05-01T00:00:00Z");
    assertEquals("{\"type\":{\"$eq\":\"fact\"}}", Field.TYPE.eq("fact").toJson());
    assertEquals("{\"metadata.a.b\":{\"$eq\":null}}", Filter.key("a.b").eq(null).toJson());
    assertEquals(
        "{\"created_us\":{\"$gt\":1777593600000000}}", Field.CREATED.gt(may).toJson());
    assertEquals(
        "{\"ttl_us\":{\"$eq\":60000000}}", Field.TTL.eq(Duration.ofMinutes(1)).toJson());
    assertEquals(
        "{\"tags\":{\"$in\":[\"a\\\"b\",1]}}", Field.TAGS.in("a\"b", 1).toJson());
    assertEquals("{\"app\":{\"$exists\":false}}", Field.APP.missing().toJson());
    assertEquals(
        "{\"$or\":[{\"$and\":[{\"importance\":{\"$gte\":0.5}},{\"pinned\":{\"$eq\":true}}]},"
            + "{\"$not\":{\"id\":{\"$startsWith\":\"x\"}}}]}",
        Field.IMPORTANCE
            .gte(0.5)
            .and(Field.PINNED.eq(true))
            .or(Filter.not(Field.ID.startsWith("x")))
            .toJson());
    assertEquals("{}", Filter.everything().toJson());
    assertEquals(Field.ID.eq("x"), Field.ID.eq("x"));
    assertEquals(12, Filter.Operator.values().length);
  }

  @Test
  void whatNoFilterCanSayIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Field.IMPORTANCE.gt(Double.NaN));
    assertThrows(
        IllegalArgumentException.class, () -> Field.IMPORTANCE.eq(Float.POSITIVE_INFINITY));
    assertThrows(IllegalArgumentException.class, () -> Field.ID.eq(new Object()));
    assertThrows(
        IllegalArgumentException.class, () -> Filter.key("a").eq(Map.of(1, "no text")));
    assertThrows(NullPointerException.class, () -> Filter.not(null));
  }

  @Test
  void aFilterDoesNotFollowTheListItWasMadeOf() {
    List<Object> values = Arrays.asList("a", "b");
    Filter filter = Field.ID.in(values);
    values.set(0, "z");
    assertEquals("{\"id\":{\"$in\":[\"a\",\"b\"]}}", filter.toJson());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "-9223372036854775808",
        "18446744073709551615",
        "1.5",
        "\"\"",
        "\"a\\\"\\\\\\n\\u0001\uD83C\uDF75\"",
        "[]",
        "{}",
        "[1,[null,{\"a\":{\"b\":[]}}],\"x\"]"
      })
  void jsonComesBackAsItWas(String json) {
    assertEquals(json, Json.write(JsonReader.read(json)));
  }

  @Test
  void jsonNumbersAreExact() {
    assertEquals(Long.MAX_VALUE, JsonReader.read("9223372036854775807"));
    assertEquals(new BigInteger("9223372036854775808"), JsonReader.read("9223372036854775808"));
    assertEquals(1e300, JsonReader.read("1e300"));
    assertEquals("1.10", Json.write(new BigDecimal("1.10")));
    assertEquals(" \t\b\f/", JsonReader.read("\"\\u0020\\t\\b\\f\\/\""));
    for (String bad : List.of("", "{", "[1", "\"", "tru", "{\"a\"}", "1 2")) {
      assertThrows(IllegalArgumentException.class, () -> JsonReader.read(bad), bad);
    }
    Map<String, Object> withNull = new HashMap<>();
    withNull.put("a", null);
    assertEquals("{\"a\":null}", Json.write(withNull));
  }

  @Test
  void timesAreMicroseconds() {
    Instant time = Instant.parse("1969-12-31T23:59:59.999999Z");
    assertEquals(-1, Times.micros(time));
    assertEquals(time, Times.instant(-1));
    assertEquals(1, Times.micros(Duration.ofNanos(1)));
    assertEquals(1, Times.millis(Duration.ofNanos(1)));
    assertEquals(1_500_000, Times.micros(Duration.ofMillis(1500)));
    assertEquals(Duration.ofMillis(1500), Times.duration(1_500_000));
    assertThrows(ArithmeticException.class, () -> Times.micros(Instant.MAX));
  }

  @Test
  void everyStatusHasANumberANameAndASentence() {
    for (Status status : Status.values()) {
      assertEquals(status, Status.of(status.code()));
      assertFalse(status.description().isEmpty());
    }
    assertEquals(Status.UNKNOWN, Status.of(-9999));
    assertEquals("MEMTIER_UNKNOWN", Status.UNKNOWN.nativeName());
    MemtierException newer =
        (MemtierException)
            Call.exception(-9999, "new", true, null, java.util.OptionalLong.of(3));
    assertEquals(Status.UNKNOWN, newer.status());
    assertEquals(-9999, newer.code());
    assertTrue(newer.isRetriable());
    assertEquals(3, newer.completed().orElseThrow());
    assertTrue(newer.importReport().isEmpty());
  }

  @Test
  void statusesThatAreCaughtHaveAClass() {
    Map<Integer, Class<?>> classes =
        Map.of(
            -30, NotFoundException.class,
            -31, AlreadyExistsException.class,
            -32, ConflictException.class,
            -50, BusyException.class,
            -51, CancelledException.class,
            -52, CallbackException.class,
            -12, IllegalStateException.class,
            -70, MemtierException.class);
    classes.forEach(
        (code, type) -> {
          Object thrown =
              Call.exception(code, "text", false, null, java.util.OptionalLong.empty());
          assertEquals(type, thrown.getClass());
        });
  }

  @Test
  void theJarSaysWhatItIsAndCarriesTheLibrary() throws Exception {
    try (JarFile jar = new JarFile(System.getProperty("memtier.jar"))) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertEquals("dev.memtier", manifest.getValue("Automatic-Module-Name"));
      assertEquals("ALL-UNNAMED", manifest.getValue("Enable-Native-Access"));
      assertEquals(Memtier.version().toString(), manifest.getValue("Implementation-Version"));
      assertNotNull(jar.getEntry("native/linux-x86_64/libmemtier.so.1"));
      assertNotNull(jar.getEntry("native/linux-x86_64/libmemtier_java.so"));
      assertNotNull(jar.getEntry("META-INF/LICENSE"));
      assertNotNull(jar.getEntry("module-info.class"));
      assertNull(jar.getEntry("dev/memtier/internal/NativeSmoke.class"));
    }
  }

  @Test
  void theMavenDescriptorHasTheVersionOfTheHeaderAndIsInTheJar() throws Exception {
    Path source = Path.of(System.getProperty("memtier.source"), "wrappers", "java", "pom.xml");
    DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    Element project = parser.parse(source.toFile()).getDocumentElement();
    assertEquals("dev.memtier", project.getElementsByTagName("groupId").item(0).getTextContent());
    assertEquals(
        Memtier.requiredVersion().toString(),
        project.getElementsByTagName("version").item(0).getTextContent());
    try (JarFile jar = new JarFile(System.getProperty("memtier.jar"))) {
      ZipEntry entry = jar.getEntry("META-INF/maven/dev.memtier/memtier/pom.xml");
      assertArrayEquals(Files.readAllBytes(source), jar.getInputStream(entry).readAllBytes());
    }
  }

  @Test
  void theFirstProgramInTheReadmeIsTheOneThatIsRun() throws Exception {
    Path project = Path.of(System.getProperty("memtier.source"));
    String readme = Files.readString(project.resolve("wrappers/java/README.md"));
    String example = Files.readString(project.resolve("examples/java/First.java"));
    assertTrue(readme.contains("```java\n" + example + "```"));
  }
}
