using System.Globalization;
using System.Text.Json.Nodes;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Report;
using VisionRollout.Module.Tests.Rollout;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Canary;

/// <summary>Versions that are bad in the ways in which versions are bad: the judge stops each of them in the 5 % stage, takes it back, and the report
/// says after which time and how many requests of users.</summary>
[Collection(nameof(ClusterOfRollouts))]
public sealed class BadVersionTests(ClusterOfRollouts cluster)
{
    private const int Limit = 240_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData("errors", "error-rate", 10)]
    [InlineData("latency", "latency", 10)]
    [InlineData("slow burn", "error-rate", 30)]
    [InlineData("only one route", "error-rate", 15)]
    [InlineData("only one pod", "error-rate", 15)]
    [InlineData("only after ten minutes", "error-rate", 12)]
    public async Task It_is_stopped_and_the_report_tells_whom_it_reached(string kind, string trigger, int minutes)
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with { Timeline = [.. plan.Timeline.SkipWhile(phase => phase.Name != "Canary")], Canary = plan.Canary with { Stages = [new PlanStage(0.05, TimeSpan.FromMinutes(45))] } });
        await bench.DeployAsync();
        await bench.StartAsync();
        List<string> faults = [];
        try
        {
            foreach (var fault in await FaultsAsync(kind, bench)) faults.Add((string)(await cluster.Process.AddFaultAsync(fault, Token))["id"]!);
            var result = await bench.RunAsync("Invoke-RolloutPhase Canary -NoWait { Invoke-RolloutStep 'Canary at 5 %' { Start-Canary | Watch-Canary } }");
            Assert.StartsWith("RolloutRolledBack", result.OnlyErrorId(), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var id in faults) await cluster.Process.RemoveFaultAsync(id, Token);
        }

        Assert.Equal(("RolledBack", 3), await PhaseTests.StatusAsync(bench));
        Assert.Equal("green", (await bench.Session.World.Router.ReadAsync(Token)).LiveColour);
        var records = await bench.RecordsAsync();
        var (begin, end) = (records.First(record => record.Entry is CanaryStageStarted), records.Last(record => record.Entry is CanaryStageEnded));
        Assert.Equal(Verdict.NoGo, ((CanaryStageEnded)end.Entry).Verdict);
        Assert.InRange(end.At - begin.At, TimeSpan.Zero, TimeSpan.FromMinutes(minutes));
        Assert.Equal(trigger, records.Select(record => record.Entry).OfType<ContingencyStarted>().Single().Trigger);

        // The judge stopped it, not an alert or a dead pod.
        var last = records.Select(record => record.Entry).OfType<CanarySampled>().Last().Sample;
        Assert.Equal(Verdict.NoGo, last.Verdict);
        var story = ReportBuilder.Build(bench.Plan, records).Contingency.First(item => item.Title.StartsWith("The canary was stopped", StringComparison.Ordinal));
        Assert.Contains(last.Canary.Requests.ToString("N0", CultureInfo.InvariantCulture) + " requests of users", story.Detail, StringComparison.Ordinal);
        Assert.Contains(last.Canary.Errors.ToString("N0", CultureInfo.InvariantCulture) + " failed", story.Detail, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {story.Detail}");
    }

    private static async Task<JsonObject[]> FaultsAsync(string kind, RolloutBench bench)
    {
        var pod = kind == "only one pod" ? (await bench.Session.World.Workloads.ListPodsAsync("blue", Token))[0].Name : null;
        return kind switch
        {
            "errors" => [Errors(0.01)],
            "latency" => [new JsonObject { ["name"] = "latency", ["magnitude"] = 25, ["target"] = new JsonObject { ["version"] = "v1.1.0" } }],
            // A tenth of a point more every two minutes.
            "slow burn" => [.. Enumerable.Range(1, 12).Select(step => Errors(0.0003 + (0.001 * step), after: 120 * step, length: 120))],
            "only one route" => [Errors(0.02, service: "swarm")],
            "only one pod" => [Errors(0.02, pod: pod)],
            _ => [Errors(0.01, after: 600)],
        };
    }

    private static JsonObject Errors(double magnitude, int after = 0, int? length = null, string? service = null, string? pod = null)
    {
        var target = new JsonObject { ["version"] = "v1.1.0" };
        if (service is not null) target["service"] = service;
        if (pod is not null) target["pod"] = pod;
        var fault = new JsonObject { ["name"] = "error-rate", ["magnitude"] = magnitude, ["afterSeconds"] = after, ["target"] = target };
        if (length is { } seconds) fault["forSeconds"] = seconds;
        return fault;
    }
}
