namespace VisionRollout.Core.Alerts;

/// <summary>An alert of the past, and whether there was something to alert about.</summary>
/// <param name="Episode">The alert.</param>
/// <param name="WasReal">True: there was. False: a false positive. Null: it can't be told any more.</param>
/// <param name="Reason">One sentence: why.</param>
public sealed record JudgedAlert(AlertEpisode Episode, bool? WasReal, string Reason);
