using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Keeps the Endpoints and EndpointSlices of every Service with a selector: pods that are ready, and those that are not yet.</summary>
internal sealed class ServiceEndpoints(ObjectStore store) : IController
{
    /// <inheritdoc/>
    public IEnumerable<ObjectKey> Affected(StoreChange change)
    {
        if (change.Key is { Group: "", Plural: "services" })
            return [change.Key];
        if (change.Key is not { Group: "", Plural: "pods" })
            return [];
        var labels = change.Object.Labels();
        var before = change.Previous?.Labels() ?? labels;
        return store.Find((key, service) => key is { Group: "", Plural: "services" } && key.Namespace == change.Key.Namespace
            && (Selects(service, labels) || Selects(service, before)));
    }

    /// <inheritdoc/>
    public Task ReconcileAsync(ObjectKey key, CancellationToken token)
    {
        var service = store.Get(key);
        if (service is null)
            store.Delete(new ObjectKey("", "endpoints", key.Namespace, key.Name));
        else if (service.Map("spec", "selector").Count > 0)
            Publish(key, service);
        return Task.CompletedTask;
    }

    private static bool Selects(JsonObject service, IReadOnlyDictionary<string, string> labels)
    {
        var selector = service.Map("spec", "selector");
        return selector.Count > 0 && selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
    }

    private void Publish(ObjectKey key, JsonObject service)
    {
        var groups = store.List("", "pods", key.Namespace)
            .Where(pod => Selects(service, pod.Labels()) && pod.Text("status", "podIP") is not null && PodFacts.IsActive(pod))
            .GroupBy(pod => Ports(service, pod).ToJsonString())
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (Ports: (JsonArray)JsonNode.Parse(group.Key)!, Pods: group.ToList()))
            .ToList();
        Write(new ObjectKey("", "endpoints", key.Namespace, key.Name), new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Endpoints",
            ["metadata"] = new JsonObject { ["labels"] = service.At("metadata", "labels")?.DeepClone() ?? new JsonObject() },
            ["subsets"] = new JsonArray([.. groups.Select(group => Subset(group.Ports, group.Pods))]),
        });
        WriteSlices(key, service, groups);
    }

    private void WriteSlices(ObjectKey key, JsonObject service, List<(JsonArray Ports, List<JsonObject> Pods)> groups)
    {
        var written = new HashSet<ObjectKey>();
        foreach (var (ports, pods) in groups.Count == 0 ? [([], [])] : groups)
        {
            var slice = new ObjectKey("discovery.k8s.io", "endpointslices", key.Namespace, $"{key.Name}-{StableHash.Of(ports.ToJsonString())[..5]}");
            Write(slice, Slice(service, ports, pods));
            written.Add(slice);
        }

        foreach (var stale in store.Find((other, value) => other is { Group: "discovery.k8s.io", Plural: "endpointslices" }
            && value.ControllerUid() == service.Uid() && !written.Contains(other)))
            store.Delete(stale);
    }

    private void Write(ObjectKey key, JsonObject wanted)
    {
        if (store.Get(key) is null)
        {
            store.Create(key, wanted);
            return;
        }

        store.Update(key, _ => wanted);
    }

    private static JsonArray Ports(JsonObject service, JsonObject pod) =>
    [
        .. service.Items("spec", "ports")
            .Select(port => (Port: port, Target: PodFacts.TargetPort(pod, port["targetPort"], port.Int("port") ?? 0)))
            .Where(pair => pair.Target is not null)
            .Select(pair =>
            {
                var entry = new JsonObject { ["port"] = PodFacts.ActualPort(pod, pair.Target!.Value), ["protocol"] = pair.Port.Text("protocol") ?? "TCP" };
                if (pair.Port.Text("name") is { } name)
                    entry["name"] = name;
                return (JsonNode)entry;
            }),
    ];

    private static JsonObject Subset(JsonArray ports, List<JsonObject> pods)
    {
        var subset = new JsonObject();
        var ready = pods.Where(PodFacts.IsReady).ToList();
        var rest = pods.Except(ready).ToList();
        if (ready.Count > 0)
            subset["addresses"] = new JsonArray([.. ready.Select(Address)]);
        if (rest.Count > 0)
            subset["notReadyAddresses"] = new JsonArray([.. rest.Select(Address)]);
        subset["ports"] = ports.DeepClone();
        return subset;
    }

    private static JsonObject Address(JsonObject pod) => new()
    {
        ["ip"] = pod.Text("status", "podIP"),
        ["nodeName"] = pod.Text("spec", "nodeName"),
        ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod.Name(), ["namespace"] = pod.Namespace(), ["uid"] = pod.Uid() },
    };

    private static JsonObject Slice(JsonObject service, JsonArray ports, List<JsonObject> pods)
    {
        var labels = new JsonObject
        {
            ["kubernetes.io/service-name"] = service.Name(),
            ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
        };
        return new JsonObject
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = new JsonObject { ["labels"] = labels, ["ownerReferences"] = new JsonArray(service.OwnerReference()) },
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray([.. pods.Select(Endpoint)]),
            ["ports"] = ports.DeepClone(),
        };
    }

    private static JsonObject Endpoint(JsonObject pod) => new()
    {
        ["addresses"] = new JsonArray(pod.Text("status", "podIP")),
        ["conditions"] = new JsonObject { ["ready"] = PodFacts.IsReady(pod), ["serving"] = pod.HasCondition("Ready"), ["terminating"] = pod.IsDeleting() },
        ["nodeName"] = pod.Text("spec", "nodeName"),
        ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod.Name(), ["namespace"] = pod.Namespace(), ["uid"] = pod.Uid() },
    };
}
