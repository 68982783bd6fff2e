using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>A colour is kept for the way back.</summary>
/// <param name="Colour">Colour.</param>
/// <param name="KeepUntil">Until when (UTC).</param>
/// <param name="Deployments">The Deployments.</param>
public sealed record EnvironmentProtected(string Colour, DateTimeOffset KeepUntil, IReadOnlyList<string> Deployments) : JournalEntry
{
    /// <summary>The Deployments.</summary>
    public IReadOnlyList<string> Deployments { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Deployments);
}
