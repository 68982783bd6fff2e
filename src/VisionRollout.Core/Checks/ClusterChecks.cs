using VisionRollout.Core.Alerts;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Checks;

/// <summary>Checks of the running environment. Each answers with findings; what can't be read is Undecided, never Go.</summary>
/// <param name="workloads">Deployments and pods.</param>
/// <param name="pods">Reaches into pods.</param>
/// <param name="alerts">Alerts; null when the environment has no Alertmanager.</param>
/// <param name="clock">The rollout's clock.</param>
/// <param name="plan">The plan.</param>
/// <param name="environment">The environment.</param>
public sealed class ClusterChecks(IWorkloads workloads, IPodAccess pods, IAlertSource? alerts, IRolloutClock clock, RolloutPlan plan, PlanEnvironment environment)
{
    private const int MostRequestsAtOnce = 16;
    private const int FeatureTries = 3;
    private static readonly TimeSpan FeaturePause = TimeSpan.FromSeconds(3);

    /// <summary>Every service has its Deployment in the colour and all its pods are ready.</summary>
    public async Task<IReadOnlyList<Finding>> PodsReadyAsync(string colour, CancellationToken token)
    {
        var now = await clock.GetNowAsync(token);
        try
        {
            var present = await workloads.ListAsync(colour, token);
            return [.. plan.Services.Select(service => PodsReady(service, colour, present.FirstOrDefault(item => item.Service == service.Name), now))];
        }
        catch (RolloutException cause) when (IsSilence(cause))
        {
            return [.. plan.Services.Select(service => Unread("PodsReady", service.Name, "health", cause, now))];
        }
    }

    /// <summary>Asks every pod of the colour for its health document.</summary>
    public async Task<IReadOnlyList<PodHealth>> ReadHealthAsync(string colour, CancellationToken token)
    {
        var list = await workloads.ListPodsAsync(colour, token);
        using var slots = new SemaphoreSlim(MostRequestsAtOnce);
        return await Task.WhenAll(list.Select(async pod =>
        {
            await slots.WaitAsync(token);
            try
            {
                return await ReadHealthAsync(pod, token);
            }
            finally
            {
                slots.Release();
            }
        }));
    }

    /// <summary>Every pod's health document passes; a failing external system alone does not fail the pod here (see <see cref="ExternalAsync"/>).</summary>
    public async Task<IReadOnlyList<Finding>> HealthAsync(IReadOnlyList<PodHealth> health, CancellationToken token)
    {
        var now = await clock.GetNowAsync(token);
        return [.. plan.Services.Select(service => Judge(service, "HealthChecks", "health", health, now, pod => pod.Document is null ? pod.Problem : Bad(pod.Document.Checks.Where(check => !IsExternal(check)), pod.Document)))];
    }

    /// <summary>Every pod reports its database connections as passing.</summary>
    public async Task<IReadOnlyList<Finding>> DatabaseConnectionsAsync(IReadOnlyList<PodHealth> health, CancellationToken token)
    {
        var now = await clock.GetNowAsync(token);
        return [.. plan.Services.Select(service => JudgeChecks(service, "DatabaseConnections", "database", health, now, check => check.ComponentType == "datastore" || check.Name.StartsWith("postgres", StringComparison.OrdinalIgnoreCase)))];
    }

    /// <summary>Every external system that the plan names passes in every pod; a fallback in use (warn) passes too.</summary>
    public async Task<IReadOnlyList<Finding>> ExternalAsync(IReadOnlyList<PodHealth> health, CancellationToken token)
    {
        var now = await clock.GetNowAsync(token);
        return [.. plan.Services.SelectMany(service => service.External.Select(name => External(service, name, health, now)))];
    }

    /// <summary>Resource metrics arrive for every pod of the colour.</summary>
    public async Task<IReadOnlyList<Finding>> MetricsAsync(string colour, CancellationToken token)
    {
        var now = await clock.GetNowAsync(token);
        IReadOnlyList<PodState> list;
        HashSet<string> known;
        try
        {
            list = await workloads.ListPodsAsync(colour, token);
            known = [.. (await workloads.ReadUsageAsync(token)).Select(usage => usage.Pod)];
        }
        catch (RolloutException cause) when (IsSilence(cause))
        {
            return [.. plan.Services.Select(service => Unread("Metrics", service.Name, "health", cause, now))];
        }

        return [.. plan.Services.Select(service =>
        {
            var own = list.Where(pod => pod.Service == service.Name).ToList();
            var silent = own.Where(pod => !known.Contains(pod.Name)).Select(pod => pod.Name).ToList();
            var (verdict, reason) = own.Count == 0 ? (Verdict.NoGo, $"no pods in {colour}") : silent.Count == 0 ? (Verdict.Go, $"metrics of all {own.Count} pods arrive") : (Verdict.Undecided, $"no metrics yet of {string.Join(", ", silent)}");
            return new Finding { Criterion = "Metrics", Subject = service.Name, Verdict = verdict, Reason = reason, Measured = own.Count - silent.Count, Limit = own.Count, Unit = "count", Source = "metrics.k8s.io", At = now, Trigger = "health" };
        })];
    }

    /// <summary>Asks a feature at the colour's Service. One request of many may fail: anything but 200 is asked again, twice.</summary>
    /// <exception cref="RolloutException">The API server does not answer.</exception>
    public async Task<PodResponse> AskFeatureAsync(PlanService service, string colour, string path, CancellationToken token)
    {
        var route = environment.RouteOf(service.Name);
        for (var attempt = 1; ; attempt++)
        {
            var response = await pods.GetFromServiceAsync(route.Hosts[colour], route.Port, path, token);
            if (response.Status == 200 || attempt == FeatureTries) return response;
            await clock.WaitUntilAsync(await clock.GetNowAsync(token) + FeaturePause, token);
        }
    }

    /// <summary>Every feature of the plan answers 200 at the colour's Service; one that can't be asked is Undecided.</summary>
    public async Task<IReadOnlyList<Finding>> FeaturesAsync(string colour, CancellationToken token)
    {
        var findings = new List<Finding>();
        foreach (var service in plan.Services)
        {
            var host = environment.RouteOf(service.Name).Hosts[colour];
            foreach (var feature in service.Features)
            {
                var now = await clock.GetNowAsync(token);
                var finding = new Finding { Criterion = "Features", Subject = $"{service.Name}: {feature.Name}", Verdict = Verdict.Undecided, Reason = "", Limit = 200, Source = $"Service {host}", At = now, Trigger = "health" };
                try
                {
                    var status = (await AskFeatureAsync(service, colour, feature.Path, token)).Status;
                    findings.Add(finding with { Verdict = status == 200 ? Verdict.Go : Verdict.NoGo, Reason = $"GET {feature.Path} answers {status}", Measured = status });
                }
                catch (RolloutException cause)
                {
                    findings.Add(finding with { Reason = $"GET {feature.Path} could not be asked: {cause.Message}" });
                }
            }
        }

        return findings;
    }

    /// <summary>CPU and memory of every pod of the colours are below the plan's limits.</summary>
    public async Task<IReadOnlyList<Finding>> ResourcesAsync(IReadOnlyCollection<string> colours, CancellationToken token)
    {
        var now = await clock.GetNowAsync(token);
        try
        {
            var usage = (await workloads.ReadUsageAsync(token)).ToDictionary(item => item.Pod);
            var list = (await workloads.ListPodsAsync(null, token)).Where(pod => colours.Contains(pod.Colour) && pod.Ready).ToList();
            return
            [
                Resource("CpuUsage", "cpu", plan.Canary.CpuLimit, list.Select(pod => (pod, Share(usage.GetValueOrDefault(pod.Name)?.Cpu, pod.CpuLimit))).ToList(), now),
                Resource("MemoryUsage", "memory", plan.Canary.MemoryLimit, list.Select(pod => (pod, Share(usage.GetValueOrDefault(pod.Name)?.Memory, pod.MemoryLimit))).ToList(), now),
            ];
        }
        catch (RolloutException cause) when (IsSilence(cause))
        {
            return [Unread("CpuUsage", "pods", "cpu", cause, now), Unread("MemoryUsage", "pods", "memory", cause, now)];
        }
    }

    /// <summary>No alert of these severities is new since the rollout started.</summary>
    /// <param name="criterion">Name of the finding.</param>
    /// <param name="severities">Severities, lower case.</param>
    /// <param name="known">Fingerprints that fired before.</param>
    /// <param name="token">Cancels.</param>
    public async Task<Finding> AlertsAsync(string criterion, IReadOnlyCollection<string> severities, IReadOnlyCollection<string> known, CancellationToken token)
    {
        var now = await clock.GetNowAsync(token);
        var finding = new Finding { Criterion = criterion, Subject = "rollout", Verdict = Verdict.Undecided, Reason = "the environment has no Alertmanager", Limit = 0, Unit = "count", Source = "Alertmanager", At = now, Trigger = "alert" };
        if (alerts is null) return finding;
        try
        {
            var fresh = (await alerts.ReadAsync(token)).Where(alert => severities.Contains(alert.Severity) && !known.Contains(alert.Fingerprint)).ToList();
            return finding with
            {
                Verdict = fresh.Count == 0 ? Verdict.Go : Verdict.NoGo, Measured = fresh.Count,
                Reason = fresh.Count == 0 ? $"no new alert of severity {string.Join(", ", severities)}" : string.Join("; ", fresh.Select(alert => $"{alert.Name} ({alert.Severity}) since {alert.StartedAt:u}: {alert.Summary}")),
            };
        }
        catch (RolloutException cause)
        {
            return finding with { Reason = cause.Message };
        }
    }

    // The API server does not answer, or has no such API (no metrics server).
    private static bool IsSilence(RolloutException cause) => cause.Kind is RolloutErrorKind.Unavailable or RolloutErrorKind.NotFound;

    private static Finding Unread(string criterion, string subject, string trigger, RolloutException cause, DateTimeOffset now) =>
        new() { Criterion = criterion, Subject = subject, Verdict = Verdict.Undecided, Reason = cause.Message, At = now, Trigger = trigger };

    private static Finding PodsReady(PlanService service, string colour, Workload? workload, DateTimeOffset now)
    {
        var ready = workload is { IsReady: true, Desired: > 0 };
        return new()
        {
            Criterion = "PodsReady", Subject = service.Name, Verdict = ready ? Verdict.Go : Verdict.NoGo,
            Reason = workload is null ? $"there is no Deployment {service.Deployments[colour]}" : $"{workload.Ready} of {workload.Desired} pods are ready{(workload.Stalled.Length > 0 ? ": " + workload.Stalled : "")}",
            Measured = workload?.Ready ?? 0, Limit = workload?.Desired ?? 1, Unit = "count", Source = "Kubernetes Deployment status", At = now, Trigger = "health",
        };
    }

    private static bool IsExternal(HealthCheck check) => check.Name.StartsWith("external:", StringComparison.OrdinalIgnoreCase);

    private static string Bad(IEnumerable<HealthCheck> checks, HealthDocument document)
    {
        var list = checks.ToList();
        var failed = list.Where(check => check.Status == "fail").ToList();
        if (failed.Count > 0) return string.Join(", ", failed.Select(check => $"{check.Name} fails{(check.Output.Length > 0 ? ": " + check.Output : "")}"));
        return document.Status == "fail" && !document.Checks.Any(check => check.Status == "fail") ? "its health check fails" : "";
    }

    private static Finding JudgeChecks(PlanService service, string criterion, string trigger, IReadOnlyList<PodHealth> health, DateTimeOffset now, Func<HealthCheck, bool> which) =>
        Judge(service, criterion, trigger, health, now, pod =>
        {
            if (pod.Document is null) return pod.Problem;
            var own = pod.Document.Checks.Where(which).ToList();
            return own.Count == 0 ? "its health document has no such check" : string.Join(", ", own.Where(check => check.Status == "fail").Select(check => $"{check.Name} fails{(check.Output.Length > 0 ? ": " + check.Output : "")}"));
        });

    private static Finding External(PlanService service, string name, IReadOnlyList<PodHealth> health, DateTimeOffset now)
    {
        var finding = JudgeChecks(service, "ExternalIntegrations", "external", health, now, check => string.Equals(check.Name, $"external:{name}", StringComparison.OrdinalIgnoreCase));
        return finding with { Subject = $"{service.Name}: {name}", Reason = finding.Verdict == Verdict.Go ? $"{name} is reached from every pod" : finding.Reason };
    }

    private static Finding Judge(PlanService service, string criterion, string trigger, IReadOnlyList<PodHealth> health, DateTimeOffset now, Func<PodHealth, string> problem)
    {
        var own = health.Where(pod => pod.Pod.Service == service.Name).ToList();
        // A pod without a document was not asked: the API server refused. That says nothing about the pod.
        var bad = own.Select(pod => (pod.Pod.Name, Problem: problem(pod), Asked: pod.Document is not null)).Where(item => item.Problem.Length > 0).OrderByDescending(item => item.Asked).ToList();
        return new()
        {
            Criterion = criterion, Subject = service.Name, Verdict = own.Count == 0 || bad.Any(item => item.Asked) ? Verdict.NoGo : bad.Count > 0 ? Verdict.Undecided : Verdict.Go,
            Reason = own.Count == 0 ? "there are no pods" : bad.Count == 0 ? $"all {own.Count} pods pass" : string.Join("; ", bad.Take(3).Select(item => $"{item.Name}: {item.Problem}")) + (bad.Count > 3 ? $" (and {bad.Count - 3} more pods)" : ""),
            Measured = own.Count - bad.Count, Limit = own.Count, Unit = "count", Source = $"GET {service.HealthPath} on each pod", At = now, Trigger = trigger,
        };
    }

    private static double? Share(double? used, double? limit) => used is null || limit is null or 0 ? null : used / limit;

    private static Finding Resource(string criterion, string trigger, double limit, List<(PodState Pod, double? Share)> pods, DateTimeOffset now)
    {
        var finding = new Finding { Criterion = criterion, Subject = "pods", Verdict = Verdict.Undecided, Reason = "there are no ready pods", Limit = limit, Unit = "share", Source = "metrics.k8s.io", At = now, Trigger = trigger };
        if (pods.Count == 0) return finding;
        var unknown = pods.Where(pair => pair.Share is null).Select(pair => pair.Pod.Name).ToList();
        var (pod, share) = pods.MaxBy(pair => pair.Share ?? -1);
        if (share >= limit)
            return finding with { Verdict = Verdict.NoGo, Measured = share, Subject = pod.Service, Reason = $"{pod.Name} uses {share:P0} of its {trigger} limit (allowed: below {limit:P0})" };
        if (unknown.Count > 0)
            return finding with { Measured = share, Reason = $"no usage or no limit is known of {string.Join(", ", unknown.Take(3))}{(unknown.Count > 3 ? $" and {unknown.Count - 3} more" : "")}" };
        return finding with { Verdict = Verdict.Go, Measured = share, Reason = $"the highest is {share:P0} ({pod.Name})" };
    }

    private async Task<PodHealth> ReadHealthAsync(PodState pod, CancellationToken token)
    {
        var service = plan.FindService(pod.Service)!;
        try
        {
            var response = await pods.GetFromPodAsync(pod.Name, service.Port, service.HealthPath, token);
            return new(pod, HealthDocument.Parse(response.Status, response.Body), "");
        }
        catch (RolloutException cause)
        {
            return new(pod, null, cause.Message);
        }
    }
}
