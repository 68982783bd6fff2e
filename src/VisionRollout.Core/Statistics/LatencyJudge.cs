using System.Globalization;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Statistics;

/// <summary>Judges a quantile of the response times of a canary against its baseline by quantile confidence sequences
/// (see <see cref="QuantileSequence"/>): the rise lies in [Lc − Ub, Uc − Lb] with α/2 for each arm. Every stage is judged by itself,
/// because response times depend on load; the n-th stage spends α / (n (n + 1)), so that the whole rollout stays within α.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class LatencyJudge
{
    private const double Farthest = 1e7;

    /// <summary>Starts without evidence.</summary>
    /// <param name="settings">What is asked.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public LatencyJudge(LatencyJudgeSettings settings)
        : this(new LatencyJudgeState { Settings = settings ?? throw new ArgumentNullException(nameof(settings)) })
    {
    }

    /// <summary>Continues from a stored state.</summary>
    /// <param name="state">What an earlier judge knew.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public LatencyJudge(LatencyJudgeState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Settings.Validate();
        State = state;
    }

    /// <summary>What is asked.</summary>
    public LatencyJudgeSettings Settings => State.Settings;

    /// <summary>All that it knows, to be stored.</summary>
    public LatencyJudgeState State { get; private set; }

    /// <summary>Adds what came in since the last call.</summary>
    /// <param name="stage">Name of the stage; a new name begins anew.</param>
    /// <param name="canary">The canary's response times in that interval.</param>
    /// <param name="baseline">The baseline's response times in that interval.</param>
    public void Add(string stage, LatencyHistogram canary, LatencyHistogram baseline)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(canary);
        ArgumentNullException.ThrowIfNull(baseline);
        if (State.StageNumber == 0 || !string.Equals(stage, State.Stage, StringComparison.OrdinalIgnoreCase))
            State = new LatencyJudgeState { Settings = Settings, Stage = stage, StageNumber = State.StageNumber + 1 };
        State = State with { Canary = State.Canary.Add(canary), Baseline = State.Baseline.Add(baseline) };
    }

    /// <summary>The verdict with all its evidence.</summary>
    public LatencyAssessment Assess()
    {
        var stage = Math.Max(1, State.StageNumber);
        var spent = Settings.Alpha / stage / (stage + 1) / 2;
        var forGo = new QuantileSequence(Settings.Quantile, spent, Settings.OptimisedFor);
        var forNoGo = new QuantileSequence(Settings.Quantile, spent / Settings.Metrics, Settings.OptimisedFor);
        var canary = forGo.On(State.Canary);
        var baseline = forGo.On(State.Baseline);
        var (low, high) = Rise(canary, baseline);
        var verdict = Decide(forGo, forNoGo, 1);
        var assessment = new LatencyAssessment
        {
            Verdict = verdict,
            Reason = "",
            Canary = canary,
            Baseline = baseline,
            DeltaLow = low,
            DeltaHigh = high,
            RequestsMissing = verdict == Verdict.Undecided ? Missing(forGo, forNoGo) : 0,
        };
        return assessment with { Reason = Reason(assessment) };
    }

    private static (double? Low, double? High) Rise(QuantileInterval canary, QuantileInterval baseline) =>
        (canary.Estimate is null ? null : canary.Low - baseline.High, baseline.Estimate is null ? null : canary.High - baseline.Low);

    private static LatencyHistogram Scaled(LatencyHistogram histogram, double factor) =>
        factor == 1 ? histogram : histogram with { Counts = [.. histogram.Counts.Select(count => Math.Round(count * factor))] };

    private static string Text(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    // A quantile is above its Low and at most its High, so equality is enough for both.
    private Verdict Decide(QuantileSequence forGo, QuantileSequence forNoGo, double factor)
    {
        var canary = Scaled(State.Canary, factor);
        var baseline = Scaled(State.Baseline, factor);
        if (Rise(forNoGo.On(canary), forNoGo.On(baseline)).Low >= Settings.Delta) return Verdict.NoGo;
        return Rise(forGo.On(canary), forGo.On(baseline)).High <= Settings.Delta ? Verdict.Go : Verdict.Undecided;
    }

    private long? Missing(QuantileSequence forGo, QuantileSequence forNoGo)
    {
        var requests = State.Canary.Total;
        if (requests <= 0 || State.Baseline.Total <= 0 || Decide(forGo, forNoGo, Farthest / Math.Min(requests, Farthest)) == Verdict.Undecided) return null;
        var enough = 2.0;
        while (Decide(forGo, forNoGo, enough) == Verdict.Undecided && enough * requests < 2 * Farthest) enough *= 2;
        var border = RateInterval.Border(enough, enough == 2 ? 1 : enough / 2, factor => Decide(forGo, forNoGo, factor) != Verdict.Undecided);
        return (long)Math.Ceiling((border - 1) * requests);
    }

    private string Reason(LatencyAssessment assessment)
    {
        var name = $"P{Text(Settings.Quantile * 100)}";
        if (assessment.Verdict == Verdict.Go) return $"The {name} rises by less than {Text(Settings.Delta)} ms.";
        if (assessment.Verdict == Verdict.NoGo) return $"The {name} rises by at least {Text(assessment.DeltaLow ?? Settings.Delta)} ms, more than the tolerated {Text(Settings.Delta)} ms.";
        if (State.Canary.Total <= 0) return "There are no response times of the canary in this stage.";
        if (State.Baseline.Total <= 0) return "There are no response times of the baseline in this stage.";
        if (assessment.RequestsMissing is { } missing)
            return $"Not enough response times yet; about {missing.ToString("N0", CultureInfo.InvariantCulture)} more canary requests decide.";
        return LatencyResolution.Problem(State.Baseline, State.Canary.Edges, Settings.Quantile, Settings.Delta)
            ?? $"The {name} of both is too close to the tolerance of {Text(Settings.Delta)} ms, or to an edge of the histogram, to be decided on these edges.";
    }
}
