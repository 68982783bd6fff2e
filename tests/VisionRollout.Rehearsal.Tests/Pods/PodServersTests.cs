using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Pods;
using VisionRollout.Rehearsal.Tests.Mesh;

namespace VisionRollout.Rehearsal.Tests.Pods;

public sealed class PodServersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Health_reports_externals_and_peers_and_fails_when_an_external_is_down()
    {
        await using var world = await TestWorld.StartAsync();
        var pod = world.ReadyPods("blue").First(candidate => candidate.Service == "business");
        var (status, healthy) = await world.AskPodAsync(pod.Name, "/health");
        Assert.Equal(200, status);
        Assert.Equal("pass", (string?)healthy!["status"]);
        Assert.Equal("pass", (string?)healthy["checks"]!["external:payments"]![0]!["status"]);
        Assert.Equal("pass", (string?)healthy["checks"]!["mesh:core"]![0]!["status"]);

        world.Fault(new ActiveFault(FaultNames.ExternalService, null, null, null, null, null));
        var (failing, down) = await world.AskPodAsync(pod.Name, "/health");
        Assert.Equal(503, failing);
        Assert.Equal("fail", (string?)down!["checks"]!["external:payments"]![0]!["status"]);

        world.Put("", "configmaps", """{ "metadata": { "name": "business-config" }, "data": { "external.fallback": "on" } }""");
        var (fallback, warned) = await world.AskPodAsync(pod.Name, "/health");
        Assert.Equal(200, fallback);
        Assert.Equal("warn", (string?)warned!["status"]);
        Assert.Contains("fallback in use", (string?)warned["checks"]!["external:payments"]![0]!["output"], StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Broken_service_communication_fails_calls_between_the_services_of_the_target_only()
    {
        await using var world = await TestWorld.StartAsync();
        world.Fault(new ActiveFault(FaultNames.ServiceCommunication, null, null, "v1.1.0", null, null));
        var blue = world.ReadyPods("blue").First(pod => pod.Service == "business").Name;
        var green = world.ReadyPods("green").First(pod => pod.Service == "business").Name;

        var (broken, answer) = await world.AskPodAsync(blue, "/core/items");
        Assert.Equal(503, broken);
        Assert.Equal(blue, (string?)answer!["pod"]);
        Assert.Equal("fail", (string?)(await world.AskPodAsync(blue, "/health")).Body!["checks"]!["mesh:core"]![0]!["status"]);
        Assert.Equal(200, (await world.AskPodAsync(blue, "/business/items")).Status);
        Assert.Equal(200, (await world.AskPodAsync(green, "/core/items")).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_that_does_not_exist_stays_in_ImagePullBackOff()
    {
        await using var world = await TestWorld.StartAsync(idleVersion: "v9.9.9");
        var pods = world.Store.List("", "pods", world.Scenario.Namespace).Where(pod => (string?)pod["metadata"]!["labels"]!["deployment-color"] == "blue").ToArray();

        Assert.Equal(5, pods.Length);
        Assert.All(pods, pod => Assert.Equal("ImagePullBackOff", (string?)pod["status"]!["containerStatuses"]![0]!["state"]!["waiting"]!["reason"]));
        Assert.Empty(world.ReadyPods("blue"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_crash_loop_takes_running_pods_out_and_they_come_back_when_it_ends()
    {
        await using var world = await TestWorld.StartAsync();
        var pod = world.ReadyPods("blue")[0];
        world.Fault(new ActiveFault(FaultNames.CrashLoop, null, "blue", null, null, null));
        await world.AdvanceAsync(TimeSpan.FromSeconds(31));
        Assert.Empty(world.ReadyPods("blue"));
        Assert.Equal(5, world.ReadyPods("green").Count);
        Assert.Equal("CrashLoopBackOff", Waiting(world, pod));
        Assert.Contains(await LinesAsync(world, pod), line => line.Contains("fatal:", StringComparison.Ordinal));

        world.Fault();
        await world.AdvanceAsync(TimeSpan.FromMinutes(12));
        Assert.Equal(5, world.ReadyPods("blue").Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pods_that_never_get_ready_run_but_serve_nothing()
    {
        await using var world = await TestWorld.StartAsync(idleVersion: null);
        world.Fault(new ActiveFault(FaultNames.NeverReady, null, null, "v1.1.0", null, null));
        world.Deploy("blue", "v1.1.0");
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(world.ReadyPods("blue"));
        Assert.Equal(5, world.Get<PodServers>().Running.Count(pod => pod.Colour == "blue"));

        world.Fault();
        await world.AdvanceAsync(TimeSpan.FromSeconds(31));
        Assert.Equal(5, world.ReadyPods("blue").Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_log_has_start_and_requests_and_can_be_followed_to_the_pods_end()
    {
        await using var world = await TestWorld.StartAsync();
        var pod = world.ReadyPods("green").First(candidate => candidate.Service == "core");
        await world.AskPodAsync(pod.Name, "/core/one");
        var followed = LinesAsync(world, pod, follow: true);
        await world.AskPodAsync(pod.Name, "/core/two");
        world.Store.Update(new ObjectKey("", "pods", pod.Namespace, pod.Name), value =>
        {
            value["metadata"]!["deletionTimestamp"] = ObjectStore.Timestamp(world.Clock.Now);
            return value;
        });
        var lines = await followed;

        Assert.Contains(lines, line => line.StartsWith("listening on 127.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("GET /core/one 200", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("GET /core/two 200", StringComparison.Ordinal));
        Assert.Equal("stopped", lines[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_rehearsals_side_by_side_do_not_share_addresses()
    {
        await using var one = await TestWorld.StartAsync();
        await using var other = await TestWorld.StartAsync();
        var addresses = one.Get<MeshView>().Current.Ready.Concat(other.Get<MeshView>().Current.Ready).Select(endpoint => endpoint.Address).ToArray();

        Assert.Equal(20, addresses.Length);
        Assert.Equal(20, addresses.Distinct().Count());
    }

    private static string? Waiting(TestWorld world, PodIdentity pod)
    {
        var found = world.Store.Get(new ObjectKey("", "pods", pod.Namespace, pod.Name));
        return (string?)found!["status"]!["containerStatuses"]![0]!["state"]!["waiting"]?["reason"];
    }

    private static async Task<List<string>> LinesAsync(TestWorld world, PodIdentity pod, bool follow = false)
    {
        var lines = new List<string>();
        await foreach (var line in world.Get<IPodLogs>().ReadAsync(new PodLogRequest(pod.Namespace, pod.Name, pod.Container, follow, null, null, false, false), Token))
            lines.Add(line);
        return lines;
    }
}
