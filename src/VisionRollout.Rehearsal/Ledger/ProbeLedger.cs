using VisionRollout.Rehearsal.Demand;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Pods;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Ledger;

/// <summary>Keeps the outcome of every probe, and reconciles it with what is in the databases. Safe for use by many threads.</summary>
internal sealed class ProbeLedger(RehearsalScenario scenario, DataPlane dataPlane, IServiceDatabases databases, SimulatedDemand demand)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ProbeOutcome, long> outcomes = Enum.GetValues<ProbeOutcome>().ToDictionary(outcome => outcome, _ => 0L);
    private readonly Dictionary<string, long> byColour = scenario.Route.Hosts.Keys.ToDictionary(colour => colour, _ => 0L, StringComparer.Ordinal);
    private readonly HashSet<long> acknowledged = [];
    private long misrouted;

    /// <summary>Notes how a probe ended.</summary>
    public void Note(ProbeRequest request, ProbeAnswer answer)
    {
        var astray = answer.Pod is not null && IsMisrouted(request, answer);
        lock (gate)
        {
            outcomes[answer.Outcome]++;
            if (astray)
                misrouted++;
            if (answer.Colour is { Length: > 0 } colour)
                byColour[colour] = byColour.GetValueOrDefault(colour) + 1;
            if (request.Write && answer.Outcome == ProbeOutcome.Succeeded)
                acknowledged.Add(request.Sequence);
        }
    }

    /// <summary>Reads the databases and compares them with the acknowledgements. Probes in progress are not part of it.</summary>
    /// <exception cref="System.Data.Common.DbException">A database cannot be read.</exception>
    public async Task<LedgerReport> SnapshotAsync(CancellationToken token)
    {
        long[] expected;
        lock (gate)
            expected = [.. acknowledged];
        var written = new Dictionary<long, long>();
        foreach (var service in scenario.Services)
            await CountAsync(service.Name, written, token);
        lock (gate)
        {
            return new LedgerReport
            {
                Requests = outcomes.Values.Sum(),
                Succeeded = outcomes[ProbeOutcome.Succeeded],
                Lost = outcomes[ProbeOutcome.Lost],
                Errors = outcomes[ProbeOutcome.Error],
                Misrouted = misrouted,
                Duplicated = written.Values.Count(times => times > 1),
                AcknowledgedWrites = expected.Length,
                MissingWrites = expected.Count(sequence => !written.ContainsKey(sequence)),
                ByColour = new Dictionary<string, long>(byColour, StringComparer.Ordinal),
                DemandRequests = demand.Requests,
                DemandErrors = demand.Errors,
                RouteChanges = dataPlane.Changes,
            };
        }
    }

    /// <summary>
    /// Answered by another service than asked, or by a colour to which no route in force between sending and answer
    /// would have sent it.
    /// </summary>
    private bool IsMisrouted(ProbeRequest request, ProbeAnswer answer)
    {
        // An error of the entry pod itself names that pod's service: nobody has served the request, so nobody wrong has.
        if (answer.Outcome == ProbeOutcome.Succeeded && answer.Service != request.Service)
            return true;
        return !dataPlane.Between(answer.Sent, answer.Answered)
            .Any(routes => (request.Canary ? routes.HeaderWeights : routes.Weights).GetValueOrDefault(answer.Colour ?? string.Empty) > 0);
    }

    private async Task CountAsync(string service, Dictionary<long, long> written, CancellationToken token)
    {
        if (databases.Find(service) is not { } database)
            return;
        await using var command = database.CreateCommand("select sequence, count(*) from ledger group by sequence");
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            var sequence = reader.GetInt64(0);
            written[sequence] = written.GetValueOrDefault(sequence) + reader.GetInt64(1);
        }
    }
}
