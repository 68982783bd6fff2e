namespace VisionRollout.Module.Tests.Plan;

/// <summary>Finds files of the repository from the folder of the tests.</summary>
internal static class RepositoryFiles
{
    public static string ExamplePlan => Path.Combine(Root, "examples", "rollout.psd1");

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VisionRollout.sln"))) folder = folder.Parent;
            return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }
    }
}
