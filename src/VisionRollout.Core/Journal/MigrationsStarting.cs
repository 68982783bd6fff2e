using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>The migration command of a service is about to run: what stands in the database later and not here was applied by this rollout, also when
/// whoever ran the command was killed before it could say so.</summary>
/// <param name="Service">The service.</param>
/// <param name="Versions">Versions in the database before, newest first.</param>
public sealed record MigrationsStarting(string Service, IReadOnlyList<string> Versions) : JournalEntry
{
    /// <summary>Versions in the database before, newest first.</summary>
    public IReadOnlyList<string> Versions { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Versions);
}
