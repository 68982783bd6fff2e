using System.Globalization;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Statistics;

/// <summary>Judges the error rates of a canary against its baseline: Go, NoGo, Regression or Undecided, after every reading, with
/// error probabilities that hold however often it is asked (JUDGE: Go and NoGo by universal inference, Regression by the split of the
/// errors, in blocks of one stage and one share whose evidence multiplies). The verdict depends on the counts alone, never on when they
/// were looked at; only the guard against bursts looks at how they came.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class RateJudge
{
    private const double HighestEvidence = 1e300;
    private readonly List<RateBlock> blocks;
    private double historyRequests;
    private double historyErrors;

    /// <summary>Starts without evidence.</summary>
    /// <param name="settings">What is asked.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public RateJudge(RateJudgeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        Settings = settings;
        blocks = [];
    }

    /// <summary>Continues from a stored state.</summary>
    /// <param name="state">What an earlier judge knew.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public RateJudge(RateJudgeState state)
        : this((state ?? throw new ArgumentNullException(nameof(state))).Settings)
    {
        historyRequests = state.HistoryRequests;
        historyErrors = state.HistoryErrors;
        blocks.AddRange(state.Blocks);
    }

    /// <summary>What is asked.</summary>
    public RateJudgeSettings Settings { get; }

    /// <summary>All that it knows, to be stored.</summary>
    public RateJudgeState State => new() { Settings = Settings, HistoryRequests = historyRequests, HistoryErrors = historyErrors, Blocks = [.. blocks] };

    /// <summary>By how much more errors scatter from reading to reading than independent ones would, at least 1.</summary>
    public double Dispersion => Scatter(blocks);

    private double LogGoBound => -Math.Log(Settings.Alpha);

    private double LogNoGoBound => Math.Log(Settings.Metrics / Settings.Alpha);

    /// <summary>Tells what the baseline did before the canary; it only shapes the priors, never counts as evidence.</summary>
    /// <param name="requests">Requests, at least 0.</param>
    /// <param name="errors">Errors among them.</param>
    /// <exception cref="InvalidOperationException">Evidence has come in already: a prior must not know what it is used on.</exception>
    public void Learn(double requests, double errors)
    {
        if (blocks.Count > 0) throw new InvalidOperationException("The baseline's history must be told before the first interval.");
        new RateCounts(0, 0, requests, errors).Validate();
        historyRequests += requests;
        historyErrors += errors;
    }

    /// <summary>Adds what happened since the last call.</summary>
    /// <param name="stage">Name of the stage, e.g. its weight in per cent; a new name begins new evidence that multiplies with the old.</param>
    /// <param name="interval">Counts of that interval, not cumulative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or not a number, or errors exceed requests.</exception>
    public void Add(string stage, RateCounts interval)
    {
        ArgumentNullException.ThrowIfNull(stage);
        interval.Validate();
        if (blocks.Count == 0 || !blocks[^1].Continues(stage, interval)) blocks.Add(NewBlock(State, stage));
        blocks[^1] = blocks[^1].Add(interval);
    }

    /// <summary>The verdict alone, for loops over many canaries.</summary>
    public (Verdict Verdict, bool Regression) Decide()
    {
        var evaluation = new RateEvaluation(blocks, Settings.Delta);
        return (VerdictOf(evaluation.LogGo(Settings.Delta), evaluation.LogNoGo(Settings.Delta)), evaluation.LogRegression() >= LogNoGoBound);
    }

    /// <summary>The verdict with all its evidence.</summary>
    /// <param name="stage">Stage whose counts and rates are shown beside it; null: the last one that was counted.</param>
    public RateAssessment Assess(string? stage = null)
    {
        stage ??= blocks.Count > 0 ? blocks[^1].Stage : "";
        var shown = blocks.Where(block => string.Equals(block.Stage, stage, StringComparison.OrdinalIgnoreCase)).ToList();
        var counts = shown.Aggregate(default(RateCounts), (sum, block) => sum + block.Counts);
        var prior = (shown.FirstOrDefault() ?? NewBlock(State, stage)).Prior;
        var evaluation = new RateEvaluation(blocks, Settings.Delta);
        var go = evaluation.LogGo(Settings.Delta);
        var noGo = evaluation.LogNoGo(Settings.Delta);
        var regression = evaluation.LogRegression();
        var verdict = VerdictOf(go, noGo);
        var assessment = new RateAssessment
        {
            Verdict = verdict,
            Regression = regression >= LogNoGoBound,
            Reason = "",
            GoEvidence = Evidence(go),
            NoGoEvidence = Evidence(noGo),
            RegressionEvidence = Evidence(regression),
            GoBound = Math.Exp(LogGoBound),
            NoGoBound = Math.Exp(LogNoGoBound),
            DeltaLow = evaluation.DeltaLow(LogNoGoBound),
            DeltaHigh = evaluation.DeltaHigh(LogGoBound),
            RequestsMissing = verdict == Verdict.Undecided ? RequestForecast.Missing(State, LogGoBound, LogNoGoBound) : 0,
            Dispersion = evaluation.Dispersion,
            Stage = counts,
            Total = blocks.Aggregate(default(RateCounts), (sum, block) => sum + block.Counts),
            Canary = RateInterval.Of(counts.CanaryRequests, counts.CanaryErrors, prior, Settings.Alpha),
            Baseline = RateInterval.Of(counts.BaselineRequests, counts.BaselineErrors, prior, Settings.Alpha),
        };
        return assessment with { Reason = Reason(assessment) };
    }

    internal static double Scatter(IReadOnlyList<RateBlock> blocks) =>
        Math.Max(ArmDispersion.Factor(blocks.Select(block => block.Canary)), ArmDispersion.Factor(blocks.Select(block => block.Baseline)));

    internal static RateBlock NewBlock(RateJudgeState state, string stage)
    {
        var requests = state.HistoryRequests + state.Blocks.Sum(block => block.Counts.BaselineRequests);
        var errors = state.HistoryErrors + state.Blocks.Sum(block => block.Counts.BaselineErrors);
        return new RateBlock { Stage = stage, Prior = GammaPrior.FromHistory(requests, errors, state.Settings.Delta) };
    }

    private static double Evidence(double log) => Math.Min(Math.Exp(log), HighestEvidence);

    private static string Points(double share) => (share * 100).ToString("0.###", CultureInfo.InvariantCulture) + " points";

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private Verdict VerdictOf(double go, double noGo) =>
        noGo >= LogNoGoBound ? Verdict.NoGo : go >= LogGoBound ? Verdict.Go : Verdict.Undecided;

    private string Reason(RateAssessment assessment)
    {
        var tolerance = Points(Settings.Delta);
        var reason = assessment.Verdict switch
        {
            Verdict.Go => $"The error rate rises by less than {tolerance} (at most {Points(assessment.DeltaHigh)}).",
            Verdict.NoGo => $"The error rate rises by more than {tolerance} (at least {Points(assessment.DeltaLow)}).",
            _ => Missing(assessment),
        };
        return assessment is { Regression: true, Verdict: not Verdict.NoGo } ? reason + " The canary is worse than the baseline, within the tolerance so far." : reason;
    }

    private string Missing(RateAssessment assessment)
    {
        if (assessment.Stage.CanaryRequests <= 0) return "The canary has served no requests in this stage.";
        if (assessment.Stage.BaselineRequests <= 0) return "The baseline has served no requests in this stage.";
        var more = assessment.RequestsMissing is { } missing
            ? $"about {Count(missing)} more canary requests decide at these rates"
            : $"a rise of {Points(assessment.Stage.CanaryRate - assessment.Stage.BaselineRate)} is too close to the tolerance of {Points(Settings.Delta)} to be decided";
        return assessment.Dispersion > 1
            ? $"Errors arrive in bursts (they scatter {assessment.Dispersion.ToString("0.0", CultureInfo.InvariantCulture)} times as much as independent ones), so the evidence counts less; {more}."
            : $"Not enough evidence yet; {more}.";
    }
}
