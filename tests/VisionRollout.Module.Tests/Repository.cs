namespace VisionRollout.Module.Tests;

/// <summary>Where things lie in the repository.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The manifest of the assembled module.</summary>
    public static string ModuleManifest => Path.Combine(Root, "artifacts", "module", "VisionRollout", "VisionRollout.psd1");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VisionRollout.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("No folder above the tests holds VisionRollout.sln.");
    }
}
