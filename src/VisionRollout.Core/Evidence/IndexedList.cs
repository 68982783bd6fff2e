using System.Collections.Immutable;

namespace VisionRollout.Core.Evidence;

/// <summary>Lists that PowerShell can index: what the compiler makes of a collection expression (<c>IReadOnlyList x = [a, b]</c>) has no public
/// indexer, so that <c>$result.Findings[0]</c> gives nothing. Every list of an output type is kept through here.</summary>
public static class IndexedList
{
    /// <summary>The same items in a list with a public indexer; the list itself when it has one.</summary>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> list) => list is null or T[] or List<T> or ImmutableList<T> ? list! : list.ToArray();
}
