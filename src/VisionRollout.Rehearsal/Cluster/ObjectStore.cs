using System.Globalization;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>
/// The cluster's objects, with what etcd and the API server's registry guarantee: one global
/// resourceVersion, optimistic concurrency, and an ordered history of changes. Objects that go in or
/// come out are private copies. Safe for use by many threads.
/// </summary>
/// <param name="now">The cluster's clock, for <c>creationTimestamp</c>.</param>
/// <param name="historyLength">How many changes a watch can reach back to; older ones answer 410.</param>
internal sealed class ObjectStore(Func<DateTimeOffset> now, int historyLength = 4096)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ObjectKey, JsonObject> objects = [];
    private readonly Queue<StoreChange> history = new();
    private readonly List<StoreWatch> watches = [];
    private readonly Queue<StoreChange> undelivered = new();
    private bool delivering;
    private long version = 1;

    /// <summary>Raised for every change, in order, outside of the store's lock. Handlers must be quick and must not throw.</summary>
    public event Action<StoreChange>? Changed;

    /// <summary>Raised for every change, in order, under the store's lock, before the change is visible to anybody. Handlers may only put it into a queue.</summary>
    public event Action<StoreChange>? Committed;

    /// <summary>The version of the latest change.</summary>
    public long ResourceVersion
    {
        get
        {
            lock (gate)
                return version;
        }
    }

    /// <summary>The object, or null.</summary>
    public JsonObject? Get(ObjectKey key)
    {
        lock (gate)
            return objects.TryGetValue(key, out var found) ? (JsonObject)found.DeepClone() : null;
    }

    /// <summary>All objects of a kind, by namespace and name; <paramref name="ns"/> null means every namespace.</summary>
    public IReadOnlyList<JsonObject> List(string group, string plural, string? ns) => List(group, plural, ns, out _);

    /// <summary>All objects of a kind together with the store's version at which the list is true.</summary>
    public IReadOnlyList<JsonObject> List(string group, string plural, string? ns, out long atVersion)
    {
        lock (gate)
        {
            atVersion = version;
            return [.. Select(group, plural, ns).Select(pair => (JsonObject)pair.Value.DeepClone())];
        }
    }

    /// <summary>The keys of all objects that a predicate selects, in order; it must only read.</summary>
    public IReadOnlyList<ObjectKey> Find(Func<ObjectKey, JsonObject, bool> predicate)
    {
        lock (gate)
            return [.. objects.Where(pair => predicate(pair.Key, pair.Value)).Select(pair => pair.Key)
                .OrderBy(key => key.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Adds an object and fills its name, namespace, uid, creation time, generation and resourceVersion.</summary>
    /// <exception cref="ApiException">409 AlreadyExists.</exception>
    public JsonObject Create(ObjectKey key, JsonObject value)
    {
        JsonObject stored;
        lock (gate)
        {
            if (objects.ContainsKey(key))
                throw ApiException.AlreadyExists(key);
            stored = Normalise(value);
            Identify(key, stored);
            Commit(StoreChangeKind.Added, key, stored, null);
        }

        Deliver();
        return (JsonObject)stored.DeepClone();
    }

    /// <summary>Changes an object in one atomic step and returns it as it is afterwards.</summary>
    /// <param name="key">The object.</param>
    /// <param name="change">Gets a private copy (to change and return, or to replace); null means: leave it as it is. Runs under the lock.</param>
    /// <param name="expectedVersion">The resourceVersion that the caller has seen, or null when any will do.</param>
    /// <returns>The object after the call, or null when <paramref name="change"/> returned null.</returns>
    /// <exception cref="ApiException">404 NotFound, 409 Conflict.</exception>
    public JsonObject? Update(ObjectKey key, Func<JsonObject, JsonObject?> change, long? expectedVersion = null)
    {
        JsonObject stored;
        lock (gate)
        {
            if (!objects.TryGetValue(key, out var before))
                throw ApiException.NotFound(key);
            if (expectedVersion is { } expected && expected != VersionOf(before))
                throw ApiException.Conflict(key);
            if (change((JsonObject)before.DeepClone()) is not { } after)
                return null;
            stored = Normalise(after);
            Preserve(key, before, stored);
            if (JsonNode.DeepEquals(before, stored))
                return stored;
            if (!JsonNode.DeepEquals(before["spec"], stored["spec"]) && before["metadata"]!["generation"] is JsonValue generation)
                stored["metadata"]!["generation"] = generation.GetValue<long>() + 1;
            Commit(StoreChangeKind.Modified, key, stored, before);
        }

        Deliver();
        return (JsonObject)stored.DeepClone();
    }

    /// <summary>Removes an object; false when there is none.</summary>
    public bool Delete(ObjectKey key)
    {
        lock (gate)
        {
            if (!objects.TryGetValue(key, out var before))
                return false;
            Commit(StoreChangeKind.Deleted, key, (JsonObject)before.DeepClone(), before);
        }

        Deliver();
        return true;
    }

    /// <summary>Watches a kind from a version on; the changes after it come first.</summary>
    /// <exception cref="ApiException">410 when the history no longer reaches back to <paramref name="fromVersion"/>.</exception>
    public StoreWatch Watch(string group, string plural, string? ns, long fromVersion)
    {
        lock (gate)
        {
            if (history.TryPeek(out var oldest) ? fromVersion < oldest.Version - 1 : fromVersion < version)
                throw ApiException.Expired(fromVersion, oldest?.Version ?? version);
            var watch = Subscribe(group, plural, ns);
            foreach (var change in history)
            {
                if (change.Version > fromVersion)
                    watch.Offer(change);
            }

            return watch;
        }
    }

    /// <summary>Watches a kind from now on; the objects that exist come first, as if just added.</summary>
    public StoreWatch Watch(string group, string plural, string? ns)
    {
        lock (gate)
        {
            var watch = Subscribe(group, plural, ns);
            foreach (var (key, value) in Select(group, plural, ns))
                watch.Offer(new StoreChange(StoreChangeKind.Added, key, value, null, VersionOf(value)));
            return watch;
        }
    }

    /// <summary>The resourceVersion that an object carries.</summary>
    public static long VersionOf(JsonObject value) =>
        long.TryParse((string?)value["metadata"]?["resourceVersion"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private StoreWatch Subscribe(string group, string plural, string? ns)
    {
        var watch = new StoreWatch(
            key => key.Group == group && key.Plural == plural && (ns is null || key.Namespace == ns), Unsubscribe);
        watches.Add(watch);
        return watch;
    }

    private void Unsubscribe(StoreWatch watch)
    {
        lock (gate)
            watches.Remove(watch);
    }

    private IEnumerable<KeyValuePair<ObjectKey, JsonObject>> Select(string group, string plural, string? ns) => objects
        .Where(pair => pair.Key.Plural == plural && pair.Key.Group == group && (ns is null || pair.Key.Namespace == ns))
        .OrderBy(pair => pair.Key.Namespace, StringComparer.Ordinal)
        .ThenBy(pair => pair.Key.Name, StringComparer.Ordinal);

    private void Identify(ObjectKey key, JsonObject value)
    {
        if (value["metadata"] is not JsonObject metadata)
            value["metadata"] = metadata = [];
        metadata["name"] = key.Name;
        if (key.Namespace is not null)
            metadata["namespace"] = key.Namespace;
        else
            metadata.Remove("namespace");
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Timestamp(now());
        if (key.Group.Length > 0 && value.ContainsKey("spec"))
            metadata["generation"] = 1L;
        else
            metadata.Remove("generation");
    }

    private static void Preserve(ObjectKey key, JsonObject before, JsonObject after)
    {
        if (after["metadata"] is not JsonObject metadata)
            after["metadata"] = metadata = [];
        var old = before["metadata"]!;
        metadata["name"] = key.Name;
        foreach (var field in (string[])["namespace", "uid", "creationTimestamp", "generation", "resourceVersion"])
        {
            if (old[field] is { } kept)
                metadata[field] = kept.DeepClone();
            else
                metadata.Remove(field);
        }
    }

    /// <summary>The way Kubernetes writes a <c>metav1.Time</c>: RFC 3339 in UTC, whole seconds.</summary>
    public static string Timestamp(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private void Commit(StoreChangeKind kind, ObjectKey key, JsonObject value, JsonObject? before)
    {
        version++;
        value["metadata"]!["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        if (kind == StoreChangeKind.Deleted)
            objects.Remove(key);
        else
            objects[key] = value;
        var change = new StoreChange(kind, key, value, before, version);
        history.Enqueue(change);
        if (history.Count > historyLength)
            history.Dequeue();
        foreach (var watch in watches)
            watch.Offer(change);
        undelivered.Enqueue(change);
        Committed?.Invoke(change);
    }

    /// <summary>A private copy whose numbers can be read as any numeric type, whatever type they were written with.</summary>
    private static JsonObject Normalise(JsonObject value) => (JsonObject)JsonNode.Parse(value.ToJsonString())!;

    /// <summary>Raises <see cref="Changed"/> in commit order: whoever finds changes undelivered and nobody at it delivers them all.</summary>
    private void Deliver()
    {
        lock (gate)
        {
            if (delivering)
                return;
            delivering = true;
        }

        while (true)
        {
            StoreChange? next;
            lock (gate)
            {
                if (!undelivered.TryDequeue(out next))
                {
                    delivering = false;
                    return;
                }
            }

            Changed?.Invoke(next);
        }
    }
}
