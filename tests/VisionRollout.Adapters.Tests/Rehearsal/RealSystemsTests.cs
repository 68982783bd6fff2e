using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Rehearsal;

/// <summary>The same adapters against real systems, where variables say where these are: VISIONROLLOUT_TEST_KUBECONFIG,
/// VISIONROLLOUT_TEST_PROMETHEUS, VISIONROLLOUT_TEST_ALERTMANAGER. They only read.</summary>
public sealed class RealSystemsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_real_API_server_knows_us_and_lists_Deployments()
    {
        using var world = World(new RolloutEndpoints { KubeConfig = Variable("VISIONROLLOUT_TEST_KUBECONFIG") });

        Assert.NotEmpty(await world.Objects.WhoAmIAsync(Token));
        Assert.NotNull(await world.Workloads.ListAsync(null, Token));
        Assert.NotNull(await world.Workloads.ListPodsAsync(null, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_real_Prometheus_understands_every_query()
    {
        using var world = World(new RolloutEndpoints { Prometheus = new Uri(Variable("VISIONROLLOUT_TEST_PROMETHEUS")) });

        var reading = await world.Metrics.ReadAsync(["no-such.deployment"], DateTimeOffset.UtcNow, Token);

        Assert.Equal("no series: istio_requests_total of no-such.deployment", Assert.Single(reading.Problems));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_real_Alertmanager_lists_its_alerts()
    {
        using var world = World(new RolloutEndpoints { Alertmanager = new Uri(Variable("VISIONROLLOUT_TEST_ALERTMANAGER")) });

        Assert.NotNull(await world.Alerts.ReadAsync(Token));
    }

    private static string Variable(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Assert.SkipWhen(string.IsNullOrEmpty(value), $"{name} is not set.");
        return value!;
    }

    private static OutsideWorld World(RolloutEndpoints endpoints)
    {
        var plan = TestPlans.Make(endpoints);
        return new OutsideWorld(plan, plan.Environment());
    }
}
