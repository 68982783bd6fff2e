namespace VisionRollout.Adapters.Rehearsal;

/// <summary>What the rehearsal's real probe requests met, reconciled with the databases, and how much demand was simulated beside them.</summary>
public sealed record RehearsalTraffic
{
    /// <summary>Real requests sent through the gateway.</summary>
    public long Requests { get; init; }

    /// <summary>Those answered well.</summary>
    public long Succeeded { get; init; }

    /// <summary>Those that got no answer.</summary>
    public long Lost { get; init; }

    /// <summary>Writes that stand more than once in a database.</summary>
    public long Duplicated { get; init; }

    /// <summary>Those answered by the wrong service or colour.</summary>
    public long Misrouted { get; init; }

    /// <summary>Those that the application answered with an error of its own.</summary>
    public long Errors { get; init; }

    /// <summary>Writes that were acknowledged.</summary>
    public long AcknowledgedWrites { get; init; }

    /// <summary>Acknowledged writes that are not in the database.</summary>
    public long MissingWrites { get; init; }

    /// <summary>Answers by colour.</summary>
    public IReadOnlyDictionary<string, long> ByColour { get; init; } = new Dictionary<string, long>();

    /// <summary>Simulated requests (virtual demand).</summary>
    public long DemandRequests { get; init; }

    /// <summary>Simulated requests that failed.</summary>
    public long DemandErrors { get; init; }
}
