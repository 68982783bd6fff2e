namespace VisionRollout.Rehearsal.Scenario;

/// <summary>A scenario that cannot be used, with every mistake found in it.</summary>
public sealed class ScenarioException : Exception
{
    /// <summary>Makes the exception from the mistakes found.</summary>
    public ScenarioException(IReadOnlyList<string> problems)
        : base("The scenario has " + (problems?.Count == 1 ? "a mistake: " : $"{problems?.Count} mistakes: ") + string.Join("; ", problems ?? []) + ".")
    {
        Problems = problems ?? [];
    }

    /// <summary>The mistakes, each with the JSON path of its place.</summary>
    public IReadOnlyList<string> Problems { get; }
}
