namespace VisionRollout.Rehearsal.Hosting;

/// <summary>The private directory of one run. It is empty at the start, and removed at the end with all that is in it.</summary>
public sealed class RunDirectory
{
    private RunDirectory(string path) => Root = path;

    /// <summary>The directory.</summary>
    public string Root { get; }

    /// <summary>The generated kubeconfig.</summary>
    public string Kubeconfig => Path.Combine(Root, "kubeconfig");

    /// <summary>Where backups go unless the plan names a store.</summary>
    public string Backups => Path.Combine(Root, "backups");

    /// <summary>Takes the directory over.</summary>
    /// <exception cref="StartFailureException">It holds files of somebody else, or cannot be written.</exception>
    public static RunDirectory Take(string path)
    {
        try
        {
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new StartFailureException(StartFailureException.StartFailed,
                    $"The directory {path} is not empty. The rehearsal removes its directory at the end: give it a new or an empty one (--directory).");
            }

            Directory.CreateDirectory(path);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | PassageForOthers());
            var directory = new RunDirectory(path);
            Directory.CreateDirectory(directory.Backups);
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartFailureException(StartFailureException.StartFailed, $"The directory {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Removes the directory and what is in it.</summary>
    public ValueTask Remove()
    {
        if (Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Root runs PostgreSQL as another user, who must be able to pass through to its data.</summary>
    private static UnixFileMode PassageForOthers() =>
        NativeMethods.EffectiveUser() == 0 ? UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : UnixFileMode.None;
}
