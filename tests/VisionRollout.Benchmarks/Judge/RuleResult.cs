namespace VisionRollout.Benchmarks.Judge;

/// <summary>What one rule said over all runs of a row: the canary requests at which each answer came first.</summary>
internal sealed class RuleResult
{
    private readonly Dictionary<RuleAnswer, List<double>> firsts = new() { [RuleAnswer.Go] = [], [RuleAnswer.NoGo] = [], [RuleAnswer.Regression] = [] };

    public int Runs { get; private set; }

    /// <summary>Takes one run.</summary>
    /// <param name="first">Canary requests at each first answer.</param>
    public void Add(IReadOnlyDictionary<RuleAnswer, double> first)
    {
        Runs++;
        foreach (var (answer, at) in first) firsts[answer].Add(at);
    }

    /// <summary>Share of the runs in which the answer ever came.</summary>
    public double Share(RuleAnswer answer) => (double)firsts[answer].Count / Runs;

    /// <summary>Share of the runs in which the answer came at so many canary requests or before.</summary>
    public double ShareUntil(RuleAnswer answer, double requests) => (double)firsts[answer].Count(at => at <= requests) / Runs;

    /// <summary>Canary requests until so many of all runs have the answer; null when fewer ever do.</summary>
    public double? Quantile(RuleAnswer answer, double share)
    {
        var index = (int)(share * Runs);
        return index < firsts[answer].Count ? firsts[answer].Order().ElementAt(index) : null;
    }

    /// <summary>Mean of the canary requests; runs without the answer count with the horizon.</summary>
    public double Mean(RuleAnswer answer, double horizon) => (firsts[answer].Sum() + ((Runs - firsts[answer].Count) * horizon)) / Runs;
}
