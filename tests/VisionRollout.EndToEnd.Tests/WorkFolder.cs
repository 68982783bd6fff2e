namespace VisionRollout.EndToEnd.Tests;

/// <summary>A folder of one test. Processes started in it have their temporary files in <see cref="Temporary"/>, so that what they leave is seen.</summary>
public sealed class WorkFolder : IDisposable
{
    /// <summary>Makes the folder; its path is short, because sockets lie in it, and others may enter it, because PostgreSQL never runs as root.</summary>
    public WorkFolder()
    {
        Path = Directory.CreateTempSubdirectory("vr-").FullName;
        Directory.CreateDirectory(Temporary);
        Directory.CreateDirectory(Journals);
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode everybodyEnters = (UnixFileMode)0b111_101_101;
        File.SetUnixFileMode(Path, everybodyEnters);
        File.SetUnixFileMode(Temporary, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Temporary files of the processes.</summary>
    public string Temporary => In("tmp");

    /// <summary>The journals.</summary>
    public string Journals => In("journals");

    /// <summary>The reports.</summary>
    public string Reports => In("report");

    /// <summary>A path in the folder.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The report in a format (<c>json</c>, <c>md</c>, <c>html</c>); there is exactly one.</summary>
    public string Report(string format) => Assert.Single(Directory.GetFiles(Reports, "*." + format));

    /// <summary>The JSON report.</summary>
    public JsonObject ReadReport() => JsonNode.Parse(File.ReadAllText(Report("json")))!.AsObject();

    /// <summary>Temporary files and processes that are left, in words.</summary>
    public IReadOnlyList<string> Leftovers() =>
        [.. Directory.EnumerateFileSystemEntries(Temporary).Select(entry => $"file {entry}"), .. Processes().Select(process => $"process {process}")];

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A cluster whose runbook was ended by force is removing its own files at this moment: the test has failed for another reason.
        }
    }

    // Every process inherits TMPDIR from the one that started it, however often it changed its parent, session or user.
    private IEnumerable<string> Processes()
    {
        if (!OperatingSystem.IsLinux()) yield break;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(System.IO.Path.GetFileName(folder)[0])))
        {
            string environment, command;
            try
            {
                environment = File.ReadAllText(folder + "/environ");
                command = File.ReadAllText(folder + "/cmdline").Replace('\0', ' ');
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                continue; // It ended meanwhile, or belongs to somebody else.
            }

            if (environment.Split('\0').Contains("TMPDIR=" + Temporary)) yield return $"{System.IO.Path.GetFileName(folder)} {command}";
        }
    }
}
