using System.Data.Common;

namespace VisionRollout.Rehearsal.Ledger;

/// <summary>Maps <c>GET /traffic</c>.</summary>
internal static class LedgerEndpoints
{
    /// <summary>Maps the probe's counts; 503 while a database cannot be read.</summary>
    public static void MapTraffic(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/traffic", async (ProbeLedger ledger, CancellationToken token) =>
    {
        try
        {
            return Results.Json(await ledger.SnapshotAsync(token));
        }
        catch (DbException error)
        {
            return Results.Json(new { error = $"The ledger cannot be reconciled: {error.Message}" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    });
}
