using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>Reads the objects of a backup as one stream and checks each against the manifest when it has come to its end. A connection that breaks
/// off is taken up again where it broke.</summary>
internal sealed class VolumeReader(IBackupStore store, IReadOnlyList<BackupObject> objects, TimeProvider time) : ReadOnlyStream
{
    private const int Attempts = 6;
    private Stream? content;
    private MeasuringStream? measured;
    private int index;
    private int failures;

    /// <summary>How long nothing may come before a download is given up and taken up again.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Half of the pause before the first other attempt; it doubles with each.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Stored bytes read so far. May be read from any thread.</summary>
    public long Bytes { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (index < objects.Count)
        {
            var count = await ReadOneAsync(buffer, cancellationToken);
            Bytes += count;
            if (count > 0) return count;
            await EndAsync();
        }

        return 0;
    }

    public override async ValueTask DisposeAsync()
    {
        measured?.Dispose();
        if (content is not null) await content.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task<int> ReadOneAsync(Memory<byte> buffer, CancellationToken token)
    {
        while (true)
        {
            try
            {
                if (content is null) await OpenAsync(token);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
                limit.CancelAfter(Silence);
                var count = await content!.ReadAsync(buffer, limit.Token);
                if (count == 0 && measured!.Bytes < objects[index].Bytes && failures++ < Attempts && await IsWholeAsync(token)) throw new IOException("The connection ended early.");
                measured!.Count(buffer.Span[..count]);
                if (count > 0) failures = 0;
                return count;
            }
            catch (Exception exception) when (failures < Attempts && !token.IsCancellationRequested && exception is not FileNotFoundException
                && (exception is OperationCanceledException || BackupStoreErrors.IsFromStore(exception)))
            {
                failures++;
                await ReopenAsync(token);
            }
        }
    }

    // An object that is shorter in the store is damaged; only one that is whole there is worth another attempt.
    private async Task<bool> IsWholeAsync(CancellationToken token) => await store.FindSizeAsync(objects[index].Name, token) == objects[index].Bytes;

    private async Task OpenAsync(CancellationToken token)
    {
        measured ??= new MeasuringStream(Null);
        try
        {
            content = await store.OpenAsync(objects[index].Name, measured.Bytes, token);
        }
        catch (FileNotFoundException exception)
        {
            throw new RolloutException("BackupDamaged", RolloutErrorKind.Corrupt, $"The stored object '{objects[index].Name}' is missing in {store.Root}.",
                "Use another backup; this one is incomplete.", store.Root, exception);
        }
    }

    private async Task ReopenAsync(CancellationToken token)
    {
        if (content is not null) await content.DisposeAsync();
        content = null;
        await Task.Delay(FirstPause * (1 << failures), time, token);
    }

    private async Task EndAsync()
    {
        var item = objects[index++];
        var sha256 = measured!.Sha256();
        var bytes = measured.Bytes;
        measured.Dispose();
        measured = null;
        await content!.DisposeAsync();
        content = null;
        if (bytes == item.Bytes && sha256 == item.Sha256) return;
        throw new RolloutException("BackupDamaged", RolloutErrorKind.Corrupt,
            bytes != item.Bytes ? $"The stored object '{item.Name}' in {store.Root} is damaged: it has {bytes} bytes, not {item.Bytes}."
                : $"The stored object '{item.Name}' in {store.Root} is damaged: its SHA-256 differs from the manifest.",
            "Use another backup; this one was changed after it was taken.", store.Root);
    }
}
