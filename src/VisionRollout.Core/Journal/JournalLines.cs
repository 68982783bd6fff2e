using System.Diagnostics;
using VisionRollout.Core.Errors;

namespace VisionRollout.Core.Journal;

/// <summary>The lines of a journal file: read as they come, flushed to disk when written, under a lock file that serialises processes.</summary>
/// <param name="path">Full path.</param>
internal sealed class JournalLines(string path)
{
    /// <summary>Error id of a file that can't be written.</summary>
    public const string NotWrittenId = "JournalNotWritten";

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);
    private readonly List<long> starts = [];
    private readonly Queue<byte[]> unwritten = [];
    private long position;

    /// <summary>The records so far.</summary>
    public JournalChain Chain { get; } = new(path);

    /// <summary>Holds other writers off until it is disposed; the operating system frees it when this process dies.</summary>
    public async Task<FileStream> LockAsync(CancellationToken token)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException cause) when (IsHeld(cause) && waited.Elapsed < LockTimeout)
            {
                // Held by another writer for the few milliseconds of its append.
                await Task.Delay(5, token);
            }
            catch (IOException cause) when (IsHeld(cause))
            {
                throw new RolloutException("JournalLocked", RolloutErrorKind.Timeout, $"The journal '{path}' is held by another process for more than {LockTimeout.TotalSeconds:0} s.",
                    "End the process that holds the lock file beside it.", path, cause);
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                throw NotWritten(cause);
            }
        }
    }

    /// <summary>Writes the next line to disk, and before it what was only kept.</summary>
    /// <exception cref="RolloutException">JournalNotWritten; then nothing is taken.</exception>
    public JournalRecord Append(byte[] line)
    {
        Write([.. unwritten, line]);
        while (unwritten.TryDequeue(out var earlier)) Count(earlier);
        var record = Chain.Take(line);
        Count(line);
        return record;
    }

    /// <summary>Takes the next line, which somebody else has safe, although the file can't be written: it is written before the next one.</summary>
    public JournalRecord Keep(byte[] line)
    {
        var record = Chain.Take(line);
        unwritten.Enqueue(line);
        return record;
    }

    private void Write(IReadOnlyList<byte[]> next)
    {
        try
        {
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.SetLength(position); // drops a torn last line
            file.Seek(0, SeekOrigin.End);
            try
            {
                file.Write([.. next.SelectMany(line => line.Append((byte)'\n'))]);
                file.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                file.SetLength(position); // what is not known to be on disk is not there
                throw;
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(cause);
        }
    }

    private RolloutException NotWritten(Exception cause) => new(NotWrittenId, RolloutErrorKind.Failed, $"The journal '{path}' can't be written: {cause.Message.TrimEnd('.')}.",
        "Free space or repair the folder's permissions, then run the command again.", path, cause);

    /// <summary>Another process has the file open: a sharing or lock violation on Windows, EWOULDBLOCK on Linux (11) and macOS (35).</summary>
    private static bool IsHeld(IOException cause) => cause.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

    /// <summary>Reads the complete lines after the last known one; returns the length of an incomplete last line.</summary>
    public long ReadNew()
    {
        if (!File.Exists(path)) return 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < position)
            throw Chain.Damaged(Chain.Records.Count, "the file is shorter than it was");
        file.Seek(position, SeekOrigin.Begin);
        var buffer = new byte[file.Length - position];
        // At least: another writer may drop a torn last line meanwhile.
        var rest = buffer.AsSpan(0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            Take(rest[..end]);
        return rest.Length;
    }

    /// <summary>The line of a record, as it was written.</summary>
    /// <param name="number">From 1.</param>
    public byte[] Line(int number)
    {
        if (number > starts.Count) return unwritten.ElementAt(number - starts.Count - 1);
        var start = starts[number - 1];
        var line = new byte[(number < starts.Count ? starts[number] : position) - start - 1];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(start, SeekOrigin.Begin);
        file.ReadExactly(line);
        return line;
    }

    /// <summary>Takes the lines after the first ones out of the file and keeps them in another one.</summary>
    /// <returns>The file that has them now.</returns>
    public string MoveAside(int keep)
    {
        var aside = $"{path}.aside-{DateTime.UtcNow:yyyyMMddHHmmssfff}";
        var lines = Enumerable.Range(keep + 1, Chain.Records.Count - keep).Select(number => System.Text.Encoding.UTF8.GetString(Line(number)));
        File.WriteAllLines(aside, lines);
        position = starts[keep];
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(position);
        starts.RemoveRange(keep, starts.Count - keep);
        Chain.CutTo(keep);
        return aside;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        // Another process of this machine could write what this one could only keep.
        if (!unwritten.TryPeek(out var kept)) Chain.Take(line);
        else if (line.SequenceEqual(kept)) unwritten.Dequeue();
        else throw Chain.Damaged(starts.Count + 1, "the file has another record than the journal's other place");
        Count(line);
    }

    private void Count(ReadOnlySpan<byte> line)
    {
        starts.Add(position);
        position += line.Length + 1;
    }
}
