namespace VisionRollout.Host;

/// <summary>Where the assembled module lies, seen from this program's own folder.</summary>
internal static class ModuleFolder
{
    private const string Name = "VisionRollout";

    /// <summary>The folder to put on PSModulePath: beside this program, or artifacts/module of the repository it was built in. Null when there is none.</summary>
    public static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var candidate in new[] { Path.Combine(folder.FullName, "module"), Path.Combine(folder.FullName, "artifacts", "module") })
            {
                // The sources of the module lie in a folder 'module' too, but not one level deeper.
                if (File.Exists(Path.Combine(candidate, Name, Name + ".psd1"))) return candidate;
            }
        }

        return null;
    }

    /// <summary>Puts the module's folder first on PSModulePath of this process, where the engine reads it.</summary>
    public static void PutOnPath()
    {
        if (Find() is not { } folder) return;
        var path = Environment.GetEnvironmentVariable("PSModulePath");
        Environment.SetEnvironmentVariable("PSModulePath", string.IsNullOrEmpty(path) ? folder : folder + Path.PathSeparator + path);
    }
}
