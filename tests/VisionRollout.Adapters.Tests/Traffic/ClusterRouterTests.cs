using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Traffic;

public sealed class ClusterRouterTests
{
    private static readonly Dictionary<string, double> Canary = new() { ["green"] = 0.95, ["blue"] = 0.05 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Managers_and_time_of_the_weights_come_from_managedFields()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, VirtualService("7", 100, 0)));

        var route = await Router(cluster).ReadAsync(Token);

        Assert.Equal(["helm", "kubectl-patch"], route.Managers);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero), route.ChangedAt);
        Assert.Equal(("7", 1.0, "green"), (route.ResourceVersion, route.Weights["green"], route.LiveColour));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_write_sends_only_the_entries_and_the_version_that_it_starts_from()
    {
        await using var cluster = FakeCluster.Start(
            FakeServer.Answer(200, VirtualService("7", 100, 0)), FakeServer.Answer(200, VirtualService("7", 100, 0)), FakeServer.Answer(200, VirtualService("8", 95, 5)));
        var router = Router(cluster);

        var stored = await router.WriteAsync(await router.ReadAsync(Token), Canary, null, isWayBack: false, Token);

        Assert.Equal(("8", 0.05), (stored.ResourceVersion, stored.Weights["blue"]));
        var patch = cluster.Server!.Requests[^1];
        Assert.Equal("PATCH", patch.Method);
        Assert.StartsWith("application/merge-patch+json", patch.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("fieldManager=visionrollout", patch.PathAndQuery, StringComparison.Ordinal);
        var body = JsonNode.Parse(patch.Body)!.AsObject();
        Assert.Equal("7", (string?)body["metadata"]!["resourceVersion"]);
        Assert.Equal(["metadata", "spec"], body.Select(member => member.Key));
        Assert.Equal(["http"], body["spec"]!.AsObject().Select(member => member.Key));
    }

    [Fact(Timeout = 120_000)]
    public async Task Nothing_is_written_when_the_route_is_as_wanted()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, VirtualService("7", 95, 5)));
        var router = Router(cluster);

        await router.WriteAsync(await router.ReadAsync(Token), Canary, null, isWayBack: false, Token);

        Assert.All(cluster.Server!.Requests, request => Assert.Equal("GET", request.Method));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_change_by_somebody_else_since_the_read_is_a_conflict_and_nothing_is_written()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, VirtualService("7", 100, 0)), FakeServer.Answer(200, VirtualService("9", 80, 20)));
        var router = Router(cluster);

        var error = await Assert.ThrowsAsync<RolloutException>(async () => await router.WriteAsync(await router.ReadAsync(Token), Canary, null, isWayBack: false, Token));

        Assert.Equal(("RouteChanged", RolloutErrorKind.Conflict), (error.Id, error.Kind));
        Assert.Contains("kubectl-patch", error.Message, StringComparison.Ordinal);
        Assert.All(cluster.Server!.Requests, request => Assert.Equal("GET", request.Method));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_change_by_somebody_else_at_the_write_is_a_conflict()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, VirtualService("7", 100, 0)), FakeServer.Answer(200, VirtualService("7", 100, 0)),
            FakeServer.Status(409, "Conflict", "the object has been modified"), FakeServer.Answer(200, VirtualService("9", 80, 20)));
        var router = Router(cluster);

        var error = await Assert.ThrowsAsync<RolloutException>(async () => await router.WriteAsync(await router.ReadAsync(Token), Canary, null, isWayBack: false, Token));

        Assert.Equal(("RouteChanged", RolloutErrorKind.Conflict), (error.Id, error.Kind));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_write_whose_answer_was_lost_is_recognised_as_done()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, VirtualService("7", 100, 0)), FakeServer.Answer(200, VirtualService("7", 100, 0)),
            FakeServer.Reset, FakeServer.Status(409, "Conflict", "the object has been modified"), FakeServer.Answer(200, VirtualService("8", 95, 5)));
        var router = Router(cluster);

        var stored = await router.WriteAsync(await router.ReadAsync(Token), Canary, null, isWayBack: false, Token);

        Assert.Equal(("8", 0.05), (stored.ResourceVersion, stored.Weights["blue"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_conflict_although_nothing_has_changed_is_tried_again()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, VirtualService("7", 100, 0)), FakeServer.Answer(200, VirtualService("7", 100, 0)),
            FakeServer.Status(409, "Conflict", "please apply your changes"), FakeServer.Answer(200, VirtualService("7", 100, 0)), FakeServer.Answer(200, VirtualService("8", 95, 5)));
        var router = Router(cluster);

        var stored = await router.WriteAsync(await router.ReadAsync(Token), Canary, null, isWayBack: false, Token);

        Assert.Equal("8", stored.ResourceVersion);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_older_Istio_is_asked_by_its_older_version()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(404, "404 page not found"), FakeServer.Answer(200, VirtualService("7", 100, 0)));

        await Router(cluster).ReadAsync(Token);

        Assert.Contains("/networking.istio.io/v1beta1/", cluster.Server!.Requests[^1].PathAndQuery, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_route_that_does_not_exist_is_named()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Status(404, "NotFound", "not found"));

        var error = await Assert.ThrowsAsync<RolloutException>(() => Router(cluster).ReadAsync(Token));

        Assert.Equal("RouteNotFound", error.Id);
        Assert.Contains("VirtualService 'vision-to-code'", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_unknown_kind_of_route_is_named()
    {
        await using var cluster = FakeCluster.Start(static (HttpListenerResponse _) => { });

        var error = Assert.Throws<RolloutException>(() => new ClusterRouter(cluster.Connection, TestPlans.Route with { Kind = "Ingress" }, cluster.Plan.Colours));

        Assert.Equal("RouteKindUnknown", error.Id);
    }

    private static ClusterRouter Router(FakeCluster cluster) => new(cluster.Connection, TestPlans.Route, new PlanColours("deployment-color", ["green", "blue"]));

    private static string VirtualService(string version, int green, int blue) => $$"""
        { "metadata": { "name": "vision-to-code", "resourceVersion": "{{version}}", "managedFields": [
            { "manager": "kubectl-patch", "time": "2026-11-23T09:00:00Z", "fieldsV1": { "f:spec": { "f:http": {} } } },
            { "manager": "istiod", "time": "2026-11-23T09:30:00Z", "fieldsV1": { "f:status": {} } },
            { "manager": "helm", "time": "2026-11-01T09:00:00Z", "fieldsV1": { "f:spec": { "f:hosts": {}, "f:http": {} } } } ] },
          "spec": { "hosts": ["x"], "http": [ { "route": [
            { "destination": { "host": "vision-to-code-green" }, "weight": {{green}} }, { "destination": { "host": "vision-to-code-blue" }, "weight": {{blue}} } ] } ] } }
        """;
}
