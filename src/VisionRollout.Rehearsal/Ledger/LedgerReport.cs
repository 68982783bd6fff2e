using VisionRollout.Rehearsal.Mesh;

namespace VisionRollout.Rehearsal.Ledger;

/// <summary>The answer to <c>GET /traffic</c>; written in camel case it is what <c>PROTOCOL.md</c> shows.</summary>
internal sealed record LedgerReport
{
    /// <summary>Probes that have ended.</summary>
    public required long Requests { get; init; }

    /// <summary>Probes answered 2xx.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Probes that no pod answered.</summary>
    public required long Lost { get; init; }

    /// <summary>Sequence numbers that are in the databases more than once.</summary>
    public required long Duplicated { get; init; }

    /// <summary>Probes answered by a service or a colour that no route asked for.</summary>
    public required long Misrouted { get; init; }

    /// <summary>Writes answered 201.</summary>
    public required long AcknowledgedWrites { get; init; }

    /// <summary>Writes answered 201 that are in no database.</summary>
    public required long MissingWrites { get; init; }

    /// <summary>Answers by colour.</summary>
    public required IReadOnlyDictionary<string, long> ByColour { get; init; }

    /// <summary>Probes that a pod answered with an error of its own.</summary>
    public required long Errors { get; init; }

    /// <summary>Simulated requests.</summary>
    public required long DemandRequests { get; init; }

    /// <summary>Simulated requests answered with an error, or not at all.</summary>
    public required long DemandErrors { get; init; }

    /// <summary>The weights that the gateway took, oldest first.</summary>
    public required IReadOnlyList<RouteChange> RouteChanges { get; init; }
}
