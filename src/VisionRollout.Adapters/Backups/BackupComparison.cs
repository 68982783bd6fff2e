using Npgsql;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Adapters.Backups;

/// <summary>Compares a restored database with the manifest of the backup that it was made from.</summary>
internal sealed class BackupComparison(BackupManifest manifest, DateTimeOffset now)
{
    private const int NamedAtMost = 5;

    /// <summary>Compares tables, sequences, extensions, and what is in force.</summary>
    public async Task<IReadOnlyList<Finding>> CompareAsync(DatabaseAddress restored, CancellationToken token)
    {
        await using var connection = await restored.OpenAsync(token);
        try
        {
            await ReadingSession.BeginAsync(connection, token);
            return
            [
                .. Tables(await LedgerReader.ReadAsync(connection, manifest.Ledger.Form, token)),
                Sequences(await DatabaseCatalogue.ReadSequencesAsync(connection, token)),
                Extensions(await DatabaseCatalogue.ReadExtensionsAsync(connection, token)),
                InForce(await DatabaseCatalogue.ReadInvalidAsync(connection, token)),
            ];
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, restored);
        }
    }

    /// <summary>One finding: Go when nothing differs.</summary>
    public Finding Answer(string criterion, IReadOnlyList<string> differences, string good) => new()
    {
        Criterion = criterion,
        Subject = manifest.Service,
        Verdict = differences.Count == 0 ? Verdict.Go : Verdict.NoGo,
        Reason = differences.Count == 0 ? good
            : string.Join("; ", differences.Take(NamedAtMost)) + (differences.Count > NamedAtMost ? $"; and {differences.Count - NamedAtMost} more" : "") + ".",
        Measured = differences.Count,
        Limit = 0,
        Unit = "count",
        Source = "test restore",
        At = now,
        Trigger = "database",
    };

    private IEnumerable<Finding> Tables(IReadOnlyList<TableDigest> tables)
    {
        var restored = tables.ToDictionary(table => table.Name, StringComparer.Ordinal);
        var counts = new List<string>();
        var digests = new List<string>();
        foreach (var wanted in manifest.Ledger.Tables)
        {
            if (!restored.Remove(wanted.Name, out var found)) counts.Add($"table {wanted.Name} is missing");
            else if (found.Rows != wanted.Rows) counts.Add($"table {wanted.Name} has {found.Rows} rows, not {wanted.Rows}");
            else if (found.Digest != wanted.Digest) digests.Add($"table {wanted.Name} has other contents");
        }

        counts.AddRange(restored.Keys.Select(name => $"table {name} was not there"));
        yield return Answer("BackupRows", counts, $"All {manifest.Ledger.Tables.Count} tables have their {manifest.Ledger.Rows} rows.");
        yield return Answer("BackupDigests", digests, "Every table with the right number of rows has the same contents.");
    }

    private Finding Sequences(IReadOnlyList<BackupSequence> sequences)
    {
        var restored = sequences.ToDictionary(item => (item.Schema, item.Name));
        var differences = manifest.Sequences.Where(wanted => !restored.TryGetValue((wanted.Schema, wanted.Name), out var found) || IsBehind(wanted, found))
            .Select(wanted => $"sequence {wanted.Schema}.{wanted.Name} is missing or behind {wanted.LastValue}");
        return Answer("BackupSequences", [.. differences], $"All {manifest.Sequences.Count} sequences are where they were, or later.");
    }

    private static bool IsBehind(BackupSequence wanted, BackupSequence found) =>
        wanted.LastValue is { } last && !wanted.Cycles && (found.LastValue is not { } now || (wanted.Increment > 0 ? now < last : now > last));

    private Finding Extensions(IReadOnlyList<BackupExtension> extensions)
    {
        var restored = extensions.Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        var differences = manifest.Extensions.Where(wanted => !restored.Contains(wanted.Name)).Select(wanted => $"extension {wanted.Name} is missing");
        return Answer("BackupExtensions", [.. differences], $"All {manifest.Extensions.Count} extensions are there.");
    }

    private Finding InForce(IReadOnlyList<string> invalid) => Answer("BackupConstraints",
        [.. invalid.Except(manifest.NotInForce, StringComparer.Ordinal).Select(item => $"{item} is not valid")], "Every index and constraint is as valid as it was.");
}
