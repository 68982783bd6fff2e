using System.Globalization;

namespace VisionRollout.Core.Statistics;

/// <summary>Finds a canary that turns bad after a long good stretch, whose evidence <see cref="RateJudge"/> would have to see outweighed first. The NoGo
/// e-process of <see cref="RateEvidence"/> is started anew in windows of 1, 2, 4, 8, 16 and 32 readings, one after the other, on shares of a capital
/// that add up to 1: an e-detector in the manner of Shiryaev and Roberts (Shin, Ramdas, Rinaldo, arXiv 2203.03532) with weights. With weights that
/// add up to 1 it is a mixture of e-processes, so an e-process: on a canary whose error rate is at no time above the baseline's by more than the
/// tolerance it ever reaches 1/α with a probability of at most α, over the whole rollout (Ville's inequality); without weights only the mean time to
/// a false alarm would be bounded.</summary>
/// <remarks>As the guard against bursts it looks at how the counts came: a judge that is asked less often finds a fault later, and no more often
/// falsely. How errors scatter is taken from before a window and from within it, so that the step of the fault itself is not taken for bursts. Where
/// they scatter, evidence is divided by a factor that changes with the readings: the bound then rests on the simulation (docs/benchmarks-judge.md),
/// not on the inequality. Not safe for concurrent use.</remarks>
public sealed class LateFaultGuard
{
    private static readonly int[] Lengths = [1, 2, 4, 8, 16, 32];

    /// <summary>Starts without evidence.</summary>
    /// <param name="settings">What is asked.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public LateFaultGuard(RateJudgeSettings settings)
        : this(new LateFaultState { Settings = settings ?? throw new ArgumentNullException(nameof(settings)), Windows = [.. Lengths.Select(length => new RateWindow { Length = length })] })
    {
    }

    /// <summary>Continues from a stored state.</summary>
    /// <param name="state">What an earlier guard knew.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public LateFaultGuard(LateFaultState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Settings.Validate();
        State = state;
    }

    /// <summary>What is asked.</summary>
    public RateJudgeSettings Settings => State.Settings;

    /// <summary>All that it knows, to be stored.</summary>
    public LateFaultState State { get; private set; }

    /// <summary>Evidence that makes a NoGo: metrics/α.</summary>
    public double Bound => Settings.Metrics / Settings.Alpha;

    /// <summary>Evidence against "at no time worse by more than the tolerance", from 0; NoGo from <see cref="Bound"/>.</summary>
    public double Evidence => State.Windows.Sum(window => window.Worth(Settings.Delta)) / State.Windows.Count;

    /// <summary>True when the canary is shown to have turned bad.</summary>
    public bool IsNoGo => Evidence >= Bound;

    /// <summary>Tells what the baseline did before the canary; it only shapes the priors, never counts as evidence.</summary>
    /// <param name="requests">Requests, at least 0.</param>
    /// <param name="errors">Errors among them.</param>
    public void Learn(double requests, double errors)
    {
        new RateCounts(0, 0, requests, errors).Validate();
        State = State with { BaselineRequests = State.BaselineRequests + requests, BaselineErrors = State.BaselineErrors + errors };
    }

    /// <summary>Adds a reading.</summary>
    /// <param name="stage">Name of the stage; windows don't reach over its end.</param>
    /// <param name="interval">Counts since the reading before; one without requests of both arms says nothing.</param>
    /// <param name="dispersion">How errors scattered before this reading (<see cref="RateJudge.Dispersion"/>), at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or not a number, or errors exceed requests.</exception>
    public void Add(string stage, RateCounts interval, double dispersion)
    {
        ArgumentNullException.ThrowIfNull(stage);
        interval.Validate();
        if (interval.CanaryRequests <= 0 || interval.BaselineRequests <= 0) return;
        RateBlock Next() => new() { Stage = stage, Prior = GammaPrior.FromHistory(State.BaselineRequests, State.BaselineErrors, Settings.Delta) };
        State = State with
        {
            Windows = [.. State.Windows.Select(window => window.Add(stage, interval, Next, dispersion, Settings.Delta))],
            BaselineRequests = State.BaselineRequests + interval.BaselineRequests,
            BaselineErrors = State.BaselineErrors + interval.BaselineErrors,
        };
    }

    /// <summary>One sentence on the window that says most.</summary>
    public string Reason()
    {
        var window = State.Windows.MaxBy(window => window.Made(Settings.Delta))!;
        if (window.Block is not { } block) return "There were no readings yet.";
        var newest = window.Readings == 1 ? "the newest reading" : $"the newest {window.Readings} readings";
        return string.Create(CultureInfo.InvariantCulture,
            $"In {newest} the error rate rises by more than {Settings.Delta * 100:0.###} points: {block.Counts.CanaryErrors:N0} of {block.Counts.CanaryRequests:N0} requests failed ({block.Counts.CanaryRate * 100:0.###} %), {block.Counts.BaselineRate * 100:0.###} % on the baseline.");
    }
}
