import dev.memtier.CancelToken;
import dev.memtier.Control;
import dev.memtier.Hit;
import dev.memtier.ImportOptions;
import dev.memtier.ImportReport;
import dev.memtier.MemoryStore;
import dev.memtier.Query;
import dev.memtier.Scope;
import java.nio.file.Path;

/** A half year of conversations, imported and asked: {@code Conversation FOLDER}. */
public class Conversation {
  public static void main(String[] arguments) {
    Path history = Path.of(arguments[0], "assistant_history.jsonl");
    Scope mara = Scope.ofUser("mara");
    try (MemoryStore store = MemoryStore.inMemory().build(); CancelToken stop = new CancelToken()) {
      Control control = Control.of(stop, (done, total) -> {
        System.out.println(done + " of " + total + " bytes");
        return true;
      });
      ImportReport report = store.importFrom(history, mara, ImportOptions.DEFAULT, control);
      System.out.println(report.stored() + " turns");

      Query question = Query.text("was cashew positive in the allergy test?").topK(5).snippets();
      for (Hit hit : store.search(mara, question)) {
        String session = hit.item().scope().session().orElse("?");
        System.out.println("[" + session + "] " + hit.snippet().orElse(""));
      }
    }
  }
}
