using VisionRollout.Core.Errors;
using VisionRollout.Core.Messages;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Tests.Rehearsal;

/// <summary>Every adapter against the rehearsal cluster's real protocols. The tests share a cluster, so each looks only at what it made itself.</summary>
public sealed class RehearsalWorldTests(RehearsalWorld rehearsal) : IClassFixture<RehearsalWorld>
{
    private const int Limit = 180_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private OutsideWorld World => rehearsal.World;

    private PlanService Business => rehearsal.Business;

    [Fact(Timeout = Limit)]
    public async Task The_live_colour_is_listed_with_its_pods_version_and_limits()
    {
        var workload = Assert.Single(await World.Workloads.ListAsync("green", Token));
        var pods = await World.Workloads.ListPodsAsync("green", Token);

        Assert.Equal(("business", "business-service", "v1.0.0", 2, true, ""), (workload.Service, workload.Deployment, workload.Version, workload.Ready, workload.IsReady, workload.Stalled));
        Assert.Equal(2, pods.Count);
        Assert.All(pods, pod => Assert.Equal(("business", "business-service", true, 0.5, 512.0 * 1024 * 1024), (pod.Service, pod.Deployment, pod.Ready, pod.CpuLimit, pod.MemoryLimit)));
        var usage = await World.Workloads.ReadUsageAsync(Token);
        Assert.All(pods, pod => Assert.InRange(usage.Single(item => item.Pod == pod.Name).Cpu, 0.001, 0.5));
    }

    [Fact(Timeout = Limit)]
    public async Task A_colour_is_deployed_becomes_ready_and_is_not_touched_again()
    {
        var (made, changed) = await World.Workloads.DeployAsync(Business, "green", "blue", "v1.1.0", Token);
        Assert.Equal(("v1.1.0", 2, true, false), (made.Version, made.Desired, changed, made.IsReady));

        var ready = await BlueReadyAsync();
        Assert.Equal(("v1.1.0", 2, 2), (ready.Version, ready.Ready, ready.Updated));
        Assert.All(await World.Workloads.ListPodsAsync("blue", Token), pod => Assert.Equal("business-service-blue", pod.Deployment));
        Assert.Equal(2, (await World.Workloads.FindAsync(Business, "green", Token))!.Ready);

        var again = await World.Workloads.DeployAsync(Business, "green", "blue", "v1.1.0", Token);
        Assert.False(again.Changed);
        await using var feed = await World.Workloads.FollowAsync(Token);
        Assert.Contains(feed.Read().Events, item => item.Subject.Contains("business-service-blue", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task A_version_that_does_not_exist_is_told_by_its_pods()
    {
        var other = Business with { Deployments = new Dictionary<string, string> { ["green"] = "business-service", ["blue"] = "business-service-blue" } };
        await World.Workloads.DeployAsync(other, "green", "blue", "v9.9.9", Token);
        await rehearsal.Cluster.AdvanceAsync(TimeSpan.FromSeconds(30), Token);

        var pods = await World.Workloads.ListPodsAsync("blue", Token);
        Assert.Contains(pods, pod => pod.Waiting.Contains("ImagePull", StringComparison.Ordinal) && !pod.Ready);

        await World.Workloads.DeleteAsync("business-service-blue", Token);
        Assert.Null(await World.Workloads.FindAsync(Business, "blue", Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Weights_and_header_route_are_written_read_back_and_guarded()
    {
        var before = await World.Router.ReadAsync(Token);
        Assert.Equal((1.0, "green"), (before.Weights["green"], before.LiveColour));

        var canary = await World.Router.WriteAsync(before, Weights(0.95, 0.05), "blue", isWayBack: false, Token);
        Assert.Equal((0.05, "blue"), (canary.Weights["blue"], canary.HeaderColour));
        Assert.NotEqual(before.ResourceVersion, canary.ResourceVersion);
        Assert.Equal("visionrollout", canary.Managers[^1]);

        var error = await Assert.ThrowsAsync<RolloutException>(() => World.Router.WriteAsync(before, Weights(0, 1), null, isWayBack: false, Token));
        Assert.Equal("RouteChanged", error.Id);

        var back = await World.Router.WriteAsync(canary, Weights(1, 0), null, isWayBack: false, Token);
        Assert.Equal((1.0, null), (back.Weights["green"], back.HeaderColour));
    }

    [Fact(Timeout = Limit)]
    public async Task A_command_runs_in_a_pod_with_its_output_and_exit_code()
    {
        var lines = new List<string>();
        var done = await World.Pods.ExecAsync("business-service", "business", ["mix", "ecto.migrate", "--log-sql"], lines.Add, Token);

        Assert.Equal(0, done.ExitCode);
        Assert.StartsWith("business-service-", done.Pod, StringComparison.Ordinal);
        Assert.NotEmpty(lines);
        Assert.Equal(lines.TakeLast(50), done.LastLines);

        var failed = await World.Pods.ExecAsync("business-service", "business", ["mix", "no.such.task"], _ => { }, Token);
        Assert.NotEqual(0, failed.ExitCode);
    }

    [Fact(Timeout = Limit)]
    public async Task A_command_in_a_container_that_does_not_exist_is_refused()
    {
        var error = await Assert.ThrowsAsync<RolloutException>(() => World.Pods.ExecAsync("business-service", "nginx", ["true"], _ => { }, Token));
        Assert.Equal("ContainerNotFound", error.Id);
        Assert.Contains("business", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Pods_and_Services_are_reached_through_the_API_server()
    {
        var pod = (await World.Workloads.ListPodsAsync("green", Token))[0];

        var health = await World.Pods.GetFromPodAsync(pod.Name, Business.Port, Business.HealthPath, Token);
        var service = await World.Pods.GetFromServiceAsync("vision-to-code-green", 80, "/readyz", Token);

        Assert.Equal((200, 200), (health.Status, service.Status));
        Assert.Contains("status", health.Body, StringComparison.Ordinal);
        Assert.NotNull(await World.Workloads.ReadLogAsync(pod.Name, "business", 10, previous: false, Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Secrets_settings_and_our_own_name_are_read()
    {
        var secret = await World.Objects.ReadSecretAsync("business-database", Token);
        Assert.All(["host", "port", "database", "username", "password"], key => Assert.NotEmpty(secret[key]));

        Assert.Null(await World.Objects.ReadConfigurationAsync("business-config", "unknown", Token));
        await World.Objects.SetConfigurationAsync("business-config", "external.fallback", "on", Token);
        Assert.Equal("on", await World.Objects.ReadConfigurationAsync("business-config", "external.fallback", Token));
        Assert.Equal("info", await World.Objects.ReadConfigurationAsync("business-config", "log.level", Token));

        await World.Objects.SetConfigurationAsync("made-by-us", "key", "value", Token);
        Assert.Equal("value", await World.Objects.ReadConfigurationAsync("made-by-us", "key", Token));
        Assert.NotEmpty(await World.Objects.WhoAmIAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Annotations_are_merged_and_removed()
    {
        await World.Workloads.AnnotateAsync("business-service", new Dictionary<string, string?> { ["keep-until"] = "2026-11-24T13:00:00Z", ["a"] = "b" }, Token);
        await World.Workloads.AnnotateAsync("business-service", new Dictionary<string, string?> { ["a"] = null }, Token);

        var workload = (await World.Workloads.FindAsync(Business, "green", Token))!;
        Assert.Equal("2026-11-24T13:00:00Z", workload.Annotations["keep-until"]);
        Assert.DoesNotContain("a", workload.Annotations.Keys);
    }

    [Fact(Timeout = Limit)]
    public async Task Counters_of_every_live_pod_grow_with_time()
    {
        var first = await World.Metrics.ReadAsync(["business-service"], await World.Clock.GetNowAsync(Token), Token);
        await World.Clock.WaitUntilAsync(first.At + TimeSpan.FromMinutes(1), Token);
        var second = await World.Metrics.ReadAsync(["business-service"], await World.Clock.GetNowAsync(Token), Token);

        Assert.Empty(second.Problems);
        Assert.True(second.At >= first.At + TimeSpan.FromMinutes(1));
        var grown = second.Pods.Sum(pod => pod.Requests) - first.Pods.Sum(pod => pod.Requests);
        Assert.InRange(grown, 30_000, 120_000);
        Assert.All(second.Pods.Where(pod => !pod.Pod.StartsWith('(')), pod =>
        {
            Assert.Equal(pod.Requests, pod.Latency[^1].Count);
            Assert.Equal(double.PositiveInfinity, pod.Latency[^1].UpperEdge);
        });
    }

    [Fact(Timeout = Limit)]
    public async Task A_fault_that_alerts_is_seen_as_an_active_alert()
    {
        var known = (await World.Alerts.ReadAsync(Token)).Count;
        var fault = await rehearsal.Cluster.AddFaultAsync(new() { ["name"] = "alert" }, Token);
        await rehearsal.Cluster.AdvanceAsync(TimeSpan.FromMinutes(1), Token);

        var alerts = await World.Alerts.ReadAsync(Token);
        await rehearsal.Cluster.RemoveFaultAsync((string)fault["id"]!, Token);

        Assert.True(alerts.Count > known);
        Assert.Contains(alerts, alert => alert.Severity == "critical" && alert.Name.Length > 0 && alert.StartedAt > DateTimeOffset.UnixEpoch);
    }

    [Fact(Timeout = Limit)]
    public async Task Messages_arrive_with_their_key()
    {
        var message = new RolloutMessage("r1/Started", "#deployment-status", "Upgrade", "[09:00] 🚀 started", "in_progress", await World.Clock.GetNowAsync(Token));
        await World.Channel(new PlanChannel("#deployment-status", ChannelKind.Chat, "")).SendAsync(message, Token);
        await World.Channel(new PlanChannel("Status page", ChannelKind.StatusPage, "")).SendAsync(message, Token);

        var hooks = (await rehearsal.Cluster.GetAsync("hooks", Token)).AsArray();
        Assert.Equal(["chat", "status"], hooks.Select(hook => (string)hook!["hook"]!));
        Assert.All(hooks, hook => Assert.Equal("r1/Started", (string?)hook!["body"]!["message_id"]));
        Assert.Equal("[09:00] 🚀 started", (string?)hooks[0]!["body"]!["text"]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_busy_API_server_is_waited_for()
    {
        var fault = await rehearsal.Cluster.AddFaultAsync(new() { ["name"] = "api-throttle", ["magnitude"] = 1 }, Token);
        var reading = World.Workloads.ListAsync("green", Token);
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), Token));
        Assert.False(reading.IsCompleted);

        await rehearsal.Cluster.RemoveFaultAsync((string)fault["id"]!, Token);

        Assert.Single(await reading);
    }

    [Fact(Timeout = Limit)]
    public async Task An_API_server_that_fails_and_conflicts_half_the_time_is_worked_with()
    {
        var faults = new List<string>();
        foreach (var name in (string[])["api-error", "api-conflict"]) faults.Add((string)(await rehearsal.Cluster.AddFaultAsync(new() { ["name"] = name }, Token))["id"]!);

        var before = await World.Router.ReadAsync(Token);
        var moved = await World.Router.WriteAsync(before, Weights(0.9, 0.1), null, isWayBack: false, Token);
        await World.Router.WriteAsync(moved, Weights(1, 0), null, isWayBack: false, Token);
        await World.Workloads.AnnotateAsync("business-service", new Dictionary<string, string?> { ["faulty"] = "yes" }, Token);
        var version = await World.Pods.ExecAsync("business-service", "business", ["mix", "ecto.migrations"], _ => { }, Token);

        foreach (var fault in faults) await rehearsal.Cluster.RemoveFaultAsync(fault, Token);
        Assert.Equal(0.1, moved.Weights["blue"]);
        Assert.Equal(0, version.ExitCode);
    }

    private static Dictionary<string, double> Weights(double green, double blue) => new() { ["green"] = green, ["blue"] = blue };

    private async Task<Workload> BlueReadyAsync()
    {
        for (var attempt = 0; attempt < 30; attempt++)
        {
            await rehearsal.Cluster.AdvanceAsync(TimeSpan.FromSeconds(10), Token);
            if (await World.Workloads.FindAsync(Business, "blue", Token) is { IsReady: true } ready) return ready;
        }

        throw new InvalidOperationException("The blue Deployment did not become ready within five minutes.");
    }
}
