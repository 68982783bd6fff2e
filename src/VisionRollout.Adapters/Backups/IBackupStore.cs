namespace VisionRollout.Adapters.Backups;

/// <summary>Where backups are kept: names with slashes below one root.</summary>
public interface IBackupStore : IDisposable
{
    /// <summary>The root as a person writes it, without a slash at its end.</summary>
    string Root { get; }

    /// <summary>Begins an object that appears only when it is committed.</summary>
    /// <param name="name">Name below the root.</param>
    /// <param name="parallel">How many backups are written side by side: they share the memory.</param>
    /// <param name="token">Cancels.</param>
    Task<BackupUploadStream> CreateAsync(string name, int parallel, CancellationToken token);

    /// <summary>Writes a small object at once.</summary>
    Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken token);

    /// <summary>Opens an object for reading.</summary>
    /// <param name="name">Name below the root.</param>
    /// <param name="offset">First byte to read.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    Task<Stream> OpenAsync(string name, long offset, CancellationToken token);

    /// <summary>Size of an object in bytes; null when there is none.</summary>
    Task<long?> FindSizeAsync(string name, CancellationToken token);

    /// <summary>All complete objects below a prefix (itself a name, or empty).</summary>
    IAsyncEnumerable<BackupStoreItem> ListAsync(string prefix, CancellationToken token);

    /// <summary>Removes uploads below a prefix that were begun before a time and that nobody goes on with.</summary>
    /// <returns>Their names.</returns>
    Task<IReadOnlyList<string>> SweepUploadsAsync(string prefix, DateTimeOffset before, CancellationToken token);

    /// <summary>Deletes an object; one that is not there is no error.</summary>
    Task DeleteAsync(string name, CancellationToken token);
}
