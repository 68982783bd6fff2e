namespace VisionRollout.Core.Tests.Journal;

/// <summary>A folder for one journal, removed after the test.</summary>
public sealed class JournalFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("visionrollout-journal-").FullName;

    public string File => Path.Combine(folder, "production.r1.jsonl");

    public string Folder => folder;

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
