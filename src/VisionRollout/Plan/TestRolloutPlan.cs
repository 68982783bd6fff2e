using System.Management.Automation;
using VisionRollout.Shell;

namespace VisionRollout.Plan;

/// <summary>
/// <para type="synopsis">Checks a rollout plan.</para>
/// <para type="description">Emits one object for every mistake, in the order of the file; nothing when the plan is right. With -Quiet it emits $true or $false.</para>
/// <example><code>Test-RolloutPlan ./examples/rollout.psd1</code></example>
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "RolloutPlan")]
[OutputType(typeof(PlanMistake), typeof(bool))]
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

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        RunItem(path, (shell, _) =>
        {
            var problems = PlanFile.Read(path).Problems;
            if (Quiet) shell.Write(problems.Count == 0);
            else foreach (var problem in problems) shell.Write(new PlanMistake(path, problem));
            return Task.CompletedTask;
        });
    }
}
