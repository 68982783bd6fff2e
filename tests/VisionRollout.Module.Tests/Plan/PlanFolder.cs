namespace VisionRollout.Module.Tests.Plan;

/// <summary>A folder with one plan file, removed after the test.</summary>
internal sealed class PlanFolder : IDisposable
{
    public PlanFolder(string plan)
    {
        Path = Directory.CreateTempSubdirectory("visionrollout-plan-").FullName;
        File.WriteAllText(System.IO.Path.Combine(Path, "rollout.psd1"), plan);
    }

    public string Path { get; }

    public string Plan => System.IO.Path.Combine(Path, "rollout.psd1");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
