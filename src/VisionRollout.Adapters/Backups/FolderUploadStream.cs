namespace VisionRollout.Adapters.Backups;

/// <summary>A file on its way into a folder.</summary>
internal sealed class FolderUploadStream : BackupUploadStream
{
    private readonly string path;
    private readonly FileStream file;
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
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => file.WriteAsync(buffer, cancellationToken);

    public override async Task CommitAsync(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        file.Flush(flushToDisk: true);
        await file.DisposeAsync();
        File.Move(file.Name, path);
        committed = true;
    }

    public override async ValueTask DisposeAsync()
    {
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
