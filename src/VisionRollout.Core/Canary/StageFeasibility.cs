namespace VisionRollout.Core.Canary;

/// <summary>Whether a canary stage can be decided in its dwell at the present traffic.</summary>
/// <param name="Percent">The new colour's weight in per cent.</param>
/// <param name="Dwell">Its dwell.</param>
/// <param name="CanaryRequests">Requests that the canary will serve in it.</param>
/// <param name="RequestsNeeded">Requests that show a canary as good as the baseline to be so in four of five rollouts; null when no number would.</param>
/// <param name="DwellNeeded">How long that takes at this traffic; null when no time would be enough.</param>
/// <param name="Decidable">True when error rate and latency can both be decided in the dwell.</param>
/// <param name="Reason">One sentence: what it takes.</param>
public sealed record StageFeasibility(int Percent, TimeSpan Dwell, double CanaryRequests, long? RequestsNeeded, TimeSpan? DwellNeeded, bool Decidable, string Reason);
