namespace VisionRollout.Core.Journal;

/// <summary>Traffic is about to be moved (written before the route).</summary>
/// <param name="Weights">Share by colour, 0 to 1.</param>
/// <param name="HeaderColour">Colour for requests with the canary header; null: no header route.</param>
/// <param name="Reason">Why.</param>
public sealed record TrafficMoving(IReadOnlyDictionary<string, double> Weights, string? HeaderColour, string Reason) : JournalEntry;
