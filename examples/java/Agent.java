import dev.memtier.ContextQuery;
import dev.memtier.Control;
import dev.memtier.Conversation;
import dev.memtier.Field;
import dev.memtier.Filter;
import dev.memtier.MemoryItem;
import dev.memtier.MemoryStore;
import dev.memtier.Scope;
import dev.memtier.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An agent that remembers: a loop over a scripted conversation. The store is closed in the middle and
 * opened again, and the agent knows what was said before.
 */
public class Agent {
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of("conversation.mem");
    Files.deleteIfExists(file);
    run(file, "monday", List.of("I moved to Bari", "I am allergic to hazelnuts"));
    System.out.println("--- ended, and started again");
    String answers =
        run(file, "tuesday", List.of("Hello again", "Which cake suits my allergic body?"));
    if (!answers.contains("hazelnuts")) {
      throw new IllegalStateException("the agent has forgotten");
    }
  }

  /** One run of the program. In place of a language model, it answers with what it remembers. */
  private static String run(Path file, String session, List<String> script) {
    Scope ada = Scope.ofUser("ada");
    StringBuilder answers = new StringBuilder();
    try (MemoryStore store = MemoryStore.open(file)) {
      Conversation talk = store.conversation(ada.withSession(session));
      for (String said : script) {
        talk.append(Turn.user(said));
        // With memory: what was looked for, what came of it and how long it took are kept, too.
        String answer = store.agent(ada).run("answer", said, () -> answer(store, ada, said));
        if (said.contains("allergic to")) { // what matters is remembered for good
          store.agent(ada).remember("allergy", said, 0.95);
        }
        talk.append(Turn.assistant(answer));
        System.out.printf("ada:   %s%nagent: %s%n", said, answer);
        answers.append(answer);
      }
    }
    return answers.toString();
  }

  /** What a language model would say. */
  private static String answer(MemoryStore store, Scope ada, String said) {
    ContextQuery about =
        ContextQuery.about(said)
            .newest(0)
            .maxItems(1)
            .filter(Filter.not(Field.TYPE.eq("run")));
    List<MemoryItem> known = store.agent(ada).activeContext(about, Control.NONE);
    return known.isEmpty() ? "I see" : "You told me: " + known.get(0).content();
  }
}
