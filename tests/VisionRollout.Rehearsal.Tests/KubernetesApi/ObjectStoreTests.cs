using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Tests.KubernetesApi;

public sealed class ObjectStoreTests
{
    private static readonly ObjectKey Key = new("apps", "deployments", "ns", "web");
    private readonly ObjectStore store = new(() => DateTimeOffset.UnixEpoch, historyLength: 4);

    [Fact]
    public void A_change_of_spec_raises_the_generation_and_a_change_of_status_does_not()
    {
        store.Create(Key, Deployment(1));
        var scaled = store.Update(Key, value => Set(value, "spec", "replicas", 2))!;
        var reported = store.Update(Key, value => Set(value, "status", "replicas", 2))!;
        Assert.Equal(2, scaled.Int("metadata", "generation"));
        Assert.Equal(2, reported.Int("metadata", "generation"));
        Assert.True(ObjectStore.VersionOf(reported) > ObjectStore.VersionOf(scaled));
    }

    [Fact]
    public void A_change_that_changes_nothing_keeps_the_version()
    {
        var created = store.Create(Key, Deployment(1));
        var same = store.Update(Key, value => Set(value, "spec", "replicas", 1))!;
        Assert.Equal(ObjectStore.VersionOf(created), ObjectStore.VersionOf(same));
        Assert.Equal(ObjectStore.VersionOf(created), store.ResourceVersion);
    }

    [Fact]
    public void An_update_from_an_old_version_conflicts()
    {
        var created = store.Create(Key, Deployment(1));
        store.Update(Key, value => Set(value, "spec", "replicas", 2));
        var conflict = Assert.Throws<ApiException>(() => store.Update(Key, value => value, ObjectStore.VersionOf(created)));
        Assert.Equal((409, "Conflict"), (conflict.Code, conflict.Reason));
    }

    [Fact]
    public void What_comes_out_is_a_private_copy()
    {
        store.Create(Key, Deployment(1));
        Set(store.Get(Key)!, "spec", "replicas", 9);
        Assert.Equal(1, store.Get(Key).Int("spec", "replicas"));
    }

    [Fact]
    public void Listeners_see_every_change_in_order_even_when_they_write_themselves()
    {
        var seen = new List<long>();
        store.Changed += change =>
        {
            seen.Add(change.Version);
            if (change.Key == Key && change.Object.Int("spec", "replicas") < 5)
                store.Update(Key, value => Set(value, "spec", "replicas", value.Int("spec", "replicas")!.Value + 1));
        };
        store.Create(Key, Deployment(1));
        Assert.Equal([2, 3, 4, 5, 6], seen);
    }

    [Fact]
    public void A_watch_continues_after_the_version_it_names_and_is_refused_when_that_is_too_old()
    {
        var created = store.Create(Key, Deployment(1));
        for (var replicas = 2; replicas < 5; replicas++)
            store.Update(Key, value => Set(value, "spec", "replicas", replicas));
        using var watch = store.Watch("apps", "deployments", "ns", ObjectStore.VersionOf(created));
        Assert.True(watch.Changes.TryRead(out var first));
        Assert.Equal(2, first.Object.Int("spec", "replicas"));
        store.Update(Key, value => Set(value, "spec", "replicas", 9));
        store.Update(Key, value => Set(value, "spec", "replicas", 10));
        Assert.Equal(410, Assert.Throws<ApiException>(() => store.Watch("apps", "deployments", "ns", 1)).Code);
    }

    [Fact]
    public void Many_writers_with_optimistic_concurrency_lose_no_update()
    {
        store.Create(Key, Deployment(0));
        Parallel.For(0, 200, _ => store.Update(Key, value => Set(value, "spec", "replicas", value.Int("spec", "replicas")!.Value + 1)));
        Assert.Equal(200, store.Get(Key).Int("spec", "replicas"));
    }

    private static JsonObject Deployment(int replicas) => new() { ["spec"] = new JsonObject { ["replicas"] = replicas } };

    private static JsonObject Set(JsonObject value, string field, string inner, int number)
    {
        value.Child(field)[inner] = number;
        return value;
    }
}
