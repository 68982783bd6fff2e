using VisionRollout.Rehearsal.Mesh;

namespace VisionRollout.Rehearsal.Ledger;

/// <summary>What came back for a probe.</summary>
/// <param name="Status">The HTTP status; 0 for none.</param>
/// <param name="Pod">The pod that answered, or null.</param>
/// <param name="Service">Its service, or null.</param>
/// <param name="Colour">Its colour, or null.</param>
/// <param name="Sent">The routes in force when the probe was sent.</param>
/// <param name="Answered">The routes in force when the answer came.</param>
internal sealed record ProbeAnswer(int Status, string? Pod, string? Service, string? Colour, RouteSnapshot Sent, RouteSnapshot Answered)
{
    /// <summary>How the probe ended.</summary>
    public ProbeOutcome Outcome => Status is >= 200 and < 300 ? ProbeOutcome.Succeeded : Pod is null ? ProbeOutcome.Lost : ProbeOutcome.Error;
}
