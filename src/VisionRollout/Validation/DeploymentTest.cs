using VisionRollout.Core.Evidence;

namespace VisionRollout;

/// <summary>Result of Test-Deployment: all findings of a colour and what they say together.</summary>
/// <param name="Colour">Colour that was tested.</param>
/// <param name="Verdict">All findings together: NoGo when any is NoGo, else Undecided when any is, else Go.</param>
/// <param name="Reason">What stands against Go; empty when nothing does.</param>
/// <param name="Findings">The evidence.</param>
/// <param name="At">When (UTC).</param>
public sealed record DeploymentTest(string Colour, Verdict Verdict, string Reason, IReadOnlyList<Finding> Findings, DateTimeOffset At)
{
    /// <summary>The evidence.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Findings);
}
