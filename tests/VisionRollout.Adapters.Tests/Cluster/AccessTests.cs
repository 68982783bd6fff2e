using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Rehearsal;
using VisionRollout.Adapters.Traffic;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Leases;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Tests.Cluster;

/// <summary>The Role in the examples against what the adapters really ask of an API server.</summary>
public sealed class AccessTests(RehearsalWorld rehearsal) : IClassFixture<RehearsalWorld>
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private OutsideWorld World => rehearsal.World;

    [Theory]
    [InlineData("VirtualService", "httproutes")]
    [InlineData("HTTPRoute", "virtualservices")]
    public void The_example_Role_grants_the_rights_that_are_asked_for_and_no_others(string routeKind, string other) =>
        Assert.Equal(ClusterRights.For(routeKind).Select(Key).Order(StringComparer.Ordinal), Role().Where(right => right.Resource != other && (routeKind != "HTTPRoute" || right.Resource != "destinationrules")).Select(Key).Order(StringComparer.Ordinal));

    [Fact(Timeout = Limit)]
    public async Task The_rights_are_exactly_the_requests_that_an_API_server_sees()
    {
        await AskForEverythingAsync();
        var seen = (await rehearsal.Cluster.GetAsync("requests", Token)).AsArray().Select(item => item!.AsObject())
            .Where(item => ((string)item["group"]!) is not ("authentication.k8s.io" or "authorization.k8s.io") && (string)item["user"]! == "rehearsal-admin")
            .Select(item => $"{item["verb"]} {item["resource"]} {item["group"]}").ToHashSet(StringComparer.Ordinal);
        // Server-side apply of what does not exist is a patch that must be allowed to create.
        seen.Add("create deployments apps");
        Assert.Equal(ClusterRights.For("VirtualService").Select(Key).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.All(ClusterRights.For("VirtualService"), right => Assert.NotEmpty(right.Purpose));
    }

    [Fact(Timeout = Limit)]
    public async Task Who_may_do_everything_is_allowed_each_right()
    {
        foreach (var right in ClusterRights.For("VirtualService")) Assert.True((await World.Access.AskAsync(right, Token)).IsAllowed, Key(right));
    }

    private static string Key(ClusterRight right) => $"{right.Verb} {right.Resource} {right.Group}";

    private static IEnumerable<ClusterRight> Role()
    {
        var role = KubernetesYaml.LoadAllFromFileAsync(Path.Combine(Repository(), "examples", "rbac.yaml")).GetAwaiter().GetResult().OfType<V1Role>().Single();
        return from rule in role.Rules from api in rule.ApiGroups from resource in rule.Resources from verb in rule.Verbs select new ClusterRight(api, resource, verb, "");
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "VisionRollout.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private async Task UntilWatchedAsync()
    {
        while ((await rehearsal.Cluster.GetAsync("requests", Token)).AsArray().Count(item => (string)item!["verb"]! == "watch" && (string)item["user"]! == "rehearsal-admin") < 3) await Task.Delay(20, Token);
    }

    /// <summary>Every method of every port that reaches the cluster, once.</summary>
    private async Task AskForEverythingAsync()
    {
        var (workloads, service) = (World.Workloads, rehearsal.Business);
        Assert.DoesNotContain(await workloads.InspectAsync(service, "green", "blue", "v1.1.0", DateTimeOffset.UnixEpoch, Token), finding => finding.Verdict == Core.Evidence.Verdict.NoGo);
        await workloads.DeployAsync(service, "green", "blue", "v1.1.0", Token);
        await workloads.AnnotateAsync("business-service-blue", new Dictionary<string, string?> { ["keep-until"] = "2026-11-24T00:00:00Z" }, Token);
        await workloads.ScaleAsync("business-service-blue", 1, Token);
        await workloads.FindAsync(service, "blue", Token);
        await workloads.DeleteAsync("business-service-blue", Token);
        await workloads.ListAsync(null, Token);
        await using (await workloads.FollowAsync(Token)) await UntilWatchedAsync();
        await workloads.ReadUsageAsync(Token);
        var pod = (await workloads.ListPodsAsync("green", Token))[0];
        await workloads.ReadLogAsync(pod.Name, "business", 5, previous: false, Token);
        await World.Pods.ExecAsync("business-service", "business", ["true"], _ => { }, Token);
        await World.Pods.GetFromPodAsync(pod.Name, 8080, "/health", Token);
        await World.Pods.GetFromServiceAsync("vision-to-code-green", 80, "/health", Token);
        await World.Objects.ReadSecretAsync("business-database", Token);
        await World.Objects.ReadConfigurationAsync("business-config", "external.fallback", Token);
        await World.Objects.SetConfigurationAsync("business-config", "external.fallback", "off", Token);
        await World.Objects.WhoAmIAsync(Token);
        var route = await World.Router.ReadAsync(Token);
        var canary = await World.Router.WriteAsync(route, new Dictionary<string, double> { ["green"] = 0.95, ["blue"] = 0.05 }, null, isWayBack: false, Token);
        await World.Router.WriteAsync(canary, route.Weights, null, isWayBack: false, Token);
        using (var connection = new KubernetesConnection(World.Environment))
        {
            var subsets = World.Environment.Route with { Subsets = new Dictionary<string, string> { ["green"] = "green", ["blue"] = "blue" } };
            await Assert.ThrowsAsync<RolloutException>(() => new ClusterRouter(connection, subsets, World.Plan.Colours).WriteAsync(route, route.Weights, "blue", isWayBack: false, Token));
        }

        var lease = await new LeaseAcquisition(World.Leases, TimeProvider.System).AcquireAsync(new LeaseRequest("production", "me", TimeSpan.FromSeconds(30)), Token);
        await lease.DisposeAsync();
        var journal = World.Journals.Open("r1");
        await journal.AppendAsync(1, "one"u8.ToArray(), Token);
        await journal.AppendAsync(2, "two"u8.ToArray(), Token);
        await journal.ReadAsync(0, Token);
        await World.Journals.ListAsync(Token);
    }
}
