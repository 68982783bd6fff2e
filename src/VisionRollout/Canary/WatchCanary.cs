using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Judges the running canary stage at every reading until its dwell is over, with the guards (alerts, health, resources) on watch.</summary>
/// <remarks>A NoGo ends the stage at once. A stage that is undecided at the end of its dwell does what the plan says (hold, extend, roll back);
/// it is never promoted. Every judgement stands in the journal; -Sample writes them too.</remarks>
/// <example><code>Watch-Canary</code><para>Judges the running stage to its end.</para></example>
/// <example><code>Watch-Canary -Check @{ Checkout = { (Invoke-RestMethod https://shop.example/checkout/selftest).ok } }</code><para>Also asks the shop's own self-test, after every judgement.</para></example>
/// <example><code>Watch-Canary -Sample | Where-Object Regression</code><para>Writes each judgement as it is made, and keeps those that show a regression.</para></example>
[Cmdlet(VerbsCommon.Watch, "Canary")]
[OutputType(typeof(CanaryResult), typeof(Core.Canary.CanarySample))]
public sealed class WatchCanary : SessionCmdlet
{
    /// <summary>Stage to watch, from Start-Canary or Step-Canary. Default: the running one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int? Percent { get; set; }

    /// <summary>Checks of your own, run after every judgement: name = script block that gives Go, NoGo or Undecided, $true or $false, or an object
    /// with Verdict and Reason. A NoGo ends the stage; the stage is Go only when all of them are.</summary>
    [Parameter]
    public System.Collections.IDictionary? Check { get; set; }

    /// <summary>Writes every judgement.</summary>
    [Parameter]
    public SwitchParameter Sample { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MyInvocation.ExpectingInput) Watch();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!MyInvocation.ExpectingInput) Watch();
    }

    private void Watch() => Run(async (shell, token) =>
    {
        var state = await Current.StateAsync(token);
        if (state.Stage is not { } stage || (Percent is { } percent && percent != stage.Percent))
            throw new RolloutException("CanaryNotStarted", RolloutErrorKind.InvalidState, Percent is null ? "The canary has not been started." : $"The stage of {Percent} % is not the running one.", "Run Start-Canary or Step-Canary first.");
        await new CanaryWatch(Current, stage, Sample, new CustomChecks(Check, Current, shell), shell).RunAsync(token);
    });
}
