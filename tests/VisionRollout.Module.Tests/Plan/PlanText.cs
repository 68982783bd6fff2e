using VisionRollout.Core.Plan;
using VisionRollout.Plan;

namespace VisionRollout.Module.Tests.Plan;

/// <summary>The example plan with changes. In what is put in, ¦ marks the place where a mistake is expected.</summary>
internal sealed class PlanText
{
    public const char Marker = '¦';
    private string text = File.ReadAllText(ExamplePlan.Path);

    /// <summary>The text without markers.</summary>
    public string Text => text.Replace(Marker.ToString(), "", StringComparison.Ordinal);

    /// <summary>Line and column of the marked places, from 1.</summary>
    public IReadOnlyList<(int Line, int Column)> Marked
    {
        get
        {
            var places = new List<(int, int)>();
            var lines = text.Split('\n');
            for (var line = 0; line < lines.Length; line++)
            {
                var before = 0;
                for (var at = lines[line].IndexOf(Marker); at >= 0; at = lines[line].IndexOf(Marker, at + 1)) places.Add((line + 1, at + 1 - before++));
            }

            return places;
        }
    }

    public IReadOnlyList<PlanProblem> Problems => PlanFile.Parse(Text, "/plan.psd1", "hash").Problems;

    /// <summary>Replaces the first place that reads so.</summary>
    public PlanText With(string old, string changed)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"The example plan has no '{old}'.");
        text = text[..at] + changed + text[(at + old.Length)..];
        return this;
    }
}
