using System.Globalization;
using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Backups;

/// <summary>One stream in objects of at most a fixed size, so that the parts of an upload, and the memory for them, need not grow with the database.
/// Disposed before it was committed, it deletes the objects that were complete already.</summary>
/// <param name="store">Where to.</param>
/// <param name="name">Name of the first object; from the second on a number follows.</param>
/// <param name="volumeBytes">Largest size of an object.</param>
/// <param name="parallel">How many backups run side by side.</param>
internal sealed class VolumeWriter(IBackupStore store, string name, long volumeBytes, int parallel) : BackupUploadStream
{
    private readonly List<BackupObject> written = [];
    private BackupUploadStream? upload;
    private MeasuringStream? measured;
    private bool committed;
    private long earlier;

    /// <summary>Bytes written so far. May be read from any thread.</summary>
    public long Bytes => Interlocked.Read(ref earlier) + (measured?.Bytes ?? 0);

    /// <summary>The complete objects.</summary>
    public IReadOnlyList<BackupObject> Objects => written;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (measured is null) await BeginAsync(cancellationToken);
            var count = (int)Math.Min(buffer.Length, volumeBytes - measured!.Bytes);
            await measured.WriteAsync(buffer[..count], cancellationToken);
            buffer = buffer[count..];
            if (measured.Bytes == volumeBytes) await EndAsync(cancellationToken);
        }
    }

    public override async Task CommitAsync(CancellationToken token)
    {
        if (measured is null && written.Count == 0) await BeginAsync(token);
        if (measured is not null) await EndAsync(token);
        committed = true;
    }

    public override async ValueTask DisposeAsync()
    {
        measured?.Dispose();
        if (upload is not null) await upload.DisposeAsync();
        if (!committed) await DeleteAsync();
        await base.DisposeAsync();
    }

    /// <summary>Deletes what is complete; failures are left to the next sweep.</summary>
    public async Task DeleteAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            foreach (var item in written) await store.DeleteAsync(NameOf(item.Name), limit.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException || BackupStoreErrors.IsFromStore(exception))
        {
            // The failure that led here is the one to report; without a manifest there is no backup, and the next one sweeps.
        }
    }

    private string Folder => name[..(name.LastIndexOf('/') + 1)];

    private string NameOf(string item) => Folder + item;

    private async Task BeginAsync(CancellationToken token)
    {
        var item = name[Folder.Length..] + (written.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $".{written.Count:0000}"));
        upload = await store.CreateAsync(NameOf(item), parallel, token);
        measured = new MeasuringStream(upload);
        written.Add(new(item, 0, "", "", 0));
    }

    private async Task EndAsync(CancellationToken token)
    {
        await upload!.CommitAsync(token);
        written[^1] = written[^1] with { Bytes = measured!.Bytes, Sha256 = measured.Sha256(), ETag = upload.ETag, VersionId = upload.VersionId };
        Interlocked.Add(ref earlier, written[^1].Bytes);
        measured.Dispose();
        measured = null;
        await upload.DisposeAsync();
        upload = null;
    }
}
