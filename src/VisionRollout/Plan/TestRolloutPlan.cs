using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Shell;

namespace VisionRollout.Plan;

/// <summary>
/// <para type="synopsis">Checks a rollout plan.</para>
/// <para type="description">Emits one object for every mistake, in the order of the file; nothing when the plan is right. With -Quiet it emits $true or $false.</para>
/// <para type="description">With -Feasibility a right plan is also held against the traffic that the connected environment serves now: one object for each canary stage says whether it can be decided in its dwell, and what it takes.</para>
/// <example><code>Test-RolloutPlan ./examples/rollout.psd1</code></example>
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "RolloutPlan")]
[OutputType(typeof(PlanMistake), typeof(bool), typeof(Core.Canary.StageFeasibility))]
public sealed class TestRolloutPlan : RolloutCmdlet
{
    /// <summary>Path of the plan (.psd1).</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Emits only whether the plan is right.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Also forecasts from the live traffic of the connected environment (Connect-Rollout) which canary stages can be decided.</summary>
    [Parameter]
    public SwitchParameter Feasibility { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        var session = RolloutSession.Default;
        RunItem(path, async (shell, token) =>
        {
            var problems = PlanFile.Read(path).Problems;
            if (Quiet) shell.Write(problems.Count == 0);
            else foreach (var problem in problems) shell.Write(new PlanMistake(path, problem));
            if (!Feasibility || Quiet || problems.Count > 0) return;
            if (session is null) throw new RolloutException("NotConnected", RolloutErrorKind.InvalidState, "No environment is connected, so its traffic is not known.", "Run Connect-Rollout first, with this plan.");
            foreach (var stage in await new FeasibilityCheck(session, PlanFile.Load(path)).StagesAsync(token)) shell.Write(stage);
        });
    }
}
