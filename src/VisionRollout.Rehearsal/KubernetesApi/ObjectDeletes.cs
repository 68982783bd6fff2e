using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers delete, deletecollection and evictions.</summary>
internal sealed class ObjectDeletes(ObjectStore store, ResourceCatalogue catalogue, IClusterClock clock, WriteLog log)
{
    /// <summary>Deletes one object; what it owns follows, unless it is to be orphaned.</summary>
    public async Task DeleteAsync(ApiRequest request)
    {
        var options = await RequestBody.ReadObjectAsync(request.Context.Request, request.Context.RequestAborted) ?? [];
        var value = store.Get(request.Key) ?? throw ApiException.NotFound(request.Key);
        var answer = Delete(request, request.Key, value, options);
        if (!request.IsDryRun)
            log.Add(new WriteRecord(clock.Now, request.Verb, request.Resource, request.Key.Name, request.User.Name));
        await ApiResponse.WriteAsync(request.Context, answer);
    }

    /// <summary>Deletes every object that the selectors choose.</summary>
    public async Task DeleteCollectionAsync(ApiRequest request)
    {
        var options = await RequestBody.ReadObjectAsync(request.Context.Request, request.Context.RequestAborted) ?? [];
        var filter = new ObjectFilter(request);
        var chosen = store.List(request.Type.Group, request.Type.Plural, request.Namespace, out _).Where(filter.Matches).ToList();
        foreach (var value in chosen)
            Delete(request, request.Type.Key(value.Namespace(), value.Name()), value, options);
        if (!request.IsDryRun)
            log.Add(new WriteRecord(clock.Now, request.Verb, request.Resource, "", request.User.Name));
        await ApiResponse.WriteAsync(request.Context, new ObjectView(request, clock).Many(chosen, []));
    }

    /// <summary>Evicts a pod, unless a PodDisruptionBudget forbids it.</summary>
    public async Task EvictAsync(ApiRequest request)
    {
        var eviction = await RequestBody.ReadObjectAsync(request.Context.Request, request.Context.RequestAborted) ?? [];
        var pod = store.Get(request.Key) ?? throw ApiException.NotFound(request.Key);
        if (store.List("policy", "poddisruptionbudgets", request.Namespace).FirstOrDefault(budget => Forbids(budget, pod)) is { } spent)
            throw new ApiException(429, "TooManyRequests", $"Cannot evict pod as it would violate the pod's disruption budget: {spent.Name()}");
        Delete(request, request.Key, pod, eviction["deleteOptions"] as JsonObject ?? []);
        log.Add(new WriteRecord(clock.Now, request.Verb, request.Resource, request.Key.Name, request.User.Name));
        await ApiResponse.WriteAsync(request.Context, ApiResponse.Status("Success"), 201);
    }

    private JsonObject Delete(ApiRequest request, ObjectKey key, JsonObject value, JsonObject options)
    {
        CheckPreconditions(key, value, options);
        if (request.IsDryRun)
            return ApiResponse.Deleted(request.Type, value);
        var policy = options.Text("propagationPolicy") ?? request.Query("propagationPolicy");
        if (policy == "Orphan" || options.IsTrue("orphanDependents"))
            Orphan(value.Uid());
        if (key is { Group: "", Plural: "pods" } && Grace(request, value, options) is var grace and > 0)
        {
            PodFacts.BeginDeletion(store, key, clock.Now, grace);
            return store.Get(key) ?? value;
        }

        store.Delete(key);
        if (key is { Group: "apiextensions.k8s.io", Plural: "customresourcedefinitions" })
            Unregister(value);
        return ApiResponse.Deleted(request.Type, value);
    }

    private static int Grace(ApiRequest request, JsonObject pod, JsonObject options) =>
        options.Int("gracePeriodSeconds") ?? (int?)request.Number("gracePeriodSeconds") ?? pod.Int("spec", "terminationGracePeriodSeconds") ?? 30;

    private static void CheckPreconditions(ObjectKey key, JsonObject value, JsonObject options)
    {
        if (options.Text("preconditions", "uid") is { } uid && uid != value.Uid())
            throw new ApiException(409, "Conflict", $"Precondition failed: UID in precondition: {uid}, UID in object meta: {value.Uid()}");
        if (options.Text("preconditions", "resourceVersion") is { } version && version != value.Text("metadata", "resourceVersion"))
            throw ApiException.Conflict(key);
    }

    private void Orphan(string uid)
    {
        foreach (var owned in store.Find((_, value) => value.Items("metadata", "ownerReferences").Any(owner => owner.Text("uid") == uid)))
        {
            store.Update(owned, value =>
            {
                ((JsonArray)value.At("metadata", "ownerReferences")!).RemoveAll(owner => owner.Text("uid") == uid);
                return value;
            });
        }
    }

    private void Unregister(JsonObject definition)
    {
        foreach (var type in CustomResources.TypesOf(definition))
        {
            foreach (var key in store.Find((key, _) => key.Group == type.Group && key.Plural == type.Plural))
                store.Delete(key);
            catalogue.Remove(type.Group, type.Plural);
        }
    }

    private bool Forbids(JsonObject budget, JsonObject pod)
    {
        var selector = LabelSelector.From(budget.At("spec", "selector"));
        if (!PodFacts.IsReady(pod) || !selector.Matches(pod.Labels()))
            return false;
        var pods = store.List("", "pods", pod.Namespace()).Where(other => selector.Matches(other.Labels()) && PodFacts.IsActive(other)).ToList();
        var healthy = pods.Count(PodFacts.IsReady);
        var needed = budget.At("spec", "minAvailable") is { } minimum
            ? Share(minimum, pods.Count)
            : pods.Count - Share(budget.At("spec", "maxUnavailable"), pods.Count);
        return healthy - 1 < needed;
    }

    private static int Share(JsonNode? value, int of)
    {
        var text = value?.ToString() ?? "0";
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        return text.EndsWith('%') ? (int)Math.Ceiling(of * int.Parse(text[..^1], culture) / 100.0) : int.Parse(text, culture);
    }
}
