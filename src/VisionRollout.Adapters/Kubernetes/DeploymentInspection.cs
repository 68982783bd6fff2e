using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Looks at a Deployment before it is applied: would its pods lose requests, could a node drain or an autoscaler hurt it, does it fit in?
/// NoGo is what is certain to go wrong; Undecided is what a person should know. Each finding names its fix.</summary>
/// <param name="service">The service.</param>
/// <param name="deployment">The Deployment as it would be applied.</param>
/// <param name="at">When it is looked at.</param>
internal sealed class DeploymentInspection(PlanService service, JsonObject deployment, DateTimeOffset at)
{
    private const int StandardGrace = 30;

    private JsonObject Pod => deployment["spec"]!["template"]!["spec"]!.AsObject();

    private string Name => (string)deployment["metadata"]!["name"]!;

    private int Replicas => (int?)deployment["spec"]!["replicas"] ?? 1;

    /// <summary>What the manifests hold beside the Deployment and its ConfigMaps.</summary>
    /// <param name="others">What it is.</param>
    public IEnumerable<Finding> LeftAlone(IReadOnlyList<string> others)
    {
        if (others.Count > 0) yield return Make("Manifests", Verdict.Undecided, $"{string.Join(", ", others)} of the manifests {(others.Count == 1 ? "is" : "are")} left alone, as both colours share such things. Apply what has changed there before");
    }

    /// <summary>How its pods end: preStop, grace period and the longest request.</summary>
    public IEnumerable<Finding> Ending()
    {
        var grace = (int?)Pod["terminationGracePeriodSeconds"] ?? StandardGrace;
        var longest = service.LongestRequest.TotalSeconds;
        var container = Containers().First(item => (string?)item["name"] == service.Container);
        if (container["lifecycle"]?["preStop"] is not { } hook)
        {
            yield return Make("PreStop", Verdict.Undecided, $"container '{service.Container}' has no preStop: requests still arrive for a moment after it was told to end. Add lifecycle.preStop.sleep of 5 s");
            if (grace < longest) yield return Drain(grace, 0, longest);
            yield break;
        }

        if (Sleep(hook) is not { } sleep)
        {
            yield return Make("PreStop", Verdict.Undecided, $"how long the preStop of container '{service.Container}' takes can't be read from it. Make sure that it ends {longest:0} s before terminationGracePeriodSeconds ({grace} s)");
            yield break;
        }

        yield return sleep >= grace
            ? Make("PreStop", Verdict.NoGo, $"preStop takes {sleep:0} s and the pod is killed after {grace} s. Raise terminationGracePeriodSeconds to {Math.Ceiling(sleep + longest):0}", sleep, grace)
            : Make("PreStop", Verdict.Go, $"preStop takes {sleep:0} of {grace} s", sleep, grace);
        if (sleep < grace) yield return Drain(grace, sleep, longest);
    }

    /// <summary>Readiness: a probe, and gates that somebody sets.</summary>
    /// <param name="livePods">Pods of the live colour.</param>
    public IEnumerable<Finding> Readiness(IEnumerable<V1Pod> livePods)
    {
        var container = Containers().First(item => (string?)item["name"] == service.Container);
        if (container["readinessProbe"] is null)
            yield return Make("ReadinessProbe", Verdict.NoGo, $"container '{service.Container}' has no readinessProbe: it gets requests before it can answer them. Add one that asks {service.HealthPath}");
        var conditions = livePods.SelectMany(pod => pod.Status?.Conditions ?? []).Where(condition => condition.Status == "True").Select(condition => condition.Type).ToHashSet();
        foreach (var gate in (Pod["readinessGates"] as JsonArray ?? []).Select(item => (string?)item?["conditionType"]).OfType<string>().Where(gate => !conditions.Contains(gate)))
            yield return Make("ReadinessGates", Verdict.NoGo, $"nobody sets the condition '{gate}' on the live pods, so that none of the new ones would become ready. Install what sets it, or take the gate out");
    }

    /// <summary>Disruption budgets: a node drain must neither take everything nor wait for ever.</summary>
    public IEnumerable<Finding> Disruption(IEnumerable<V1PodDisruptionBudget> budgets)
    {
        var own = budgets.Where(budget => Selects(budget.Spec?.Selector)).ToList();
        if (own.Count == 0 && Replicas > 1)
            yield return Make("DisruptionBudget", Verdict.Undecided, "no PodDisruptionBudget covers its pods: a node drain may take all of them at once. Add one with maxUnavailable 1");
        if (own.Count > 1)
            yield return Make("DisruptionBudget", Verdict.Undecided, $"{own.Count} PodDisruptionBudgets cover its pods ({string.Join(", ", own.Select(budget => budget.Metadata.Name))}): the API server then evicts none of them. Keep one");
        foreach (var budget in own.Where(Blocks))
            yield return Make("DisruptionBudget", Verdict.Undecided, $"PodDisruptionBudget '{budget.Metadata.Name}' lets none of {Replicas} pods go: a node drain waits for ever. Allow one with maxUnavailable 1");
    }

    /// <summary>Autoscalers: the new colour needs one where the live one has one, with headroom.</summary>
    /// <param name="autoscalers">The autoscalers of the namespace.</param>
    /// <param name="live">Name of the live colour's Deployment.</param>
    public IEnumerable<Finding> Autoscaling(IEnumerable<V2HorizontalPodAutoscaler> autoscalers, string live)
    {
        var all = autoscalers.ToList();
        V2HorizontalPodAutoscaler? For(string deployment) => all.Find(item => item.Spec.ScaleTargetRef is { Kind: "Deployment" } target && target.Name == deployment);
        var (own, other) = (For(Name), For(live));
        if (own is null && other is not null)
            yield return Make("Autoscaler", Verdict.Undecided, $"HorizontalPodAutoscaler '{other.Metadata.Name}' scales {live} and none scales {Name}: it stays at {Replicas} pods under load. Create one like it");
        if ((own ?? other) is { } scaler && scaler.Spec.MaxReplicas <= Replicas)
            yield return Make("Autoscaler", Verdict.Undecided, $"HorizontalPodAutoscaler '{scaler.Metadata.Name}' allows {scaler.Spec.MaxReplicas} pods and {Replicas} are there from the start: no headroom. Raise maxReplicas");
    }

    /// <summary>Quotas: what the pods ask for against what is left.</summary>
    /// <param name="quotas">The quotas of the namespace.</param>
    /// <param name="standing">Pods that the Deployment has already.</param>
    public IEnumerable<Finding> Quota(IEnumerable<V1ResourceQuota> quotas, int standing)
    {
        var more = Math.Max(0, Replicas - standing);
        foreach (var quota in quotas.Where(quota => quota.Spec?.Scopes is null or { Count: 0 } && quota.Spec?.ScopeSelector is null))
        {
            foreach (var (resource, hard) in quota.Status?.Hard ?? quota.Spec?.Hard ?? new Dictionary<string, ResourceQuantity>())
            {
                if (Each(resource) is not { } each) continue;
                var used = quota.Status?.Used is { } all && all.TryGetValue(resource, out var value) ? value.ToDouble() : 0;
                var (needed, left) = (each * more, hard.ToDouble() - used);
                if (needed > left)
                    yield return Make("Quota", Verdict.NoGo, $"{more} more pods need {needed:0.###} {resource} and ResourceQuota '{quota.Metadata.Name}' has {left:0.###} of {hard.ToDouble():0.###} left. Raise it by {needed - left:0.###} for as long as both colours stand", needed, left);
            }
        }
    }

    private Finding Drain(int grace, double sleep, double longest) => grace - sleep < longest
        ? Make("Drain", Verdict.NoGo, $"after preStop {grace - sleep:0} s are left and the longest request takes {longest:0.#} s: it would be cut off. Raise terminationGracePeriodSeconds to {Math.Ceiling(sleep + longest):0}", grace - sleep, longest)
        : Make("Drain", Verdict.Go, $"after preStop {grace - sleep:0} s are left for the longest request of {longest:0.#} s", grace - sleep, longest);

    private static double? Sleep(JsonNode hook)
    {
        if (double.TryParse(hook["sleep"]?["seconds"]?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)) return seconds;
        var words = (hook["exec"]?["command"] as JsonArray ?? []).SelectMany(word => ((string?)word ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)).SkipWhile(word => word != "sleep" && !word.EndsWith("/sleep", StringComparison.Ordinal)).ToList();
        return words.Count >= 2 && double.TryParse(words[1].TrimEnd('s', ';'), NumberStyles.Float, CultureInfo.InvariantCulture, out var given) ? given : null;
    }

    private double? Each(string resource) => resource switch
    {
        "pods" or "count/pods" => 1,
        "cpu" or "requests.cpu" => Sum("requests", "cpu"),
        "memory" or "requests.memory" => Sum("requests", "memory"),
        "limits.cpu" => Sum("limits", "cpu"),
        "limits.memory" => Sum("limits", "memory"),
        _ => null,
    };

    private double Sum(string kind, string resource) => Containers().Sum(container =>
        container["resources"]?[kind]?[resource]?.ToString() is { Length: > 0 } text ? new ResourceQuantity(text).ToDouble()
        // A limit without a request is the request.
        : kind == "requests" && container["resources"]?["limits"]?[resource]?.ToString() is { Length: > 0 } limit ? new ResourceQuantity(limit).ToDouble() : 0);

    private bool Blocks(V1PodDisruptionBudget budget)
    {
        if (budget.Spec.MaxUnavailable?.ToString() is { } most) return most is "0" or "0%";
        if (budget.Spec.MinAvailable?.ToString() is not { } least) return false;
        return least.EndsWith('%')
            ? double.TryParse(least.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && Math.Ceiling(Replicas * share / 100) >= Replicas
            : int.TryParse(least, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= Replicas;
    }

    private bool Selects(V1LabelSelector? selector)
    {
        if (selector is null) return false;
        var labels = deployment["spec"]!["template"]!["metadata"]?["labels"] as JsonObject ?? [];
        return (selector.MatchLabels ?? new Dictionary<string, string>()).All(label => (string?)labels[label.Key] == label.Value)
            && (selector.MatchExpressions ?? []).All(item => item.OperatorProperty switch
            {
                "In" => item.Values.Contains((string?)labels[item.Key] ?? ""),
                "NotIn" => !item.Values.Contains((string?)labels[item.Key] ?? ""),
                "Exists" => labels.ContainsKey(item.Key),
                _ => !labels.ContainsKey(item.Key),
            });
    }

    private IEnumerable<JsonObject> Containers() => (Pod["containers"] as JsonArray ?? []).OfType<JsonObject>();

    private Finding Make(string criterion, Verdict verdict, string reason, double? measured = null, double? limit = null) => new()
    {
        Criterion = criterion, Subject = Name, Verdict = verdict, Reason = reason, Measured = measured, Limit = limit, At = at, Source = "manifest and namespace", Trigger = verdict == Verdict.NoGo ? "deployment" : "",
    };
}
