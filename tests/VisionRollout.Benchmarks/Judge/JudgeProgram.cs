using System.Diagnostics;
using System.Globalization;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>judge [--runs N] [--output FILE]: the judge's error rates and the traffic it takes, beside other rules on the same canaries.</summary>
internal static class JudgeProgram
{
    private const double Delta = 0.001;
    private const double Alpha = 0.05;
    private const double FixedSample = 6_913;
    private const string Own = "this judge";
    private const string Guarded = "this judge and its guard on late faults";

    private static readonly Scenario[] Scenarios =
    [
        new("identical", 0, 250, 60_000),
        new("identical, rate and traffic vary", 0, 250, 60_000) { Varies = true },
        new("identical, weights change", 0, 250, 60_000) { ChangesWeights = true },
        new("identical, bursts of five", 0, 250, 60_000) { Burst = 5 },
        new("+0.1 points", 0.001, 250, 60_000),
        new("+0.1 points, rate and traffic vary", 0.001, 250, 60_000) { Varies = true },
        new("+0.1 points, weights change", 0.001, 250, 60_000) { ChangesWeights = true },
        new("+0.1 points, bursts of five", 0.001, 250, 60_000) { Burst = 5 },
        new("+0.2 points", 0.002, 250, 60_000),
        new("+0.5 points", 0.005, 25, 12_000),
        new("+0.95 points (1 % errors)", 0.0095, 10, 3_000),
        new("+1 point", 0.01, 10, 3_000),
        new("+5 points", 0.05, 2, 400),
    ];

    private static readonly Dictionary<string, Func<ICanaryRule>> Rules = new()
    {
        [Own] = () => new EvidenceRule(),
        [Guarded] = () => new GuardedRule(guarded: true),
        ["threshold per poll, first failure (Argo Rollouts)"] = () => new ThresholdRule(Delta, 1),
        ["threshold per poll, fifth failure (Flagger)"] = () => new ThresholdRule(Delta, 5),
        ["Mann–Whitney on time series (Kayenta)"] = () => new RankRule(4),
        ["fixed sample, once"] = () => new FixedSampleRule(Delta, FixedSample, everyScrape: false),
        ["fixed sample, at every scrape"] = () => new FixedSampleRule(Delta, FixedSample, everyScrape: true),
    };

    // Twenty good readings, then the fault.
    private static readonly Scenario[] LateScenarios =
    [
        new("1 % errors, 250 canary requests a reading", 0.0095, 250, 20_000) { GoodFor = 5_000 },
        new("2 % errors, 250 canary requests a reading", 0.0195, 250, 20_000) { GoodFor = 5_000 },
        new("+0.5 points, 2,500 canary requests a reading", 0.005, 2_500, 200_000) { GoodFor = 50_000 },
        new("1 % errors, 2,500 canary requests a reading", 0.0095, 2_500, 200_000) { GoodFor = 50_000 },
        new("1 % errors, 2,500 canary requests a reading, bursts of five", 0.0095, 2_500, 200_000) { GoodFor = 50_000, Burst = 5 },
        new("1 % errors, 18,000 canary requests a reading", 0.0095, 18_000, 900_000) { GoodFor = 360_000 },
    ];

    private static readonly Dictionary<string, Func<ICanaryRule>> LateRules = new()
    {
        [Own] = () => new GuardedRule(guarded: false),
        [Guarded] = () => new GuardedRule(guarded: true),
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var runs = int.Parse(Option(arguments, "--runs") ?? "10000", CultureInfo.InvariantCulture);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            stop.Cancel();
        };
        var report = new JudgeReport(runs, Delta, Alpha);
        var clock = Stopwatch.StartNew();
        foreach (var scenario in Scenarios)
        {
            report.Add(scenario, MonteCarlo.Run(scenario, Rules, runs, stop.Token), Own);
            await Console.Error.WriteLineAsync($"{clock.Elapsed:mm\\:ss} {scenario.Name}");
        }

        foreach (var scenario in LateScenarios)
        {
            report.AddLate(scenario, MonteCarlo.Run(scenario, LateRules, runs, stop.Token));
            await Console.Error.WriteLineAsync($"{clock.Elapsed:mm\\:ss} {scenario.Name}");
        }

        var text = report.Markdown();
        if (Option(arguments, "--output") is { } file) await File.WriteAllTextAsync(file, text, stop.Token);
        else await Console.Out.WriteLineAsync(text);
        return 0;
    }

    private static string? Option(string[] arguments, string name)
    {
        var at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }
}
