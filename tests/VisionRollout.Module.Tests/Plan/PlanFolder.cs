namespace VisionRollout.Module.Tests.Plan;

/// <summary>A folder with one plan file, removed after the test.</summary>
internal sealed class PlanFolder : IDisposable
{
    public PlanFolder(string plan)
    {
        Path = Directory.CreateTempSubdirectory("visionrollout-plan-").FullName;
        File.WriteAllText(System.IO.Path.Combine(Path, "rollout.psd1"), plan);
    }

    /// <summary>Script that makes <c>$session</c> of the plan's first environment without asking the cluster, which Connect-Rollout does; it ends at the first error.</summary>
    public string SessionScript => $$"""
        $ErrorActionPreference = 'Stop'
        $plan = (Import-RolloutPlan '{{Plan}}').PSObject.BaseObject
        $session = (Get-Command Connect-Rollout).ImplementingType.Assembly.GetType('VisionRollout.RolloutSession').GetConstructors('NonPublic,Instance')[0].Invoke(@($plan, $plan.Environments[0], '{{Path}}/journals', $false))
        """;

    public string Path { get; }

    public string Plan => System.IO.Path.Combine(Path, "rollout.psd1");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
