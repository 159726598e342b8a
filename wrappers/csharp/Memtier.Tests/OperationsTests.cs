using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;
using Xunit.Sdk;

namespace Memtier.Tests;

/// <summary>The cases of operations.json, each a sequence of calls.</summary>
public sealed class OperationsTests : StoreTest
{
    [Fact]
    public void TheyGiveWhatTheVectorsSay()
    {
        int cases = 0;
        int steps = 0;
        foreach (JsonElement json in Vectors.Load("operations.json", "cases"))
        {
            var test = new Keys(json);
            string[] languages = test.Texts("languages");
            if (languages.Length == 0 || languages.Contains("csharp"))
            {
                cases++;
                steps += Run(test);
            }
        }
        Assert.True(cases >= 70 && steps >= 570, $"{cases} cases, {steps} steps");
    }

    [Theory]
    [InlineData("""{"name": "x", "steps": [{"do": "dance"}]}""")]
    [InlineData("""{"name": "x", "steps": [{"do": "close", "hard": true}]}""")]
    [InlineData("""{"name": "x", "colour": "red", "steps": []}""")]
    public void AStepOrKeyThatIsNotKnownIsAFailure(string test) =>
        Assert.ThrowsAny<XunitException>(() => Run(new Keys(JsonDocument.Parse(test).RootElement)));

    private int Run(Keys test)
    {
        string name = test.Text("name")!;
        JsonElement[] steps = [.. test.Elements("steps")];
        string folder = Path.Combine(Folder, Path.GetRandomFileName());
        Directory.CreateDirectory(folder);
        using var machine = new Machine(test, folder);
        test.Finish();
        for (int i = 0; i < steps.Length; i++)
        {
            var step = new Keys(steps[i]);
            System.Exception? wrong = Record.Exception(() => machine.Run(step));
            if (wrong is not null)
            {
                throw new XunitException($"{name}, step {i + 1}: {step.Label}: {wrong.Message}", wrong);
            }
        }
        return steps.Length;
    }
}
