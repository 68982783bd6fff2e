using System.Globalization;
using System.Text;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>The tables of the Monte-Carlo benchmark as Markdown.</summary>
internal sealed class JudgeReport(int runs, double delta, double alpha)
{
    private readonly StringBuilder own = new();
    private readonly StringBuilder limit = new();
    private readonly StringBuilder others = new();
    private readonly StringBuilder late = new();

    public void Add(Scenario scenario, IReadOnlyDictionary<string, RuleResult> results, string name)
    {
        var result = results[name];
        Row(own, scenario.Name, Number(scenario.Horizon), Percent(result, RuleAnswer.Go), Percent(result, RuleAnswer.NoGo), Percent(result, RuleAnswer.Regression),
            Requests(result, RuleAnswer.Go), Requests(result, RuleAnswer.NoGo), Requests(result, RuleAnswer.Regression));
        foreach (var (rule, answer) in results) Row(others, scenario.Name, rule, Percent(answer, RuleAnswer.Go), Percent(answer, RuleAnswer.NoGo));
        if (scenario is not { Rise: > 0, Burst: 1, Varies: false, ChangesWeights: false }) return;
        var bound = WaldBound.CanaryRequests(Scenario.BaselineRate + scenario.Rise, Scenario.BaselineRate, Scenario.Share, alpha);
        var mean = result.Mean(RuleAnswer.Regression, scenario.Horizon);
        Row(limit, scenario.Name, Number(mean), Number(bound), (mean / bound).ToString("0.00", CultureInfo.InvariantCulture));
    }

    /// <summary>A fault that begins late: readings from its first one until the NoGo.</summary>
    public void AddLate(Scenario scenario, IReadOnlyDictionary<string, RuleResult> results)
    {
        foreach (var (rule, result) in results)
        {
            string Readings(double share) => Number((result.Quantile(RuleAnswer.NoGo, share) - scenario.GoodFor) / scenario.Step);
            Row(late, scenario.Name, rule, Percent(result, RuleAnswer.NoGo), $"{Readings(0.5)} / {Readings(0.8)} / {Readings(0.99)}",
                (100 * result.ShareUntil(RuleAnswer.NoGo, scenario.GoodFor)).ToString("0.00", CultureInfo.InvariantCulture) + " %");
        }
    }

    public string Markdown() => string.Create(CultureInfo.InvariantCulture, $"""
        {runs:N0} canaries per row, seeds 0 to {runs - 1}, 5 % canary share (unless the weights change), baseline errors 0.05 %, tolerance {delta * 100:0.###} points, α = {alpha:0.##}, judged after every scrape.

        ### This judge

        Share of canaries for which the answer ever came, and canary requests until it came (median / 80 %).

        | canary | up to requests | Go | NoGo | Regression | to Go | to NoGo | to Regression |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        {own}
        ### How close to the limit

        Mean canary requests to Regression against Wald's lower bound for the true rates.

        | canary | mean | bound | ratio |
        | --- | ---: | ---: | ---: |
        {limit}
        ### Late faults

        Twenty good readings, then the fault: readings from its first one until the NoGo (median / 80 % / 99 %).

        | fault | rule | NoGo | readings | NoGo before it |
        | --- | --- | ---: | ---: | ---: |
        {late}
        ### Other rules on the same canaries

        | canary | rule | Go | NoGo |
        | --- | --- | ---: | ---: |
        {others}
        """);

    private static void Row(StringBuilder table, params string[] cells) => table.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Number(double? value) => value is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) : "–";

    private static string Percent(RuleResult result, RuleAnswer answer) => (100 * result.Share(answer)).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Requests(RuleResult result, RuleAnswer answer) =>
        result.Quantile(answer, 0.5) is null ? "–" : $"{Number(result.Quantile(answer, 0.5))} / {Number(result.Quantile(answer, 0.8))}";
}
