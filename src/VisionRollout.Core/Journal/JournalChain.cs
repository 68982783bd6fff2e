using System.Security.Cryptography;
using System.Text.Json;
using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Journal;

/// <summary>The records of a journal, each bound to the line before it by its digest: whatever is taken out or changed is found and named.</summary>
/// <param name="location">Where the journal is, for messages.</param>
internal sealed class JournalChain(string location)
{
    private readonly List<JournalRecord> records = [];
    private readonly List<string> digests = [];

    /// <summary>Who writes: user@machine/process.</summary>
    public static string Writer { get; } = $"{System.Environment.UserName}@{System.Environment.MachineName}/{System.Environment.ProcessId}";

    /// <summary>The records so far.</summary>
    public IReadOnlyList<JournalRecord> Records => records;

    private string LastDigest => digests.Count > 0 ? digests[^1] : "";

    /// <summary>The line that would follow for an entry; nothing is taken yet.</summary>
    public byte[] Next(JournalEntry entry, DateTimeOffset at) =>
        JsonSerializer.SerializeToUtf8Bytes(new JournalRecord { Sequence = records.Count + 1, At = at.ToUniversalTime(), By = Writer, Previous = LastDigest, Entry = entry }, JournalJson.Options);

    /// <summary>Takes the next line.</summary>
    /// <exception cref="RolloutException">JournalDamaged: it is no record, or does not follow the last one.</exception>
    public JournalRecord Take(ReadOnlySpan<byte> line)
    {
        var record = Parse(line);
        records.Add(record);
        digests.Add(Digest(line));
        return record;
    }

    /// <summary>True when the record of that number (from 1) was made from this very line.</summary>
    public bool Holds(int number, ReadOnlySpan<byte> line) => digests[number - 1] == Digest(line);

    /// <summary>Forgets every record after the first ones.</summary>
    public void CutTo(int count)
    {
        records.RemoveRange(count, records.Count - count);
        digests.RemoveRange(count, digests.Count - count);
    }

    /// <summary>The failure of a damaged record.</summary>
    public RolloutException Damaged(int number, string what, Exception? cause = null) =>
        new("JournalDamaged", RolloutErrorKind.Corrupt, $"Record {number} of the journal '{location}' is damaged: {what}.",
            "Keep it for the post-mortem and restore it from its copy; a damaged journal is never continued.", location, cause);

    private static string Digest(ReadOnlySpan<byte> line) => Convert.ToHexString(SHA256.HashData(line))[..32];

    private JournalRecord Parse(ReadOnlySpan<byte> line)
    {
        var number = records.Count + 1;
        JournalRecord? record;
        try
        {
            record = JsonSerializer.Deserialize<JournalRecord>(line, JournalJson.Options);
        }
        catch (JsonException cause)
        {
            throw Damaged(number, $"it is not a record ({cause.Message})", cause);
        }

        if (record is null) throw Damaged(number, "it is empty");
        if (record.Sequence != number) throw Damaged(number, $"its number is {record.Sequence}");
        if (record.Previous != LastDigest) throw Damaged(number - 1, "its digest is not the one that the next record holds: it was changed after it was written");
        return record;
    }
}
