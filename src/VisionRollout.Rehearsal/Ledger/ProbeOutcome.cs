namespace VisionRollout.Rehearsal.Ledger;

/// <summary>How a probe request ended.</summary>
internal enum ProbeOutcome
{
    /// <summary>Answered 2xx.</summary>
    Succeeded,

    /// <summary>A pod answered with an error of its own.</summary>
    Error,

    /// <summary>No pod answered: the gateway refused, the connection broke, or time ran out.</summary>
    Lost,
}
