namespace VisionRollout.Core.Journal;

/// <summary>Traffic was moved and the move was confirmed.</summary>
/// <param name="From">Share by colour before.</param>
/// <param name="Weights">Share by colour, 0 to 1.</param>
/// <param name="HeaderColour">Colour for requests with the canary header; null: no header route.</param>
/// <param name="Reason">Why.</param>
/// <param name="Seconds">From the decision to the confirmation.</param>
/// <param name="ObservedShare">Share of requests at the new colour as observed; null when it could not be observed.</param>
/// <param name="Confirmation">How it was confirmed.</param>
public sealed record TrafficMoved(IReadOnlyDictionary<string, double> From, IReadOnlyDictionary<string, double> Weights, string? HeaderColour, string Reason, double Seconds, double? ObservedShare, string Confirmation) : JournalEntry;
