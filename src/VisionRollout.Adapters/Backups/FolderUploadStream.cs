using Microsoft.Win32.SafeHandles;

namespace VisionRollout.Adapters.Backups;

/// <summary>A file on its way into a folder. What was written goes to disk meanwhile, so that the commit has little left to wait for.</summary>
internal sealed class FolderUploadStream : BackupUploadStream
{
    private const int FlushBytes = 32 << 20;
    private readonly string path;
    private readonly FileStream file;
    private readonly SafeFileHandle handle;
    private Task flushing = Task.CompletedTask;
    private long unflushed;
    private bool committed;

    public FolderUploadStream(string path)
    {
        this.path = path;
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        file = new FileStream(path + FolderStore.Partial, options);
        handle = file.SafeFileHandle;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await file.WriteAsync(buffer, cancellationToken);
        unflushed += buffer.Length;
        if (unflushed < FlushBytes || !flushing.IsCompleted) return;
        await flushing;
        unflushed = 0;
        flushing = Task.Run(() => RandomAccess.FlushToDisk(handle), CancellationToken.None);
    }

    public override async Task CommitAsync(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        // The system tells a failure to write only once, to whoever flushes next.
        await flushing;
        file.Flush(flushToDisk: true);
        await file.DisposeAsync();
        File.Move(file.Name, path);
        committed = true;
    }

    public override async ValueTask DisposeAsync()
    {
        await flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await file.DisposeAsync();
        if (!committed)
        {
            File.Delete(file.Name);
            FolderStore.RemoveEmptyFolder(path);
        }

        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
