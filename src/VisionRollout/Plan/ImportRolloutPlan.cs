using System.Management.Automation;
using VisionRollout.Core.Plan;
using VisionRollout.Shell;

namespace VisionRollout.Plan;

/// <summary>
/// <para type="synopsis">Reads a rollout plan.</para>
/// <para type="description">Reads the plan as data (nothing in it is executed) and emits it. When the plan has mistakes, one terminating error lists all of them with their lines;
/// the exception's Problems has them as objects.</para>
/// <example><code>$plan = Import-RolloutPlan ./examples/rollout.psd1</code></example>
/// </summary>
[Cmdlet(VerbsData.Import, "RolloutPlan")]
[OutputType(typeof(RolloutPlan))]
public sealed class ImportRolloutPlan : RolloutCmdlet
{
    /// <summary>Path of the plan (.psd1).</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        Run((shell, _) =>
        {
            shell.Write(PlanFile.Load(path));
            return Task.CompletedTask;
        });
    }
}
