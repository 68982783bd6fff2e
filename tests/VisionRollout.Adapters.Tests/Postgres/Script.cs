namespace VisionRollout.Tests.Postgres;

/// <summary>One migration of the test's own migration tool.</summary>
/// <param name="Up">Its statements.</param>
public sealed record Script(params string[] Up)
{
    /// <summary>Its version; 0: the next one from 2 on.</summary>
    public long Version { get; init; }

    /// <summary>False: each statement is a transaction of its own, and the version comes last.</summary>
    public bool Transaction { get; init; } = true;

    /// <summary>The statements that take it back; none: that fails.</summary>
    public IReadOnlyList<string> Down { get; init; } = [];
}
