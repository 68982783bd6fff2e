namespace VisionRollout.Core.Databases.Migrations;

/// <summary>What stands in a migration's way in the service's own database right now.</summary>
/// <param name="LongTransactions">Transactions that are open for more than 60 s: who, and for how long.</param>
/// <param name="WraparoundVacuums">Tables under a vacuum against wraparound.</param>
/// <param name="PreparedTransactions">Prepared transactions.</param>
/// <param name="SuperuserExtensions">Extensions that only a superuser may create here.</param>
public sealed record DatabaseFacts(
    IReadOnlyList<string> LongTransactions, IReadOnlyList<string> WraparoundVacuums, IReadOnlyList<string> PreparedTransactions, IReadOnlyList<string> SuperuserExtensions)
{
    /// <summary>Nothing.</summary>
    public static DatabaseFacts None { get; } = new([], [], [], []);
}
