using System.Text.Json;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Core.Statistics;
using VisionRollout.Core.Success;
using VisionRollout.Core.Workloads;
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
        "AVAILABILITY" => await AvailabilityAsync(criterion, now, token),
        "LATENCYP99" => await MeshAsync(criterion, now, mesh => P99(mesh), "the upper edge of the histogram bucket that holds the 99th percentile", token),
        "ERRORRATE" => await MeshAsync(criterion, now, mesh => Share(mesh.Requests, mesh.Errors), "requests that failed, among all", token),
        "THROUGHPUT" => await MeshAsync(criterion, now, mesh => (mesh.PeakRate, mesh.PeakRate, mesh.PeakRate), "the busiest quarter of an hour", token),
        "DOWNTIME" => await MeshAsync(criterion, now, mesh => Same(mesh.Unavailable / mesh.Requests * mesh.Covered.TotalSeconds), "requests that found nobody, as a share of the time", token),
        "CPUUSAGE" => await ResourceAsync(criterion, now, use => (use.Cpu, use.CpuOf), token),
        "MEMORYUSAGE" => await ResourceAsync(criterion, now, use => (use.Memory, use.MemoryOf), token),
        "FEATUREPARITY" => await FeaturesAsync(criterion, now, token),
        "APICOMPATIBILITY" => await CompatibilityAsync(criterion, now, token),
        "DATALOSS" => await DataLossAsync(criterion, now, token),
        "DEPLOYMENTDURATION" => await DurationAsync(criterion, now, token),
        "ROLLBACKDURATION" => await RollbackAsync(criterion, now, token),
        "ALERTFALSEPOSITIVES" => await AlertsAsync(criterion, now, token),
        "DOCUMENTATION" => Documentation(criterion, now),
        _ => SuccessFinding.Of(criterion, null, $"the metric '{criterion.Metric}' is not known", "", null, now),
    };

    private static (double? Value, double Low, double High) Same(double value) => (value, value, value);

    private (double? Value, double Low, double High) Share(double requests, double hits)
    {
        var share = BinomialInterval.Of(requests, Math.Min(hits, requests), session.Plan.Canary.Alpha);
        return (share.Share, share.Low, share.High);
    }

    private (double? Value, double Low, double High) P99(SuccessWindow mesh)
    {
        var interval = new QuantileSequence(0.99, session.Plan.Canary.Alpha).On(mesh.Latency);
        return (mesh.QuantileBound(0.99), interval.Low, interval.High ?? double.PositiveInfinity);
    }

    private async Task<Finding> MeshAsync(PlanCriterion criterion, DateTimeOffset now, Func<SuccessWindow, (double? Value, double Low, double High)> measure, string what, CancellationToken token)
    {
        var mesh = window ??= await ReadMeshAsync(now, token);
        const string source = "mesh counters (istio_requests_total, istio_request_duration_milliseconds)";
        if (mesh.Requests <= 0) return SuccessFinding.Of(criterion, null, mesh.Problems.Count > 0 ? string.Join("; ", mesh.Problems) : "there were no requests", source, mesh.Covered, now);
        var (value, low, high) = measure(mesh);
        return SuccessFinding.Of(criterion, value, (low, high), $"{what}; {mesh.Requests:0} requests, {mesh.Errors:0} failed, {mesh.Unavailable:0} found nobody", source, mesh.Covered, now);
    }

    /// <summary>What the mesh counted, and what an independent probe saw where one has reported: it also sees requests that never reached the mesh.</summary>
    private async Task<Finding> AvailabilityAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var finding = await MeshAsync(criterion, now, mesh =>
        {
            var (lost, low, high) = Share(mesh.Requests, mesh.Unavailable);
            return (1 - lost, 1 - high, 1 - low);
        }, "requests that found somebody, among all", token);
        var probe = (await EntriesAsync(token)).OfType<TrafficMeasured>().LastOrDefault();
        if (probe is not { Requests: > 0 }) return finding with { Reason = finding.Reason + "; no independent probe has reported" };
        var seen = BinomialInterval.Of(probe.Requests, probe.Lost, session.Plan.Canary.Alpha);
        finding = finding with { Reason = $"{finding.Reason}; {probe.Source}: {probe.Lost} of {probe.Requests} requests lost", Source = $"{finding.Source}; {probe.Source}" };
        // The probe is too small to prove four nines; that they are broken it can prove.
        return 1 - seen.Low < criterion.Limit ? finding with { Verdict = Verdict.NoGo, Measured = 1 - seen.Share, Low = 1 - seen.High, High = 1 - seen.Low } : finding;
    }

    private async Task<IReadOnlyList<JournalEntry>> EntriesAsync(CancellationToken token) =>
        [.. (await (await session.FindJournalAsync(token))!.ReadAsync(token)).Select(record => record.Entry)];

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

    /// <summary>The highest use of any pod at any look of the rollout's watches.</summary>
    private async Task<Finding> ResourceAsync(PlanCriterion criterion, DateTimeOffset now, Func<ResourceUse, (double? Share, string Of)> which, CancellationToken token)
    {
        const string source = "metrics.k8s.io, at every look of Watch-Canary, Test-RolloutGate and Watch-Rollout";
        var looks = (await (await session.FindJournalAsync(token))!.ReadAsync(token))
            .Select(record => (record.At, Use: record.Entry switch { CanarySampled canary => canary.Resources, LiveSampled live => live.Resources, _ => null }))
            .Where(look => look.Use is not null).Select(look => (look.At, Read: which(look.Use!))).ToList();
        var read = looks.Where(look => look.Read.Share is not null).OrderBy(look => look.Read.Share).ToList();
        if (read.Count == 0) return SuccessFinding.Of(criterion, null, "the use of resources was not read during the rollout (Watch-Canary and Watch-Rollout do)", source, null, now);
        var (highest, typical) = (read[^1], read[(int)Math.Ceiling(0.95 * read.Count) - 1]);
        var finding = SuccessFinding.Of(criterion, highest.Read.Share, $"the highest of {read.Count} looks, at {highest.At:HH:mm:ss} ({highest.Read.Of}); 95 % of the looks saw at most {typical.Read.Share:P0}", source, looks[^1].At - looks[0].At, now);
        // Looks that saw nothing may have missed the highest: what is broken stays broken, what is met is not shown.
        return read.Count * 2 < looks.Count && finding.Verdict == Verdict.Go ? finding with { Verdict = Verdict.Undecided, Reason = $"only {read.Count} of {looks.Count} looks could read it; {finding.Reason}" } : finding;
    }

    private async Task<Finding> FeaturesAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var features = await session.Checks.FeaturesAsync(state.Started.ToColour, token);
        var failed = features.Where(finding => finding.Verdict != Verdict.Go).OrderByDescending(finding => finding.Verdict == Verdict.NoGo).ToList();
        // What could not be asked is not known; what has answered and failed counts all the same.
        double? share = features.Count == 0 || failed is [{ Verdict: Verdict.Undecided }, ..] ? null : 1 - ((double)failed.Count / features.Count);
        return SuccessFinding.Of(criterion, share,
            features.Count == 0 ? "the plan names no features" : failed.Count == 0 ? $"all {features.Count} features answer" : string.Join("; ", failed.Select(finding => finding.Reason)), "features of the plan", null, now);
    }

    /// <summary>Share of feature answers in which the new version keeps every property that the old version's answer has. Where the old version fails
    /// itself, there is nothing to compare with.</summary>
    private async Task<Finding> CompatibilityAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var paths = session.Plan.Services.SelectMany(service => service.Features.Select(feature => (Service: service, feature.Path))).ToList();
        List<string> broken = [], unknown = [];
        foreach (var (service, path) in paths)
        {
            var before = await session.Checks.AskFeatureAsync(service, state.Started.FromColour, path, token);
            if (before.Status != 200) unknown.Add($"{path}: the old version answers {before.Status}, so there is nothing to compare with");
            else if (Shape(before).Except(Shape(await session.Checks.AskFeatureAsync(service, state.Started.ToColour, path, token))).ToList() is { Count: > 0 } lacking) broken.Add($"{path} lacks {string.Join(", ", lacking)}");
        }

        double? share = paths.Count == 0 || (broken.Count == 0 && unknown.Count > 0) ? null : 1 - ((double)broken.Count / paths.Count);
        return SuccessFinding.Of(criterion, share,
            paths.Count == 0 ? "the plan names no features" : broken.Count + unknown.Count == 0 ? $"the answers of {paths.Count} features keep every property of the old version's" : string.Join("; ", [.. broken, .. unknown]), "features of the plan, old version against new", null, now);
    }

    private static HashSet<string> Shape(PodResponse response)
    {
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
        var comparisons = new List<LedgerComparison>();
        foreach (var service in session.Plan.Services)
        {
            var location = state.Backups[service.Name].Location;
            var comparison = await new DataIntegrity(session.World.Databases, session.World.Backups).CompareAsync(service, location, token);
            await session.RecordAsync(DataCompared.Of(comparison, location), token);
            comparisons.Add(comparison);
        }

        var tables = comparisons.SelectMany(comparison => comparison.Tables).ToList();
        var lost = tables.Sum(table => table.RowsLost);
        // Rows that changed without being written may be damage, or a type that changed: people must look.
        double? value = lost == 0 && tables.Exists(table => table.Kind == TableChangeKind.Altered) ? null : lost;
        return SuccessFinding.Of(criterion, value, DataReason(comparisons, tables), "row counts and digests of the backups' snapshots against the databases now", now - state.StartedAt, now);
    }

    private static string DataReason(List<LedgerComparison> comparisons, List<TableChange> tables)
    {
        const int most = 5;
        var bad = tables.Where(table => table.RowsLost > 0 || table.Kind == TableChangeKind.Altered).OrderByDescending(table => table.RowsLost).ToList();
        var unmatched = comparisons.SelectMany(comparison => comparison.Unmatched.Select(pattern => $"{comparison.Service}: Rewrites names {pattern}, which no table is called")).ToList();
        int Count(TableChangeKind kind) => tables.Count(table => table.Kind == kind);
        var written = tables.Where(table => table.Kind == TableChangeKind.Changed).Sum(table => table.RowsWritten ?? 0);
        string[] parts =
        [
            .. bad.Take(most).Select(table => table.ToString()), .. bad.Count > most ? (string[])[$"and {bad.Count - most} more"] : [], .. unmatched,
            $"{tables.Count} tables: {Count(TableChangeKind.Same)} as they were, {Count(TableChangeKind.Grown)} with every old row and new ones, {Count(TableChangeKind.Added)} new"
                + (Count(TableChangeKind.Changed) > 0 ? $", {Count(TableChangeKind.Changed)} in which {written} old rows were updated or deleted and no fewer are there" : "")
                + (Count(TableChangeKind.Rewritten) > 0 ? $", {Count(TableChangeKind.Rewritten)} left out by the plan's Rewrites" : ""),
        ];
        return string.Join("; ", parts);
    }

    /// <summary>From the start of the first phase to the sign-off, in whole minutes as the timeline is; before the last phase it is a forecast,
    /// which decides nothing unless the time is up already.</summary>
    private async Task<Finding> DurationAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var begin = state.Phases.FirstOrDefault()?.StartedAt ?? state.StartedAt;
        var signedOff = (await (await session.FindJournalAsync(token))!.ReadAsync(token)).FirstOrDefault(record => record.Entry is RolloutCompleted)?.At;
        var elapsed = DeploymentForecast.WholeMinutes((signedOff ?? now) - begin);
        var moved = state.TrafficAt is { } at && state.Traffic!.Weights.GetValueOrDefault(state.Started.ToColour) >= 1 ? $"; all traffic moved after {at - begin:h\\:mm}" : "";
        if (signedOff is not null || DeploymentForecast.IsLastPhase(session.Plan, state))
            return SuccessFinding.Of(criterion, elapsed.TotalSeconds, $"from the start of the first phase to the sign-off, in whole minutes{moved}", "journal", elapsed, now);
        var end = DeploymentForecast.EndOf(session.Plan, state, now);
        var whole = DeploymentForecast.WholeMinutes(end - begin);
        var finding = SuccessFinding.Of(criterion, elapsed.TotalSeconds, $"so far; forecast: {whole:h\\:mm} at the sign-off at {end:HH:mm} UTC{moved}", "journal, timeline of the plan", elapsed, now);
        return finding.Verdict == Verdict.Go ? finding with { Verdict = Verdict.Undecided } : finding;
    }

    private async Task<Finding> AlertsAsync(PlanCriterion criterion, DateTimeOffset now, CancellationToken token)
    {
        var accuracy = await new AlertJudge(session).MeasureAsync(now - AlertJudge.History, now, ["critical"], [], (_, _, _) => { }, token);
        return SuccessFinding.Of(criterion, accuracy.Share, accuracy.Reason, "Prometheus ALERTS, request counters of the mesh (Measure-AlertAccuracy)", accuracy.Until - accuracy.From, now) with { Low = accuracy.Low, High = accuracy.High, Verdict = accuracy.Verdict };
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
