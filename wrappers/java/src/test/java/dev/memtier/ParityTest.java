package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * parity.json says for each function, constant, status and statistics field of memtier.h which
 * public member of this package gives it: here the table is compared with both sides.
 */
class ParityTest {
  private static String read(String... path) throws Exception {
    return Files.readString(Path.of(System.getProperty("memtier.source"), path));
  }

  private static Map<?, ?> table(String part) throws Exception {
    return (Map<?, ?>) JsonReader.readObject(read("wrappers", "java", "parity.json")).get(part);
  }

  private static Set<String> find(String text, String pattern) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  @Test
  void everyFunctionIsInTheTable() throws Exception {
    String header = read("include", "memtier.h");
    Set<String> functions =
        find(header.replaceAll("\\s+", " "), "MEMTIER_API [a-z_0-9 *]*?\\b(memtier_[a-z0-9_]+)\\(");
    assertEquals(header.split("(?m)^MEMTIER_API").length - 1, functions.size());
    assertEquals(functions, new TreeSet<>(table("functions").keySet()));
  }

  @Test
  void everyConstantAndStatusIsInTheTable() throws Exception {
    Set<String> constants =
        find(read("include", "memtier.h"), "^#define (MEMTIER_[A-Z0-9_]+) +[-(0-9]");
    assertTrue(constants.size() > 100);
    assertEquals(constants, new TreeSet<>(table("constants").keySet()));
    for (Status status : Status.values()) {
      if (status != Status.UNKNOWN) {
        assertEquals("Status." + status, table("constants").get("MEMTIER_" + status));
        assertEquals("MEMTIER_" + status, status.nativeName());
      }
    }
  }

  @Test
  void everyFieldOfStatisticsIsInTheTable() throws Exception {
    String header = read("include", "memtier.h");
    Set<String> fields = new TreeSet<>();
    Matcher structs =
        Pattern.compile("typedef struct (memtier_\\w+_statistics) \\{(.*?)\\} ", Pattern.DOTALL)
            .matcher(header);
    while (structs.find()) {
      for (String field :
          find(structs.group(2), "^\\s+(?:u?int\\d+_t|double|char) (\\w+)(?:\\[64\\])?;")) {
        if (!field.equals("struct_size") && !field.equals("reserved")) {
          fields.add(structs.group(1) + "." + field);
        }
      }
    }
    assertEquals(fields, new TreeSet<>(table("statistics").keySet()));
  }

  @Test
  void everyMemberOfTheTableExistsAndIsPublic() throws Exception {
    for (String part : new String[] {"functions", "constants", "statistics"}) {
      for (Map.Entry<?, ?> entry : table(part).entrySet()) {
        String[] name = ((String) entry.getValue()).split("\\.");
        Class<?> type = Class.forName("dev.memtier." + name[0]);
        assertTrue(Modifier.isPublic(type.getModifiers()), entry.toString());
        Stream<Member> members =
            Stream.concat(Arrays.stream(type.getMethods()), Arrays.stream(type.getFields()));
        boolean there =
            name.length == 1 || members.anyMatch(member -> member.getName().equals(name[1]));
        assertTrue(there, entry.toString());
      }
    }
  }

  @Test
  void nothingInternalIsInThePublicPackage() throws Exception {
    Path sources = Path.of(System.getProperty("memtier.source"), "wrappers/java/src/main/java");
    for (Path file : Files.list(sources.resolve("dev/memtier")).toList()) {
      String name = file.getFileName().toString().replace(".java", "");
      if (!file.toString().endsWith(".java") || name.equals("package-info")) {
        continue;
      }
      Class<?> type = Class.forName("dev.memtier." + name);
      if (!Modifier.isPublic(type.getModifiers())) {
        continue;
      }
      for (var method : type.getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers())) {
          String signature = method.toGenericString();
          assertTrue(!signature.contains("dev.memtier.internal"), signature);
        }
      }
    }
  }
}
