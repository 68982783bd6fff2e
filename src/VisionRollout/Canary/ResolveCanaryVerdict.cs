using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Statistics;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Judges recorded counts of a canary, without a cluster: one verdict for every interval that comes in.</summary>
/// <remarks>Each object in the pipeline holds the counts of one interval: Stage, CanaryRequests, CanaryErrors, BaselineRequests and BaselineErrors
/// (properties of any object, or keys of a hashtable). The verdict after it rests on all intervals so far, by the same judge that Watch-Canary uses:
/// it may be looked at after every row and stopped at any, and is still wrong with a probability of at most Alpha.
/// A row that can't be used is one error, and the next is judged.</remarks>
/// <example><code>Import-Csv ./past-canary.csv | Resolve-CanaryVerdict</code><para>Replays a past canary.</para></example>
/// <example><code>@{ Stage = '5'; CanaryRequests = 2000; CanaryErrors = 31; BaselineRequests = 38000; BaselineErrors = 19 } | Resolve-CanaryVerdict -Delta 0.002</code>
/// <para>Judges one interval, with a tolerance of 0.2 percentage points.</para></example>
[Cmdlet(VerbsDiagnostic.Resolve, "CanaryVerdict")]
[OutputType(typeof(CanaryVerdict))]
public sealed class ResolveCanaryVerdict : RolloutCmdlet
{
    private RateJudge judge = null!;
    private long rows;

    /// <summary>An interval: Stage (its name or weight), CanaryRequests, CanaryErrors, BaselineRequests, BaselineErrors (counts of the interval, not running totals).</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>Tolerated rise of the error rate, a share between 0 and 1: 0.001 is 0.1 percentage points.</summary>
    [Parameter]
    public double Delta { get; set; } = 0.001;

    /// <summary>Highest probability of a false verdict over the whole canary, between 0 and 0.5.</summary>
    [Parameter]
    public double Alpha { get; set; } = 0.05;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            judge = new RateJudge(new RateJudgeSettings { Delta = Delta, Alpha = Alpha });
        }
        catch (ArgumentOutOfRangeException cause)
        {
            ThrowTerminatingError(ErrorRecords.From(new RolloutException("JudgeSettingInvalid", RolloutErrorKind.InvalidInput, cause.Message.Split(" (Parameter", 2)[0], "", cause.ActualValue)));
        }
    }

    // Nothing here waits for anything, and there may be a million rows: no pump.

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        RecordedInterval interval;
        try
        {
            interval = RecordedInterval.Read(InputObject, ++rows);
        }
        catch (RolloutException cause)
        {
            WriteError(ErrorRecords.From(cause, InputObject));
            return;
        }

        judge.Add(interval.Stage, interval.Counts);
        WriteObject(Verdict(interval, judge.Assess()));
    }

    private static CanaryVerdict Verdict(RecordedInterval interval, RateAssessment assessment)
    {
        var silent = Silence(interval.Counts);
        var doubted = silent is not null && assessment.Verdict == Core.Evidence.Verdict.Go;
        return new CanaryVerdict
        {
            Stage = interval.Stage,
            Verdict = doubted ? Core.Evidence.Verdict.Undecided : assessment.Verdict,
            Regression = assessment.Regression,
            Reason = silent is not null && assessment.Verdict != Core.Evidence.Verdict.NoGo ? silent : assessment.Reason,
            GoEvidence = assessment.GoEvidence,
            NoGoEvidence = assessment.NoGoEvidence,
            RegressionEvidence = assessment.RegressionEvidence,
            DeltaLow = assessment.DeltaLow,
            DeltaHigh = assessment.DeltaHigh,
            RequestsMissing = assessment.RequestsMissing,
            Dispersion = assessment.Dispersion,
            CanaryRequests = assessment.Stage.CanaryRequests,
            CanaryErrorRate = assessment.Canary.Rate,
            BaselineRequests = assessment.Stage.BaselineRequests,
            BaselineErrorRate = assessment.Baseline.Rate,
        };
    }

    // No data is never good data: what was proven before says nothing about an interval without requests.
    private static string? Silence(RateCounts counts) =>
        counts.CanaryRequests <= 0 ? "The canary served no requests in this interval."
        : counts.BaselineRequests <= 0 ? "The baseline served no requests in this interval."
        : null;
}
