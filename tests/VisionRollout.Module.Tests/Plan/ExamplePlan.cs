namespace VisionRollout.Module.Tests.Plan;

/// <summary>The plan of the examples.</summary>
internal static class ExamplePlan
{
    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "examples", "rollout.psd1");
}
