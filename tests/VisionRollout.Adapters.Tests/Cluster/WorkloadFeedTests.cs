using System.Text.Json.Nodes;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Tests.Cluster;

/// <summary>Following Deployments, pods and events on an API server, a real one where there is one.</summary>
public sealed class WorkloadFeedTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int Limit = 120_000;
    private const string Name = "business-service";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Changes_come_by_themselves_whatever_their_number_with_one_list_and_one_watch_of_each_kind()
    {
        await RemoveAsync();
        using var connection = server.Connect();
        var workloads = Workloads(connection);
        var before = await RequestsAsync();
        await using var feed = await workloads.FollowAsync(Token);
        Assert.Empty(feed.Read().Workloads);
        await CreateAsync(replicas: 0);
        await UntilAsync(feed, picture => picture.Workloads.Count == 1);
        for (var replicas = 1; replicas <= 20; replicas++) await AnnotateAsync($"{replicas}");
        await UntilAsync(feed, picture => picture.Workloads.Single().Annotations.GetValueOrDefault("count") == "20");
        await RemoveAsync();
        await UntilAsync(feed, picture => picture.Workloads.Count == 0);
        if (server.Rehearsal is null) return; // A real one has no count of its requests at hand.
        var asked = await RequestsAsync();
        foreach (var resource in (string[])["deployments", "pods", "events"])
            Assert.Equal((1, 1), (Difference("list", resource), Difference("watch", resource)));

        long Difference(string verb, string resource) => asked.GetValueOrDefault((verb, resource)) - before.GetValueOrDefault((verb, resource));
    }

    [Theory(Timeout = Limit)]
    [InlineData("watch-drop", 0.2)]
    [InlineData("watch-expired", null)]
    public async Task A_watch_that_is_cut_or_expired_misses_nothing(string fault, double? magnitude)
    {
        Assert.SkipWhen(server.Rehearsal is null, "A real API server has no faults to order.");
        var cluster = server.Rehearsal!;
        await RemoveAsync();
        using var connection = server.Connect();
        await using var feed = await Workloads(connection).FollowAsync(Token);
        var added = new List<string>();
        foreach (var (name, size) in ((string, double?)[])[(fault, magnitude), ("watch-drop", 0.2)])
            added.Add((string)(await cluster.AddFaultAsync(new JsonObject { ["name"] = name, ["magnitude"] = size }, Token))["id"]!);
        try
        {
            await CreateAsync(replicas: 0);
            await UntilAsync(feed, picture => picture.Workloads.Count == 1);
            for (var count = 1; count <= 10; count++)
            {
                await AnnotateAsync($"{count}");
                await UntilAsync(feed, picture => picture.Workloads.Single().Annotations.GetValueOrDefault("count") == $"{count}");
            }

            await RemoveAsync();
            await UntilAsync(feed, picture => picture.Workloads.Count == 0);
        }
        finally
        {
            foreach (var id in added) await cluster.RemoveFaultAsync(id, Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_refused_while_following_is_told_at_the_next_look()
    {
        var list = FakeServer.Answer(200, """{"metadata":{"resourceVersion":"7"},"items":[]}""");
        await using var fake = FakeCluster.Start(list, list, list, FakeServer.Status(403, "Forbidden", "pods is forbidden: cannot watch"));
        await using var feed = await Workloads(fake.Connection).FollowAsync(Token);
        RolloutException? failure = null;
        while (failure is null)
        {
            try
            {
                feed.Read();
                await Task.Delay(20, Token);
            }
            catch (RolloutException error)
            {
                failure = error;
            }
        }

        Assert.Equal(("KubernetesForbidden", RolloutErrorKind.AccessDenied), (failure.Id, failure.Kind));
    }

    [Fact(Timeout = Limit)]
    public async Task A_server_that_is_away_is_waited_for_and_the_picture_says_that_it_is_old()
    {
        var list = FakeServer.Answer(200, """{"metadata":{"resourceVersion":"7"},"items":[]}""");
        await using var fake = FakeCluster.Start(list, list, list, FakeServer.Status(503, "ServiceUnavailable", "etcd has no leader"));
        await using var feed = await Workloads(fake.Connection).FollowAsync(Token);
        Assert.Equal("", feed.Read().Trouble);
        await UntilAsync(feed, picture => picture.Trouble.Contains("etcd has no leader", StringComparison.Ordinal));
    }

    private static KubernetesWorkloads Workloads(KubernetesConnection connection) => new(connection, TestPlans.Make(new RolloutEndpoints()));

    private static async Task UntilAsync(IWorkloadFeed feed, Func<WorkloadPicture, bool> isThere)
    {
        while (!isThere(feed.Read())) await Task.Delay(20, Token);
    }

    private async Task<Dictionary<(string Verb, string Resource), long>> RequestsAsync() => server.Rehearsal is not { } cluster ? []
        : (await cluster.GetAsync("requests", Token)).AsArray().GroupBy(item => ((string)item!["verb"]!, (string)item["resource"]!)).ToDictionary(group => group.Key, group => group.Sum(item => (long)item!["count"]!));

    private Task<JsonObject> CreateAsync(int replicas) => server.CreateInAsync("apis/apps/v1", "deployments", new JsonObject
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = new JsonObject { ["name"] = Name },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "business" } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = "business" } },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "business", ["image"] = "registry.example/business:v1" }) },
            },
        },
    });

    private Task AnnotateAsync(string count) => Workloads(server.Connection).AnnotateAsync(Name, new Dictionary<string, string?> { ["count"] = count }, Token);

    private Task RemoveAsync() => Workloads(server.Connection).DeleteAsync(Name, Token);
}
