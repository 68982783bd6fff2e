using System.Text.Json;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Core.Success;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Measures success criteria of one rollout. What several criteria need is read once.</summary>
internal sealed class SuccessMeasurement(RolloutSession session, RolloutState state, IShell shell)
{
    // One reading per quarter of an hour sees every pod that lived longer, and keeps the number of queries small.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);
    private SuccessWindow? window;

    /// <summary>Measures one criterion; a source that does not answer makes it Undecided.</summary>
    public async Task<Finding> MeasureAsync(PlanCriterion criterion, CancellationToken token)
    {
        var now = await session.NowAsync(token);
        try
        {
            return await MeasureAsync(criterion, now, token);
        }
        catch (RolloutException cause)
        {
            return SuccessFinding.Of(criterion, null, cause.Message, "", null, now);
        }
    }

    private async Task<Finding> MeasureAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token) => criterion.Metric.ToUpperInvariant() switch
    {
        "AVAILABILITY" => await MeshAsync(criterion, now, mesh => (1 - (mesh.Unavailable / mesh.Requests), $"{mesh.Unavailable:0} of {mesh.Requests:0} requests found nobody"), token),
        "LATENCYP99" => await MeshAsync(criterion, now, mesh => (mesh.QuantileBound(0.99), "upper edge of the histogram bucket that holds the 99th percentile"), token),
        "ERRORRATE" => await MeshAsync(criterion, now, mesh => (mesh.Errors / mesh.Requests, $"{mesh.Errors:0} of {mesh.Requests:0} requests failed"), token),
        "THROUGHPUT" => await MeshAsync(criterion, now, mesh => (mesh.PeakRate, $"the busiest quarter of an hour, with {mesh.PeakErrorRate:P3} errors"), token),
        "DOWNTIME" => await MeshAsync(criterion, now, mesh => (mesh.Unavailable / mesh.Requests * mesh.Covered.TotalSeconds, $"{mesh.Unavailable:0} of {mesh.Requests:0} requests found nobody, as a share of the time"), token),
        "CPUUSAGE" => Resource(criterion, await session.Checks.ResourcesAsync([state.Started.FromColour, state.Started.ToColour], token), 0),
        "MEMORYUSAGE" => Resource(criterion, await session.Checks.ResourcesAsync([state.Started.FromColour, state.Started.ToColour], token), 1),
        "FEATUREPARITY" => await FeaturesAsync(criterion, now, token),
        "APICOMPATIBILITY" => await CompatibilityAsync(criterion, now, token),
        "DATALOSS" => await DataLossAsync(criterion, now, token),
        "DEPLOYMENTDURATION" => Deployment(criterion, now),
        "ROLLBACKDURATION" => await RollbackAsync(criterion, now, token),
        "ALERTFALSEPOSITIVES" => SuccessFinding.Of(criterion, null, "needs a history of alerts that people have judged; none is recorded", "Alertmanager", null, now),
        "DOCUMENTATION" => Documentation(criterion, now),
        _ => SuccessFinding.Of(criterion, null, $"the metric '{criterion.Metric}' is not known", "", null, now),
    };

    private async Task<Finding> MeshAsync(PlanCriterion criterion, DateTimeOffset now, Func<SuccessWindow, (double? Value, string Reason)> measure, CancellationToken token)
    {
        var mesh = window ??= await ReadMeshAsync(now, token);
        const string source = "mesh counters (istio_requests_total, istio_request_duration_milliseconds)";
        if (mesh.Requests <= 0) return SuccessFinding.Of(criterion, null, mesh.Problems.Count > 0 ? string.Join("; ", mesh.Problems) : "there were no requests", source, mesh.Covered, now);
        var (value, reason) = measure(mesh);
        return SuccessFinding.Of(criterion, value, reason, source, mesh.Covered, now);
    }

    private async Task<SuccessWindow> ReadMeshAsync(DateTimeOffset now, CancellationToken token)
    {
        var deployments = session.Plan.Services.SelectMany(service => service.Deployments.Values).ToArray();
        var mesh = new SuccessWindow();
        for (var at = state.StartedAt; ; at += Interval)
        {
            shell.Progress("Measuring success", $"mesh counters at {at:HH:mm}");
            mesh.Add(await session.World.Metrics.ReadAsync(deployments, at < now ? at : now, token));
            if (at >= now) return mesh;
        }
    }

    private static Finding Resource(PlanCriterion criterion, IReadOnlyList<Finding> findings, int which) =>
        SuccessFinding.Of(criterion, findings[which].Measured, findings[which].Reason, findings[which].Source, null, findings[which].At);

    private async Task<Finding> FeaturesAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var features = await session.Checks.FeaturesAsync(state.Started.ToColour, token);
        var failed = features.Where(finding => finding.Verdict != Verdict.Go).ToList();
        return SuccessFinding.Of(criterion, features.Count == 0 ? null : 1 - ((double)failed.Count / features.Count),
            features.Count == 0 ? "the plan names no features" : failed.Count == 0 ? $"all {features.Count} features answer" : string.Join("; ", failed.Select(finding => finding.Reason)), "features of the plan", null, now);
    }

    /// <summary>Share of feature answers in which the new version keeps every property that the old version's answer has.</summary>
    private async Task<Finding> CompatibilityAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var paths = session.Plan.Services.SelectMany(service => service.Features).Select(feature => feature.Path).ToList();
        List<string> broken = [];
        foreach (var path in paths)
        {
            var (before, after) = (await ShapeAsync(state.Started.FromColour, path, token), await ShapeAsync(state.Started.ToColour, path, token));
            if (!before.IsSubsetOf(after)) broken.Add($"{path} lacks {string.Join(", ", before.Except(after))}");
        }

        return SuccessFinding.Of(criterion, paths.Count == 0 ? null : 1 - ((double)broken.Count / paths.Count),
            paths.Count == 0 ? "the plan names no features" : broken.Count == 0 ? $"the answers of {paths.Count} features keep every property of the old version's" : string.Join("; ", broken), "features of the plan, old version against new", null, now);
    }

    private async Task<HashSet<string>> ShapeAsync(string colour, string path, CancellationToken token)
    {
        var response = await session.World.Pods.GetFromServiceAsync(session.Environment.Route.Hosts[colour], session.Environment.Route.Port, path, token);
        HashSet<string> shape = [$"status {response.Status}"];
        try
        {
            using var document = JsonDocument.Parse(response.Body);
            Collect(document.RootElement, "", shape);
        }
        catch (JsonException)
        {
            shape.Add("a body that is not JSON");
        }

        return shape;
    }

    private static void Collect(JsonElement element, string path, HashSet<string> shape)
    {
        shape.Add($"{path}: {(element.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : element.ValueKind)}");
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject()) Collect(property.Value, $"{path}/{property.Name}", shape);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) Collect(item, path + "[]", shape);
        }
    }

    private async Task<Finding> DataLossAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var missing = session.Plan.Services.Where(service => !state.Backups.ContainsKey(service.Name)).Select(service => service.Name).ToList();
        if (missing.Count > 0) return SuccessFinding.Of(criterion, null, $"no backup of this rollout to compare with: {string.Join(", ", missing)}", "backups", null, now);
        var before = session.Plan.Services.ToDictionary(service => service, service => state.Backups[service.Name].Location);
        var comparison = await new DataIntegrity(session.World.Databases, session.World.Backups).CompareAsync(before, token);
        var lost = comparison.Losses.ToList();
        return SuccessFinding.Of(criterion, comparison.RowsLost, lost.Count == 0 ? $"no table of {comparison.Tables.Count} has fewer rows than its backup" : string.Join("; ", lost), "row counts of the backups' snapshots against the databases now", now - state.StartedAt, now);
    }

    private Finding Deployment(PlanCriterion criterion, DateTimeOffset now)
    {
        var begin = state.Phases.FirstOrDefault()?.StartedAt ?? state.StartedAt;
        // The work ends with the last phase that has a duration; signing off and watching come after it.
        var end = state.Phases.Where(phase => phase.EndedAt is not null).Select(phase => phase.EndedAt!.Value).DefaultIfEmpty(now).Max();
        var moved = state.TrafficAt is { } at && state.Traffic!.Weights.GetValueOrDefault(state.Started.ToColour) >= 1 ? at : end;
        return SuccessFinding.Of(criterion, (moved - begin).TotalSeconds, $"from the first phase to the confirmed cutover; the last phase ended after {end - begin:h\\:mm}", "journal", end - begin, now);
    }

    private async Task<Finding> RollbackAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var moves = (await (await session.FindJournalAsync(token))!.ReadAsync(token)).Select(record => record.Entry).OfType<TrafficMoved>().ToList();
        var ready = await session.Checks.PodsReadyAsync(state.Started.FromColour, token);
        if (Verdicts.All(ready) != Verdict.Go) return SuccessFinding.Of(criterion, null, $"the old version can't take the traffic: {string.Join("; ", ready.Where(finding => finding.Verdict != Verdict.Go).Select(finding => finding.Reason))}", "journal, Deployments", null, now);
        return SuccessFinding.Of(criterion, moves.Count == 0 ? null : moves.Max(move => move.Seconds),
            moves.Count == 0 ? "no traffic was moved, so the duration of a move is not known" : $"the old version is ready at full size, so the way back is one move; the slowest of the {moves.Count} moves took this long to be confirmed", "journal, Deployments", null, now);
    }

    private Finding Documentation(PlanCriterion criterion, DateTimeOffset now)
    {
        const string name = "Documentation updated";
        if (session.Plan.Checklists.FirstOrDefault(list => list.Name == name) is not { } checklist) return SuccessFinding.Of(criterion, null, $"the plan has no checklist '{name}'", "checklist", null, now);
        var open = checklist.Items.Where(item => !state.Confirmed.Contains($"{checklist.Name}/{item}")).ToList();
        return SuccessFinding.Of(criterion, 1 - ((double)open.Count / checklist.Items.Count), open.Count == 0 ? "every item is confirmed" : $"not confirmed: {string.Join("; ", open)}", "checklist", null, now);
    }
}
