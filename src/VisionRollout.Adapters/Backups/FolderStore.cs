using System.Runtime.CompilerServices;

namespace VisionRollout.Adapters.Backups;

/// <summary>Backups in a folder. An object grows as <c>name.partial</c> and gets its name when it is complete and on disk. When the
/// name gets there too is up to the file system, for .NET flushes no folders: a loss of power right after may bring back <c>name.partial</c>.</summary>
public sealed class FolderStore : IBackupStore
{
    /// <summary>Ending of what is not complete.</summary>
    internal const string Partial = ".partial";

    /// <summary>Keeps backups below a folder, which is made when needed.</summary>
    public FolderStore(string folder) => Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    /// <inheritdoc/>
    public string Root { get; }

    /// <inheritdoc/>
    public Task<BackupUploadStream> CreateAsync(string name, int parallel, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var path = FullPath(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return Task.FromResult<BackupUploadStream>(new FolderUploadStream(path));
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken token)
    {
        await using var upload = await CreateAsync(name, 1, token);
        await upload.WriteAsync(content, token);
        await upload.CommitAsync(token);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(string name, long offset, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult<Stream>(new FileStream(FullPath(name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16,
                FileOptions.Asynchronous | FileOptions.SequentialScan)
            { Position = offset });
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new FileNotFoundException(exception.Message, FullPath(name), exception);
        }
    }

    /// <inheritdoc/>
    public Task<long?> FindSizeAsync(string name, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var file = new FileInfo(FullPath(name));
        return Task.FromResult<long?>(file.Exists ? file.Length : null);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BackupStoreItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken token)
    {
        await Task.CompletedTask;
        var folder = prefix.Length == 0 ? Root : FullPath(prefix);
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            token.ThrowIfCancellationRequested();
            if (path.EndsWith(Partial, StringComparison.Ordinal)) continue;
            var file = new FileInfo(path);
            if (file.Exists) yield return new(NameOf(path), file.Length, file.LastWriteTimeUtc);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> SweepUploadsAsync(string prefix, DateTimeOffset before, CancellationToken token)
    {
        var folder = prefix.Length == 0 ? Root : FullPath(prefix);
        var removed = new List<string>();
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, $"*{Partial}", SearchOption.AllDirectories) : [])
        {
            token.ThrowIfCancellationRequested();
            if (!IsAbandoned(path, before)) continue;
            File.Delete(path);
            RemoveEmptyFolder(path);
            removed.Add(NameOf(path));
        }

        return Task.FromResult<IReadOnlyList<string>>(removed);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var path = FullPath(name);
        if (File.Exists(path)) File.Delete(path);
        RemoveEmptyFolder(path);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Removes the folder of a file that is gone, when nothing else is in it.</summary>
    internal static void RemoveEmptyFolder(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    // Whoever writes it holds it locked, also from another process; the lock ends with the process.
    private static bool IsAbandoned(string path, DateTimeOffset before)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return File.GetLastWriteTimeUtc(path) < before.UtcDateTime || OperatingSystem.IsLinux();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string NameOf(string path) => Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/');

    private string FullPath(string name)
    {
        var path = Path.GetFullPath(Path.Combine(Root, name));
        return path.StartsWith(Root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path
            : throw new ArgumentException($"'{name}' leads out of '{Root}'.", nameof(name));
    }
}
