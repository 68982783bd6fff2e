using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>Opens the store that a destination names.</summary>
/// <param name="s3Endpoint">Endpoint of an S3-compatible store; null: AWS.</param>
/// <param name="s3Retries">How often a request to an S3 store that failed for the moment is sent again, with growing pauses.</param>
public sealed class BackupStores(Uri? s3Endpoint, int s3Retries = BackupStores.Retries)
{
    internal const int Retries = 5;
    private const string S3 = "s3://";

    /// <summary>Opens <c>s3://bucket/prefix</c> or a folder.</summary>
    /// <exception cref="RolloutException">The destination is malformed.</exception>
    public IBackupStore Open(string destination)
    {
        if (!destination.StartsWith(S3, StringComparison.OrdinalIgnoreCase))
        {
            if (destination.Contains("://", StringComparison.Ordinal)) throw Malformed(destination);
            return new FolderStore(destination);
        }

        var parts = destination[S3.Length..].Split('/', 2);
        if (parts[0].Length == 0) throw Malformed(destination);
        return new S3Store(parts[0], parts.Length > 1 ? parts[1].Trim('/') : "", s3Endpoint, s3Retries);
    }

    private static RolloutException Malformed(string destination) =>
        new("BackupDestinationInvalid", RolloutErrorKind.InvalidInput, $"'{destination}' is no place for backups.",
            "Write s3://bucket/prefix or the path of a folder.", destination);
}
