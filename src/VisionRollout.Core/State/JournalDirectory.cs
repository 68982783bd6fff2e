using VisionRollout.Core.Journal;

namespace VisionRollout.Core.State;

/// <summary>A folder with one journal file per rollout, named <c>ENVIRONMENT.ID.jsonl</c>.</summary>
public sealed class JournalDirectory(string path)
{
    private const string Extension = ".jsonl";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The default folder: the variable VISIONROLLOUT_JOURNALS, else VisionRollout/journals in the user's local application data.</summary>
    public static string DefaultPath =>
        System.Environment.GetEnvironmentVariable("VISIONROLLOUT_JOURNALS") is { Length: > 0 } given
            ? given
            : System.IO.Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData, System.Environment.SpecialFolderOption.DoNotVerify), "VisionRollout", "journals");

    /// <summary>Names a new journal; its file is made by the first record.</summary>
    public RolloutJournal Create(string environment, string id) => Open(System.IO.Path.Combine(Path, $"{environment}.{id}{Extension}"));

    /// <summary>The journals of an environment (of all when null), newest rollout first.</summary>
    public IEnumerable<RolloutJournal> List(string? environment) =>
        Directory.Exists(Path)
            ? Directory.EnumerateFiles(Path, $"{environment ?? "*"}.*{Extension}").OrderByDescending(file => file, StringComparer.Ordinal).Select(Open)
            : [];

    /// <summary>Finds the rollout of an environment that has not ended; null when there is none.</summary>
    public async Task<RolloutJournal?> FindActiveAsync(string environment, CancellationToken token)
    {
        foreach (var journal in List(environment))
        {
            if (await journal.ReadStateAsync(token) is { Completed: null }) return journal;
            journal.Dispose();
        }

        return null;
    }

    private static RolloutJournal Open(string file) => new(new JournalFile(file));
}
