namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>The kinds of words in a query.</summary>
internal enum PromTokenKind
{
    /// <summary>A metric, label, function or keyword.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A duration such as <c>5m</c> or <c>1h30m</c>.</summary>
    Duration,

    /// <summary>A quoted text.</summary>
    Text,

    /// <summary>An operator or bracket.</summary>
    Symbol,

    /// <summary>The end of the query.</summary>
    End,
}
