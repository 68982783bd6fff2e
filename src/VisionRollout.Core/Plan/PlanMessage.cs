namespace VisionRollout.Core.Plan;

/// <summary>A status line or notice.</summary>
public sealed record PlanMessage
{
    /// <summary>Name by which <c>Send-RolloutMessage</c> sends it, e.g. <c>Started</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Time of day in the plan (UTC); null when it has none.</summary>
    public TimeOnly? At { get; init; }

    /// <summary>How long before the first phase it is due, e.g. 24 hours for a notice; null when it has no such time.</summary>
    public TimeSpan? Before { get; init; }

    /// <summary>How often it is repeated while the rollout runs; null when it is sent once.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>Title: subject of a notice, incident name of a status page.</summary>
    public string Title { get; init; } = "";

    /// <summary>Text with the placeholders {Date}, {Version}, {Environment}, {Time}, {Reason}, {Weight}.</summary>
    public required string Text { get; init; }

    /// <summary>Channels that it goes to.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>For status pages: scheduled, in_progress, verifying, completed.</summary>
    public string Status { get; init; } = "";
}
