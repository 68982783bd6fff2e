using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Journal;

/// <summary>A journal in a file of JSON lines. Every record carries the digest of the line before it, is flushed to disk before
/// <see cref="AppendAsync"/> ends, and several processes may write: a lock file serialises them.</summary>
public sealed class JournalFile : IJournal, IDisposable
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);
    private readonly string path;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly List<JournalRecord> records = [];
    private long position;
    private string lastDigest = "";

    /// <summary>Names the file; it is made by the first append.</summary>
    /// <param name="path">Full path.</param>
    public JournalFile(string path) => this.path = path;

    /// <summary>Who writes: user@machine/process.</summary>
    public static string Writer { get; } = $"{System.Environment.UserName}@{System.Environment.MachineName}/{System.Environment.ProcessId}";

    /// <inheritdoc/>
    public string Location => path;

    /// <inheritdoc/>
    public Action<IReadOnlyList<JournalRecord>>? BeforeAppend { get; set; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JournalRecord>> ReadAsync(CancellationToken token)
    {
        await gate.WaitAsync(token);
        try
        {
            ReadNew();
            return records.ToArray();
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<JournalRecord> AppendAsync(JournalEntry entry, DateTimeOffset at, CancellationToken token)
    {
        await gate.WaitAsync(token);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var held = await LockAsync(token);
            var torn = ReadNew();
            BeforeAppend?.Invoke(records);
            if (torn > 0) Write(new JournalRepaired(torn), at);
            return Write(entry, at);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private static string Digest(ReadOnlySpan<byte> line) => Convert.ToHexString(SHA256.HashData(line))[..32];

    private async Task<FileStream> LockAsync(CancellationToken token)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < LockTimeout)
            {
                // Held by another writer for the few milliseconds of its append; the operating system frees it when the holder dies.
                await Task.Delay(5, token);
            }
            catch (IOException cause)
            {
                throw new RolloutException("JournalLocked", RolloutErrorKind.Timeout, $"The journal '{path}' is held by another process for more than {LockTimeout.TotalSeconds:0} s.",
                    "End the process that holds the lock file beside it.", path, cause);
            }
        }
    }

    private JournalRecord Write(JournalEntry entry, DateTimeOffset at)
    {
        var record = new JournalRecord { Sequence = records.Count + 1, At = at.ToUniversalTime(), By = Writer, Previous = lastDigest, Entry = entry };
        var line = JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Options);
        using (var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(position); // drops a torn last line
            file.Seek(0, SeekOrigin.End);
            file.Write([.. line, (byte)'\n']);
            file.Flush(flushToDisk: true);
        }

        Take(record, line);
        return record;
    }

    private void Take(JournalRecord record, ReadOnlySpan<byte> line)
    {
        records.Add(record);
        position += line.Length + 1;
        lastDigest = Digest(line);
    }

    /// <summary>Reads the complete lines after the last known one; returns the length of an incomplete last line.</summary>
    private long ReadNew()
    {
        if (!File.Exists(path)) return 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < position)
            throw Damaged(records.Count, "the file is shorter than it was");
        file.Seek(position, SeekOrigin.Begin);
        var buffer = new byte[file.Length - position];
        // At least: another writer may drop a torn last line meanwhile.
        var rest = buffer.AsSpan(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            Take(Parse(rest[..end]), rest[..end]);
        return rest.Length;
    }

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
        if (record.Previous != lastDigest) throw Damaged(number - 1, "its digest is not the one that the next record holds: it was changed after it was written");
        return record;
    }

    private RolloutException Damaged(int number, string what, Exception? cause = null) =>
        new("JournalDamaged", RolloutErrorKind.Corrupt, $"Record {number} of the journal '{path}' is damaged: {what}.",
            "Keep the file for the post-mortem and restore it from its copy; a damaged journal is never continued.", path, cause);
}
