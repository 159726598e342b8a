package dev.memtier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.memtier.Vectors.Document;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The cases of operations.json, each a sequence of calls. */
class OperationsTest {
  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> givesWhatTheVectorsSay() {
    List<DynamicTest> tests = new ArrayList<>();
    int steps = 0;
    for (Document document : Vectors.load("operations.json", "cases")) {
      Keys test = new Keys(document);
      if (test.get("languages", List.of("java")).contains("java")) {
        List<Document> all = test.elements("steps");
        steps += all.size();
        String name = test.text("name");
        tests.add(DynamicTest.dynamicTest(name, () -> run(test, all)));
      }
    }
    assertTrue(tests.size() >= 70 && steps >= 570, tests.size() + " cases, " + steps + " steps");
    return tests;
  }

  private void run(Keys test, List<Document> steps) throws Exception {
    try (Machine machine = new Machine(test, Files.createTempDirectory(folder, "case"))) {
      test.finish();
      for (Document step : steps) {
        try {
          machine.run(new Keys(step));
        } catch (AssertionError | RuntimeException wrong) {
          throw new AssertionError(step + ": " + wrong.getMessage(), wrong);
        }
      }
    }
  }

  @Test
  void aStepOrKeyThatIsNotKnownIsAFailure() throws Exception {
    for (String step : List.of("{\"do\": \"dance\"}", "{\"do\": \"close\", \"hard\": true}")) {
      Keys test = Keys.of("{\"name\": \"x\"}");
      List<Document> steps = Vectors.elements("[" + step + "]");
      assertFalse(test.text("name").isEmpty());
      assertThrows(AssertionError.class, () -> run(test, steps), step);
    }
    assertEquals("x", Keys.of("{\"name\": \"x\"}").text("name"));
  }
}
