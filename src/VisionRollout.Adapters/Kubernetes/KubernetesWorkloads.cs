using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>The Deployments and pods of the plan's services, by the Kubernetes API.</summary>
public sealed class KubernetesWorkloads : IWorkloads
{
    private const string Apps = "apis/apps/v1";
    private const string Core = "api/v1";

    private readonly KubernetesConnection connection;
    private readonly WorkloadReader reader;
    private readonly PlanColours colours;
    private readonly ManifestReader manifests;

    // What was inspected is what is written: a command may print something else the next time.
    private readonly ConcurrentDictionary<(string Service, string Version, string Colour), ServiceManifests> inspected = new();

    /// <summary>Reads and writes through the connection.</summary>
    public KubernetesWorkloads(KubernetesConnection connection, RolloutPlan plan)
    {
        this.connection = connection;
        reader = new WorkloadReader(plan);
        colours = plan.Colours;
        manifests = new ManifestReader(plan.Path, connection.Namespace);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Workload>> ListAsync(string? colour, CancellationToken token)
    {
        var list = await connection.ReadAsync<V1DeploymentList>(connection.PathOf(Apps, "deployments"), "the Deployments", token);
        return [.. list.Items.Select(reader.Read).OfType<Workload>().Where(item => colour is null || item.Colour == colour)];
    }

    /// <inheritdoc/>
    public async Task<Workload?> FindAsync(PlanService service, string colour, CancellationToken token) =>
        service.Deployments.TryGetValue(colour, out var name) && await FindAsync(name, token) is { } found ? Read(found) : null;

    /// <inheritdoc/>
    public async Task<(Workload Workload, bool Changed)> DeployAsync(PlanService service, string fromColour, string toColour, string version, CancellationToken token)
    {
        inspected.TryRemove((service.Name, version, toColour), out var known);
        var (wanted, existing, own) = await PrepareAsync(service, fromColour, toColour, version, known, token);
        foreach (var configMap in await FindMissingAsync(service, own, token))
        {
            var subject = $"ConfigMap '{(string)configMap["metadata"]!["name"]!}'";
            await connection.SendAsync(KubernetesRequest.Apply(connection.PathOf(Core, "configmaps", (string)configMap["metadata"]!["name"]!), subject, configMap, force: false), token);
        }

        if (existing is not null && DeploymentCopy.IsContained(wanted, existing)) return (Read(existing), false);

        // Force: the plan names this Deployment as the one that a rollout writes, and it carries the colour (checked before).
        var name = NameIn(service, toColour);
        var stored = await connection.SendAsync(KubernetesRequest.Apply(PathTo(name), Subject(name), wanted, force: true), token);
        return (Read(stored), true);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> InspectAsync(PlanService service, string fromColour, string toColour, string version, DateTimeOffset at, CancellationToken token)
    {
        var (wanted, existing, own) = await PrepareAsync(service, fromColour, toColour, version, null, token);
        if (own is not null) inspected[(service.Name, version, toColour)] = own;
        await FindMissingAsync(service, own, token);
        if (existing is not null && DeploymentCopy.IsContained(wanted, existing)) return [];
        var inspection = new DeploymentInspection(service, wanted, at);
        var pods = await connection.ReadAsync<V1PodList>(connection.PathOf(Core, "pods") + "?labelSelector=" + Selector(fromColour), "the pods", token);
        var budgets = await connection.ReadAsync<V1PodDisruptionBudgetList>(connection.PathOf("apis/policy/v1", "poddisruptionbudgets"), "the PodDisruptionBudgets", token);
        var scalers = await connection.ReadAsync<V2HorizontalPodAutoscalerList>(connection.PathOf("apis/autoscaling/v2", "horizontalpodautoscalers"), "the HorizontalPodAutoscalers", token);
        var quotas = await connection.ReadAsync<V1ResourceQuotaList>(connection.PathOf(Core, "resourcequotas"), "the ResourceQuotas", token);
        return
        [
            .. inspection.LeftAlone(own?.Others ?? []),
            .. inspection.Ending(),
            .. inspection.Readiness(pods.Items.Where(pod => WorkloadReader.DeploymentOf(pod) == NameIn(service, fromColour))),
            .. inspection.Disruption(budgets.Items),
            .. inspection.Autoscaling(scalers.Items, NameIn(service, fromColour)),
            .. inspection.Quota(quotas.Items, existing is null ? 0 : Read(existing).Ready),
        ];
    }

    private async Task<(JsonObject Wanted, JsonObject? Existing, ServiceManifests? Own)> PrepareAsync(PlanService service, string fromColour, string toColour, string version, ServiceManifests? known, CancellationToken token)
    {
        var name = NameIn(service, toColour);
        var own = known ?? (service.Manifests is { } given ? await manifests.ReadAsync(service, given, version, toColour, token) : null);
        var live = await FindAsync(NameIn(service, fromColour), token);
        var source = own?.Deployment ?? live
            ?? throw new RolloutException("DeploymentNotFound", RolloutErrorKind.NotFound,
                $"There is no Deployment '{service.Deployments[fromColour]}' of service '{service.Name}' at {await connection.PlaceAsync(token)} to make '{name}' from.",
                $"Correct Deployments.{fromColour} of service '{service.Name}' in the plan, name its Manifests there, or deploy the service once by hand.", service.Name);
        // An autoscaler may have made the live colour larger than the manifest knows; the new one must carry as much.
        if (own is not null) source["spec"]!["replicas"] = Math.Max((int?)source["spec"]!["replicas"] ?? 1, (int?)live?["spec"]?["replicas"] ?? 1);
        if (own is not null && live is not null) RequireLabels(service, source, live, (fromColour, toColour), "the live Deployment", "the Service would send its pods nothing, if it chooses by that label");
        var existing = await FindAsync(name, token);
        if (existing is not null) RequireColour(existing, name, toColour);

        var written = (string?)source["spec"]?["template"]?["metadata"]?["labels"]?[colours.Label];
        var wanted = new DeploymentCopy(service, colours.Label, written ?? fromColour, toColour, version).Make(source, existing);
        if (own is not null && existing is not null) RequireLabels(service, wanted, existing, null, "the standing Deployment", "a selector can't be changed; delete that Deployment to be rid of it");
        return (wanted, existing, own);
    }

    /// <summary>The pods of a manifest are chosen as those of another Deployment are: colour and version apart.</summary>
    private void RequireLabels(PlanService service, JsonObject manifest, JsonObject other, (string From, string To)? recolour, string which, string why)
    {
        var labels = manifest["spec"]?["template"]?["metadata"]?["labels"] as JsonObject ?? [];
        foreach (var (label, value) in other["spec"]?["selector"]?["matchLabels"] as JsonObject ?? [])
        {
            if (label == colours.Label || DeploymentCopy.IsVersionLabel(label) || JsonNode.DeepEquals(labels[label], value)) continue;
            // As a chart's release name that ends with the colour.
            if (recolour is { } colour && labels[label]?.ToString().Replace(colour.To, colour.From, StringComparison.Ordinal) == value?.ToString()) continue;
            throw new RolloutException("ManifestInvalid", RolloutErrorKind.InvalidInput,
                $"The pods of the manifests of {service.Name} have no label {label}={value}, by which {which} '{(string?)other["metadata"]?["name"]}' chooses its own: {why}.",
                "Add the label to spec.template.metadata.labels.", service.Name) { Trigger = "deployment" };
        }
    }

    /// <summary>The ConfigMaps of the manifests that are not in the cluster yet.</summary>
    /// <exception cref="RolloutException">ManifestConflict: one is there with another content, and whoever serves now may read it.</exception>
    private async Task<IReadOnlyList<JsonObject>> FindMissingAsync(PlanService service, ServiceManifests? own, CancellationToken token)
    {
        var missing = new List<JsonObject>();
        foreach (var configMap in own?.ConfigMaps ?? [])
        {
            var name = (string)configMap["metadata"]!["name"]!;
            var present = await connection.FindAsync(connection.PathOf(Core, "configmaps", name), $"ConfigMap '{name}'", token);
            if (present is null) missing.Add(configMap);
            else if (!JsonNode.DeepEquals(configMap["data"], present["data"]) || !JsonNode.DeepEquals(configMap["binaryData"], present["binaryData"]))
                throw new RolloutException("ManifestConflict", RolloutErrorKind.Conflict, $"ConfigMap '{name}' of the manifests of {service.Name} stands in the cluster with another content, and the version that serves may read it: it is not written over.",
                    "Give it a name of its own for each content, as kustomize's configMapGenerator does, or change it yourself before.", service.Name) { Trigger = "deployment" };
        }

        return missing;
    }

    /// <inheritdoc/>
    public async Task ScaleAsync(string deployment, int replicas, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        var body = new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } };
        await connection.SendAsync(KubernetesRequest.MergePatch(PathTo(deployment) + "/scale", Subject(deployment), body), token);
    }

    /// <inheritdoc/>
    public async Task AnnotateAsync(string deployment, IReadOnlyDictionary<string, string?> annotations, CancellationToken token)
    {
        var merged = new JsonObject();
        foreach (var (key, value) in annotations) merged[key] = value;
        var body = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = merged } };
        await connection.SendAsync(KubernetesRequest.MergePatch(PathTo(deployment), Subject(deployment), body), token);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string deployment, CancellationToken token)
    {
        var request = new KubernetesRequest(HttpMethod.Delete, PathTo(deployment) + "?propagationPolicy=Background", Subject(deployment));
        var answer = await connection.AskAsync(request, token);
        // Gone is what was wanted, whoever was first.
        if (!answer.IsSuccess && answer.Status != System.Net.HttpStatusCode.NotFound)
            throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PodState>> ListPodsAsync(string? colour, CancellationToken token)
    {
        var path = connection.PathOf(Core, "pods") + "?labelSelector=" + Selector(colour);
        var list = await connection.ReadAsync<V1PodList>(path, "the pods", token);
        return [.. list.Items.Select(reader.Read).OfType<PodState>().Where(item => colour is null || item.Colour == colour)];
    }

    /// <inheritdoc/>
    public async Task<IWorkloadFeed> FollowAsync(CancellationToken token) => await KubernetesWorkloadFeed.StartAsync(
        new(connection, connection.PathOf(Apps, "deployments"), "the Deployments", reader.Read),
        new(connection, connection.PathOf(Core, "pods") + "?labelSelector=" + Selector(null), "the pods", reader.Read),
        new(connection, connection.PathOf(Core, "events"), "the events", ReadEvent),
        token);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ReadLogAsync(string pod, string container, int lines, bool previous, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lines);
        var path = $"{connection.PathOf(Core, "pods", pod)}/log?container={Uri.EscapeDataString(container)}&tailLines={lines}&previous={(previous ? "true" : "false")}";
        var request = KubernetesRequest.Get(path, $"the log of pod '{pod}'");
        var answer = await connection.AskAsync(request, token);
        return answer.IsSuccess ? answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PodUsage>> ReadUsageAsync(CancellationToken token)
    {
        var list = await connection.ReadAsync<PodMetricsList>(connection.PathOf("apis/metrics.k8s.io/v1beta1", "pods"), "the pods' resource usage (metrics.k8s.io)", token);
        return
        [
            .. list.Items.Select(item => new PodUsage(item.Metadata.Name,
                item.Containers.Sum(container => container.Usage.TryGetValue("cpu", out var cpu) ? cpu.ToDouble() : 0),
                item.Containers.Sum(container => container.Usage.TryGetValue("memory", out var memory) ? memory.ToDouble() : 0))),
        ];
    }

    private static string Subject(string deployment) => $"Deployment '{deployment}'";

    private static DateTimeOffset TimeOf(Corev1Event item) =>
        new(DateTime.SpecifyKind(item.LastTimestamp ?? item.EventTime ?? item.FirstTimestamp ?? item.Metadata.CreationTimestamp ?? DateTime.UnixEpoch, DateTimeKind.Utc));

    private static string NameIn(PlanService service, string colour) =>
        service.Deployments.TryGetValue(colour, out var name) ? name
        : throw new RolloutException("DeploymentNotNamed", RolloutErrorKind.InvalidInput,
            $"The plan names no Deployment of service '{service.Name}' in colour '{colour}'.",
            $"Add {colour} to Deployments of service '{service.Name}' in the plan.", service.Name);

    private WorkloadEvent? ReadEvent(Corev1Event item) => IsOurs(item)
        ? new(TimeOf(item), item.Type ?? "Normal", item.Reason ?? "", $"{item.InvolvedObject.Kind}/{item.InvolvedObject.Name}", item.Message ?? "")
        : null;

    private bool IsOurs(Corev1Event item) =>
        item.InvolvedObject?.Name is { } name
        && reader.Deployments.Any(deployment => name == deployment || name.StartsWith(deployment + "-", StringComparison.Ordinal));

    private void RequireColour(JsonObject existing, string name, string colour)
    {
        var labels = existing["spec"]?["template"]?["metadata"]?["labels"];
        if ((string?)labels?[colours.Label] == colour) return;
        throw new RolloutException("DeploymentNotOurs", RolloutErrorKind.Conflict,
            $"Deployment '{name}' exists, but its pods are not labelled {colours.Label}={colour}: it is not written over.",
            "Correct the Deployment's name in the plan, or the label in the cluster.", name);
    }

    private Workload Read(JsonObject deployment) =>
        reader.Read(KubernetesJson.Deserialize<V1Deployment>(deployment.ToJsonString()))
        ?? throw new JsonException("The cluster answered with another Deployment than was asked for.");

    private Task<JsonObject?> FindAsync(string name, CancellationToken token) => connection.FindAsync(PathTo(name), Subject(name), token);

    private string PathTo(string deployment) => connection.PathOf(Apps, "deployments", deployment);

    private string Selector(string? colour) =>
        Uri.EscapeDataString(colour is null ? $"{colours.Label} in ({string.Join(",", colours.Names)})" : $"{colours.Label}={colour}");
}
