using System.Globalization;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers create, update and patch.</summary>
internal sealed class ObjectWrites(ObjectStore store, ResourceCatalogue catalogue, IClusterClock clock, WriteLog log)
{
    /// <summary>Creates an object from the body.</summary>
    public async Task CreateAsync(ApiRequest request)
    {
        var value = await RequestBody.ReadObjectAsync(request.Context.Request, request.Context.RequestAborted)
            ?? throw ApiException.BadRequest("an object is required");
        CheckIdentity(request, value, null);
        var key = request.Type.Key(request.Namespace ?? NullWhenEmpty(value.Namespace()), NameFor(value));
        CheckNamespace(request.Type, key);
        var created = Store(request, key, Prepared(request, key, value, Tracker(request)));
        await ApiResponse.WriteAsync(request.Context, new ObjectView(request, clock).One(created), 201);
    }

    /// <summary>Replaces an object, its status, or its scale.</summary>
    public async Task UpdateAsync(ApiRequest request)
    {
        var value = await RequestBody.ReadObjectAsync(request.Context.Request, request.Context.RequestAborted)
            ?? throw ApiException.BadRequest("an object is required");
        CheckIdentity(request, value, request.Name);
        if (request.Subresource == "scale")
            await ChangeAsync(request, before => ScaleSubresource.Replace(before, value), isScale: true);
        else
            await ChangeAsync(request, _ => (JsonObject)value.DeepClone());
    }

    /// <summary>Patches an object, its status, or its scale; a server-side apply creates it when there is none.</summary>
    public async Task PatchAsync(ApiRequest request)
    {
        var media = RequestBody.MediaType(request.Context.Request);
        var patch = await RequestBody.ReadAsync(request.Context.Request, request.Context.RequestAborted)
            ?? throw ApiException.BadRequest("a patch is required");
        if (media is "application/apply-patch+yaml" or "application/apply-patch+json")
        {
            await ApplyAsync(request, patch as JsonObject ?? throw ApiException.BadRequest("the patch must be an object"));
            return;
        }

        var isScale = request.Subresource == "scale";
        await ChangeAsync(request, before => Patched(request, media, isScale ? ScaleSubresource.Of(before) : before, patch) is var after && isScale
            ? ScaleSubresource.Replace(before, after)
            : after, isScale);
    }

    private static JsonObject Patched(ApiRequest request, string media, JsonObject before, JsonNode patch) => media switch
    {
        "application/json-patch+json" => JsonPatch.Apply(before, patch),
        "application/merge-patch+json" => MergePatch.Apply(before, AsObject(patch)) as JsonObject ?? throw ApiException.BadRequest("the patch must be an object"),
        "application/strategic-merge-patch+json" when ListKeys.IsBuiltIn(request.Type.Group) =>
            new StrategicMergePatch(new ListKeys(request.Type.Group)).Apply(before, AsObject(patch)),
        _ => throw new ApiException(415, "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml (got {media})"),
    };

    private static JsonObject AsObject(JsonNode patch) => patch as JsonObject ?? throw ApiException.BadRequest("the patch must be an object");

    private async Task ApplyAsync(ApiRequest request, JsonObject wanted)
    {
        if (request.Query("fieldManager") is null)
            throw ApiException.BadRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        CheckIdentity(request, wanted, request.Name);
        wanted.Child("metadata").Remove("managedFields");
        var keys = new ListKeys(request.Type.Group);
        var apply = new ApplyPatch(Tracker(request), keys, request.Query("force") == "true");
        if (store.Get(request.Key) is not null)
        {
            await ChangeAsync(request, before => apply.Apply(before, wanted), isTracked: true);
            return;
        }

        CheckNamespace(request.Type, request.Key);
        var value = Prepared(request, request.Key, apply.Apply([], wanted), null);
        await ApiResponse.WriteAsync(request.Context, new ObjectView(request, clock).One(Store(request, request.Key, value)), 201);
    }

    private async Task ChangeAsync(ApiRequest request, Func<JsonObject, JsonObject> change, bool isScale = false, bool isTracked = false)
    {
        if (request.Subresource is not ("" or "status" or "scale") || isScale && !request.Type.HasScale || request.Subresource == "status" && !request.Type.HasStatus)
            throw ApiException.NoSuchResource();
        JsonObject Change(JsonObject before)
        {
            var after = Kept(request, before, change((JsonObject)before.DeepClone()));
            ObjectDefaults.Fill(request.Type, after, before);
            ObjectValidation.Check(request.Type, after, before);
            if (!isTracked)
                Tracker(request).Track(before, after);
            return after;
        }

        JsonObject result;
        if (request.IsDryRun)
        {
            result = Change(store.Get(request.Key) ?? throw ApiException.NotFound(request.Key));
        }
        else
        {
            result = store.Update(request.Key, Change)!;
            Note(request, request.Verb, request.Key, result);
        }

        await ApiResponse.WriteAsync(request.Context, isScale ? ScaleSubresource.Of(result) : new ObjectView(request, clock).One(result));
    }

    /// <summary>Checks the version that the client has seen, and keeps what the subresource written to does not reach.</summary>
    private static JsonObject Kept(ApiRequest request, JsonObject before, JsonObject after)
    {
        var metadata = after.Child("metadata");
        if (metadata.Text("resourceVersion") is { Length: > 0 } seen && seen != before.Text("metadata", "resourceVersion"))
            throw ApiException.Conflict(request.Key);
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != before.Uid())
            throw new ApiException(409, "Conflict", $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Uid()}");
        if (metadata.Text("name") is { Length: > 0 } name && name != before.Name())
            throw ApiException.BadRequest($"the name of the object ({name}) does not match the name on the URL ({before.Name()})");
        if (request.Subresource == "status")
        {
            var status = after["status"]?.DeepClone();
            after = (JsonObject)before.DeepClone();
            after["status"] = status;
        }
        else if (request.Type.HasStatus)
        {
            after.Remove("status");
            if (before["status"] is { } status)
                after["status"] = status.DeepClone();
        }

        after["apiVersion"] = before["apiVersion"]?.DeepClone();
        after["kind"] = before["kind"]?.DeepClone();
        DropNulls(after);
        return after;
    }

    /// <summary>A null field is an absent one.</summary>
    private static void DropNulls(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var field in map.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
                map.Remove(field);
        }

        foreach (var child in node is JsonObject parent ? parent.Select(pair => pair.Value) : node as JsonArray ?? [])
            DropNulls(child);
    }

    private JsonObject Prepared(ApiRequest request, ObjectKey key, JsonObject value, ManagedFields? tracker)
    {
        DropNulls(value);
        var metadata = value.Child("metadata");
        foreach (var field in (string[])["resourceVersion", "uid", "creationTimestamp", "generation", "deletionTimestamp", "selfLink"])
            metadata.Remove(field);
        metadata["name"] = key.Name;
        if (key.Namespace is not null)
            metadata["namespace"] = key.Namespace;
        var storage = catalogue.Find(request.Type.Group, request.Type.Plural) ?? request.Type;
        value["apiVersion"] = storage.ApiVersion;
        value["kind"] = storage.Kind;
        if (request.Type.HasStatus)
            value.Remove("status");
        if (ObjectDefaults.InitialStatus(request.Type, value) is { } status)
            value["status"] = status;
        ObjectDefaults.Fill(request.Type, value, null);
        ObjectValidation.Check(request.Type, value, null);
        if (request.Type is { Group: "", Plural: "pods" } && PodQuota.Exceeded(store, key.Namespace!, key.Name) is { } refusal)
            throw refusal;
        tracker?.Track([], value);
        return value;
    }

    private JsonObject Store(ApiRequest request, ObjectKey key, JsonObject value)
    {
        if (request.IsDryRun)
        {
            if (store.Get(key) is not null)
                throw ApiException.AlreadyExists(key);
            value.Child("metadata")["uid"] = Guid.NewGuid().ToString();
            value.Child("metadata")["creationTimestamp"] = ObjectStore.Timestamp(clock.Now);
            return value;
        }

        var created = store.Create(key, value);
        Note(request, request.Verb, key, created);
        return created;
    }

    private void Note(ApiRequest request, string verb, ObjectKey key, JsonObject value)
    {
        log.Add(new WriteRecord(clock.Now, verb, request.Resource, key.Name, request.User.Name));
        if (key is not { Group: "apiextensions.k8s.io", Plural: "customresourcedefinitions" })
            return;
        catalogue.Add(CustomResources.TypesOf(value));
        store.Update(key, definition =>
        {
            definition["status"] = CustomResources.Established(definition, clock.Now);
            return definition;
        });
    }

    private ManagedFields Tracker(ApiRequest request) =>
        new(request.FieldManager, request.Subresource, request.Type.ApiVersion, new ListKeys(request.Type.Group), clock.Now);

    private static void CheckIdentity(ApiRequest request, JsonObject value, string? name)
    {
        var isScale = request.Subresource == "scale";
        var (apiVersion, kind) = isScale ? ("autoscaling/v1", "Scale") : (request.Type.ApiVersion, request.Type.Kind);
        if (value.Text("kind") is { } given && given != kind || value.Text("apiVersion") is { } version && version != apiVersion)
            throw ApiException.BadRequest($"the object provided ({value.Text("apiVersion")}, Kind={value.Text("kind")}) does not match the expected one ({apiVersion}, Kind={kind})");
        if (value.Text("kind") is null)
            (value["apiVersion"], value["kind"]) = (apiVersion, kind);
        if (request.Namespace is { } ns && value.Namespace() is { Length: > 0 } own && own != ns)
            throw ApiException.BadRequest($"the namespace of the provided object does not match the namespace sent on the request ({own} != {ns})");
        if (name is not null && value.Name() is { Length: > 0 } given2 && given2 != name)
            throw ApiException.BadRequest($"the name of the object ({given2}) does not match the name on the URL ({name})");
    }

    private void CheckNamespace(ResourceType type, ObjectKey key)
    {
        if (!type.Namespaced)
            return;
        if (key.Namespace is null)
            throw ApiException.BadRequest("an empty namespace may not be set during creation");
        var owner = new ObjectKey("", "namespaces", null, key.Namespace);
        if (store.Get(owner) is null)
            throw ApiException.NotFound(owner);
    }

    private static string NameFor(JsonObject value)
    {
        if (value.Name() is { Length: > 0 } name)
            return name;
        return value.Text("metadata", "generateName") is { Length: > 0 } prefix
            ? prefix + StableHash.RandomSuffix()
            : throw ApiException.Invalid(value.Text("kind") ?? "", "", "metadata.name", "Required value: name or generateName is required");
    }

    private static string? NullWhenEmpty(string text) => text.Length == 0 ? null : text;
}
