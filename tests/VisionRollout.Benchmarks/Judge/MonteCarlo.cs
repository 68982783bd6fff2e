namespace VisionRollout.Benchmarks.Judge;

/// <summary>Runs one row: the same canaries before every rule, the seed of a run is its number.</summary>
internal static class MonteCarlo
{
    public static IReadOnlyDictionary<string, RuleResult> Run(Scenario scenario, IReadOnlyDictionary<string, Func<ICanaryRule>> rules, int runs, CancellationToken token)
    {
        var results = rules.ToDictionary(rule => rule.Key, _ => new RuleResult());
        for (var run = 0; run < runs; run++)
        {
            token.ThrowIfCancellationRequested();
            var open = rules.Select(rule => (Rule: rule.Value(), Result: results[rule.Key], First: new Dictionary<RuleAnswer, double>())).ToList();
            Follow(scenario, new Random(run), open);
            foreach (var item in open) item.Result.Add(item.First);
        }

        return results;
    }

    private static void Follow(Scenario scenario, Random random, List<(ICanaryRule Rule, RuleResult Result, Dictionary<RuleAnswer, double> First)> open)
    {
        var requests = 0.0;
        while (requests < scenario.Horizon)
        {
            var (stage, counts) = scenario.Draw(random, requests / scenario.Horizon);
            requests += counts.CanaryRequests;
            foreach (var (rule, _, first) in open)
            {
                rule.Add(stage, counts);
                Note(rule.Answer, requests, first);
            }
        }

        foreach (var (rule, _, first) in open)
        {
            rule.End();
            Note(rule.Answer, requests, first);
        }
    }

    private static void Note(RuleAnswer answer, double requests, Dictionary<RuleAnswer, double> first)
    {
        if (answer == RuleAnswer.None) return;
        foreach (var one in new[] { RuleAnswer.Go, RuleAnswer.NoGo, RuleAnswer.Regression })
        {
            if (answer.HasFlag(one)) first.TryAdd(one, requests);
        }
    }
}
