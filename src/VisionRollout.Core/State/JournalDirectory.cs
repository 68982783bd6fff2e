using System.Text.RegularExpressions;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.State;

/// <summary>A folder with one journal file per rollout, named <c>ENVIRONMENT.ID.jsonl</c>, and beside it the store where other machines find the
/// same journals.</summary>
/// <param name="path">The folder.</param>
/// <param name="stores">The journals of the environment in its cluster; null: the files are all there is.</param>
public sealed partial class JournalDirectory(string path, IJournalStores? stores = null)
{
    private const string Extension = ".jsonl";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>True when other machines find the journals too.</summary>
    public bool IsShared => stores is not null;

    /// <summary>Told what a person should know of the store. Null: nobody.</summary>
    public Action<string>? OnTrouble { get; set; }

    /// <summary>The default folder: the variable VISIONROLLOUT_JOURNALS, else VisionRollout/journals in the user's local application data.</summary>
    public static string DefaultPath =>
        System.Environment.GetEnvironmentVariable("VISIONROLLOUT_JOURNALS") is { Length: > 0 } given
            ? given
            : System.IO.Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData, System.Environment.SpecialFolderOption.DoNotVerify), "VisionRollout", "journals");

    /// <summary>Names a new journal; its file is made by the first record.</summary>
    public RolloutJournal Create(string environment, string id) => Open(environment, id);

    /// <summary>The journal files of an environment (of all when null), newest rollout first; the store is not asked.</summary>
    public IEnumerable<RolloutJournal> List(string? environment) => Files(environment).Select(file => new RolloutJournal(new JournalFile(file)));

    /// <summary>The journals of an environment, newest rollout first, also those that other machines have made.</summary>
    /// <exception cref="RolloutException">Unavailable: the store does not answer, and there is no file either.</exception>
    public async Task<IEnumerable<RolloutJournal>> ListAsync(string environment, CancellationToken token)
    {
        var local = Files(environment).Select(file => System.IO.Path.GetFileName(file)[(environment.Length + 1)..^Extension.Length]).ToList();
        return local.Union(await ListStoredAsync(local.Count > 0, token), StringComparer.Ordinal).OrderDescending(StringComparer.Ordinal).Select(id => Open(environment, id));
    }

    /// <summary>Finds the rollout of an environment that has not ended; null when there is none. One that is only prepared for a later day comes last.</summary>
    public async Task<RolloutJournal?> FindActiveAsync(string environment, CancellationToken token)
    {
        RolloutJournal? ahead = null;
        foreach (var journal in await ListAsync(environment, token))
        {
            switch (await journal.ReadStateAsync(token))
            {
                case { Completed: null, IsAhead: false }:
                    ahead?.Dispose();
                    return journal;
                case { Completed: null } when ahead is null:
                    ahead = journal;
                    break;
                default:
                    journal.Dispose();
                    break;
            }
        }

        return ahead;
    }

    private async Task<IReadOnlyList<string>> ListStoredAsync(bool canDoWithout, CancellationToken token)
    {
        if (stores is null) return [];
        try
        {
            return await stores.ListAsync(token);
        }
        catch (RolloutException cause) when (canDoWithout && cause.Kind is RolloutErrorKind.Unavailable)
        {
            OnTrouble?.Invoke($"Only the journals in '{Path}' are known: {cause.Message}");
            return [];
        }
    }

    private IEnumerable<string> Files(string? environment) =>
        Directory.Exists(Path)
            ? Directory.EnumerateFiles(Path, $"{environment ?? "*"}.*{Extension}").Where(file => environment is null || IsOf(environment, System.IO.Path.GetFileName(file))).OrderDescending(StringComparer.Ordinal)
            : [];

    // "production" is not "production.eu": an id that begins later belongs to an environment with a longer name.
    private static bool IsOf(string environment, string file) => Id().IsMatch(file[environment.Length..]) || !LaterId().IsMatch(file[environment.Length..]);

    [GeneratedRegex(@"^\.[0-9]{8}-[0-9]{6}-")]
    private static partial Regex Id();

    [GeneratedRegex(@"^\..+\.[0-9]{8}-[0-9]{6}-")]
    private static partial Regex LaterId();

    private RolloutJournal Open(string environment, string id)
    {
        var file = System.IO.Path.Combine(Path, $"{environment}.{id}{Extension}");
        return new(stores is null ? new JournalFile(file) : new SharedJournal(file, stores.Open(id), TimeProvider.System) { OnTrouble = OnTrouble });
    }
}
