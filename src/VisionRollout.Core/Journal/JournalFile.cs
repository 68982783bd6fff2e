namespace VisionRollout.Core.Journal;

/// <summary>A journal in a file of JSON lines. Every record carries the digest of the line before it, is flushed to disk before
/// <see cref="AppendAsync"/> ends, and several processes may write: a lock file serialises them.</summary>
/// <param name="path">Full path of the file; it is made by the first append.</param>
public sealed class JournalFile(string path) : IJournal, IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly JournalLines lines = new(path);

    /// <summary>Who writes: user@machine/process.</summary>
    public static string Writer => JournalChain.Writer;

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
            lines.ReadNew();
            return [.. lines.Chain.Records];
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
            using var held = await lines.LockAsync(token);
            var torn = lines.ReadNew();
            BeforeAppend?.Invoke(lines.Chain.Records);
            if (torn > 0) lines.Append(lines.Chain.Next(new JournalRepaired(torn), at));
            return lines.Append(lines.Chain.Next(entry, at));
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();
}
