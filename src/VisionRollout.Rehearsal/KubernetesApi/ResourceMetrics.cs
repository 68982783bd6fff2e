using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers metrics.k8s.io: what pods and nodes use.</summary>
internal sealed class ResourceMetrics(ObjectStore store, IPodUsage usage)
{
    /// <summary>Answers with one sample or a list of them.</summary>
    public Task AnswerAsync(ApiRequest request)
    {
        var filter = new ObjectFilter(request);
        var isPods = request.Type.Plural == "pods";
        var samples = (isPods ? Pods(request) : Nodes()).Where(filter.Matches).ToList();
        if (request.Name is null)
        {
            return ApiResponse.WriteAsync(request.Context, new JsonObject
            {
                ["kind"] = $"{request.Type.Kind}List",
                ["apiVersion"] = request.Type.ApiVersion,
                ["metadata"] = new JsonObject(),
                ["items"] = new JsonArray([.. samples]),
            });
        }

        return samples is [var only, ..]
            ? ApiResponse.WriteAsync(request.Context, only)
            : throw new ApiException(404, "NotFound", $"{request.Type.Kind.ToLowerInvariant()}s.metrics.k8s.io \"{request.Name}\" not found");
    }

    private IEnumerable<JsonObject> Pods(ApiRequest request)
    {
        foreach (var pod in store.List("", "pods", request.Namespace))
        {
            if (pod.Text("status", "phase") != "Running" || usage.Read(pod.Namespace(), pod.Name()) is not { } sample)
                continue;
            var metrics = Sample("PodMetrics", pod, sample);
            metrics["containers"] = new JsonArray(new JsonObject { ["name"] = PodFacts.DefaultContainer(pod), ["usage"] = Usage(sample.CpuNanocores, sample.MemoryBytes) });
            yield return metrics;
        }
    }

    private IEnumerable<JsonObject> Nodes()
    {
        var pods = store.List("", "pods", null);
        foreach (var node in store.List("", "nodes", null))
        {
            var samples = pods.Where(pod => pod.Text("spec", "nodeName") == node.Name())
                .Select(pod => usage.Read(pod.Namespace(), pod.Name())).OfType<PodUsage>().ToList();
            if (samples.Count == 0)
                continue;
            var metrics = Sample("NodeMetrics", node, samples[0]);
            metrics["usage"] = Usage(samples.Sum(sample => sample.CpuNanocores), samples.Sum(sample => sample.MemoryBytes));
            yield return metrics;
        }
    }

    private static JsonObject Sample(string kind, JsonObject of, PodUsage sample)
    {
        var metadata = new JsonObject { ["name"] = of.Name(), ["creationTimestamp"] = ObjectStore.Timestamp(sample.At) };
        if (of.Namespace() is { Length: > 0 } ns)
            metadata["namespace"] = ns;
        if (of.At("metadata", "labels") is { } labels)
            metadata["labels"] = labels.DeepClone();
        return new JsonObject
        {
            ["kind"] = kind,
            ["apiVersion"] = "metrics.k8s.io/v1beta1",
            ["metadata"] = metadata,
            ["timestamp"] = ObjectStore.Timestamp(sample.At),
            ["window"] = $"{sample.Window.TotalSeconds:0.###}s",
        };
    }

    private static JsonObject Usage(long cpuNanocores, long memoryBytes) => new()
    {
        ["cpu"] = $"{cpuNanocores}n",
        ["memory"] = $"{memoryBytes / 1024}Ki",
    };
}
