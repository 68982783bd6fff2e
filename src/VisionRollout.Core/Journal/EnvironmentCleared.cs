using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>The Deployments of a colour were removed after their retention: the way back has ended.</summary>
/// <param name="Colour">Colour.</param>
/// <param name="Deployments">Names of the Deployments.</param>
public sealed record EnvironmentCleared(string Colour, IReadOnlyList<string> Deployments) : JournalEntry
{
    /// <summary>Names of the Deployments.</summary>
    public IReadOnlyList<string> Deployments { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Deployments);
}
