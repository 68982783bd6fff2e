using System.Management.Automation;
using System.Text.Json.Nodes;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Workloads;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Deployment;

[Collection(nameof(ClusterOfRollouts))]
public sealed class DeploymentCmdletTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task One_bad_service_in_four_leaves_three_deployed_and_one_error()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var result = await bench.RunAsync("'business', 'nobody', 'swarm', 'development' | Deploy-Service");
        Assert.Null(result.Failure);
        Assert.Equal(["business", "swarm", "development"], result.As<Workload>().Select(workload => workload.Service));
        var error = Assert.Single(result.Errors);
        Assert.Equal(("nobody", ErrorCategory.ObjectNotFound), (error.TargetObject, error.CategoryInfo.Category));
        Assert.Equal(3, (await bench.JournalAsync()).OfType<ServiceDeployed>().Count());
        var caught = await bench.RunAsync("try { 'nobody' | Deploy-Service -ErrorAction Stop } catch { 'caught ' + $_.FullyQualifiedErrorId }");
        Assert.StartsWith("caught ServiceNotFound", Assert.Single(caught.As<string>()), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_certain_to_go_wrong_is_not_deployed_unless_forced()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with { Services = [.. plan.Services.Select(service => service.Name == "core" ? service with { LongestRequest = TimeSpan.FromSeconds(60) } : service)] });
        await bench.StartAsync();
        await bench.Session.World.Workloads.DeleteAsync("core-service-blue", TestContext.Current.CancellationToken);
        var result = await bench.RunAsync("Get-RolloutService business, core | Deploy-Service");
        Assert.Equal("business", Assert.Single(result.As<Workload>()).Service);
        Assert.StartsWith("DeploymentUnfit", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("Raise terminationGracePeriodSeconds to 65", result.AllText, StringComparison.Ordinal);
        var forced = await bench.RunAsync("Get-RolloutService core | Deploy-Service -Force");
        Assert.Equal("core", Assert.Single(forced.As<Workload>()).Service);
        await bench.DeployAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_colour_that_is_kept_for_the_way_back_is_not_deployed_over_unless_forced()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.Session.World.Workloads.AnnotateAsync("core-service-blue", new Dictionary<string, string?> { ["keep-until"] = "2099-01-01T00:00:00Z" }, TestContext.Current.CancellationToken);
        try
        {
            Assert.Single((await bench.RunAsync("Deploy-Service core -Version v1.1.0 -Colour blue")).As<Workload>()); // the version that is kept
            var refused = await bench.RunAsync("Deploy-Service core -Version v1.2.0 -Colour blue");
            Assert.StartsWith("ColourKept", refused.OnlyErrorId(), StringComparison.Ordinal);
            Assert.Contains("2099-01-01", refused.AllText, StringComparison.Ordinal);
        }
        finally
        {
            await bench.Session.World.Workloads.AnnotateAsync("core-service-blue", new Dictionary<string, string?> { ["keep-until"] = null }, TestContext.Current.CancellationToken);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task The_first_service_is_out_before_the_last_is_deployed()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var result = await bench.RunAsync("Get-RolloutService | Deploy-Service | ForEach-Object { $_; throw 'enough' }");
        Assert.Equal("business", Assert.Single(result.As<Workload>()).Service);
        Assert.Single((await bench.JournalAsync()).OfType<ServiceDeployed>());
    }

    [Fact(Timeout = Limit)]
    public async Task Ctrl_C_ends_the_watch_of_a_deployment_that_does_not_get_ready()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, realTime: true);
        await bench.StartAsync();
        var run = bench.Host.Start("Watch-Deployment -Deployment no-such-deployment -Timeout 1:00:00");
        await run.UntilProgressAsync("Watching the deployment");
        await run.StopWithinAsync(TimeSpan.FromSeconds(4));
        Assert.IsType<PipelineStoppedException>((await run.ResultAsync()).Failure);
    }

    [Fact(Timeout = Limit)]
    public async Task A_colour_is_tested_with_every_finding()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.DeployAsync();
        await bench.StartAsync();
        var test = Assert.Single((await bench.RunAsync("Test-Deployment blue")).As<DeploymentTest>());
        Assert.Equal(("blue", Verdict.Go, ""), (test.Colour, test.Verdict, test.Reason));
        Assert.Equal(["DatabaseConnections", "ExternalIntegrations", "Features", "HealthChecks", "Metrics", "PodsReady"], test.Findings.Select(finding => finding.Criterion).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Verdict.Go, Assert.Single((await bench.JournalAsync()).OfType<EvidenceTaken>()).Verdict);
    }

    [Fact(Timeout = Limit)]
    public async Task A_failing_external_system_makes_a_colour_unfit()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var token = TestContext.Current.CancellationToken;
        var fault = await cluster.Process.AddFaultAsync(new() { ["name"] = "external-service", ["target"] = new JsonObject { ["service"] = "business" } }, token);
        try
        {
            var result = await bench.RunAsync("Test-Deployment green; (Test-Deployment green -PassThru).Verdict");
            Assert.StartsWith("DeploymentUnfit", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(Verdict.NoGo, Assert.Single(result.Output).BaseObject);
            Assert.Contains("payments", result.AllText, StringComparison.Ordinal);
        }
        finally
        {
            await cluster.Process.RemoveFaultAsync((string)fault["id"]!, token);
        }
    }
}
