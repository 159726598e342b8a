// An agent that remembers: a loop over a scripted conversation. The store is closed in the middle and opened again,
// and the agent knows what was said before.
using System;
using System.Collections.Generic;
using System.IO;
using Memtier;

string file = Path.Combine(Directory.CreateTempSubdirectory("memtier-agent").FullName, "agent.mem");
var ada = new MemoryScope { User = "ada" };
Run("monday", "I moved to Bari", "I am allergic to hazelnuts");
Console.WriteLine("--- ended, and started again");
string answers = Run("tuesday", "Hello again", "Which cake suits my allergic body?");
Directory.Delete(Path.GetDirectoryName(file)!, true);
return answers.Contains("hazelnuts") ? 0 : 1;

// One run of the program. In place of a language model, it answers with what it remembers.
string Run(string session, params string[] script)
{
    using MemoryStore store = MemoryStore.Open(file);
    MemoryConversation talk = store.GetConversation(ada with { Session = session });
    string all = "";
    foreach (string said in script)
    {
        talk.Append(new MemoryTurn(MemoryRole.User, said));
        // With memory: what was looked for, what came of it and how long it took are kept, too.
        string answer = store.GetAgent(ada).Run("answer", said, () => Answer(store.GetAgent(ada), said));
        if (said.Contains("allergic to")) // what matters is remembered for good
        {
            store.Remember("allergy", said, 0.95, ada);
        }
        talk.Append(new MemoryTurn(MemoryRole.Assistant, answer));
        Console.WriteLine($"ada:   {said}\nagent: {answer}");
        all += answer;
    }
    return all;
}

// What a language model would say.
static string Answer(MemoryAgent agent, string said)
{
    var about = new MemoryContextQuery(said) { Newest = 0, MaxItems = 1, Filter = !MemoryField.Type.Eq("run") };
    IReadOnlyList<MemoryItem> known = agent.GetContext(about);
    return known.Count == 0 ? "I see" : "You told me: " + known[0].Content;
}
