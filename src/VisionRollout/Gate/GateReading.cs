using VisionRollout.Core.Gates;

namespace VisionRollout;

/// <summary>Where a gate stands, and what whoever approves it now has seen.</summary>
/// <param name="Result">The gate.</param>
/// <param name="Seen">The evidence to which an approval is bound.</param>
/// <param name="Traffic">How traffic is split.</param>
internal sealed record GateReading(GateResult Result, SeenEvidence Seen, string Traffic);
