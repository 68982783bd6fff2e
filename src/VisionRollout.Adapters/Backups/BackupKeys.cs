using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Backups;

/// <summary>Finds keys for backups: the Secret that has the key's name holds it under <c>key</c>.</summary>
/// <param name="objects">The cluster's Secrets.</param>
public sealed class BackupKeys(Func<IClusterObjects> objects)
{
    private const string Entry = "key";

    /// <summary>Finds a key by its name.</summary>
    /// <exception cref="RolloutException"><c>BackupKeyInvalid</c>, or the Secret is missing.</exception>
    public async Task<BackupKey> FindAsync(string id, CancellationToken token) =>
        (await objects().ReadSecretAsync(id, token)).TryGetValue(Entry, out var text) && BackupKey.Parse(id, text) is { } key ? key
            : throw new RolloutException("BackupKeyInvalid", RolloutErrorKind.InvalidInput, $"The Secret '{id}' holds no AES-256 key under '{Entry}'.",
                $"Store 32 random bytes there as base64 or hexadecimal digits, e.g. kubectl create secret generic {id} --from-literal={Entry}=\"$(openssl rand -base64 32)\".", id);

    /// <summary>The key that a backup was encrypted with; null when it was not.</summary>
    /// <param name="manifest">The backup's manifest.</param>
    /// <param name="given">A key that the caller has; null: the Secret of the key's name.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutException"><c>BackupKeyWrong</c>: the key is another one.</exception>
    public async Task<BackupKey?> ForAsync(BackupManifest manifest, BackupKey? given, CancellationToken token)
    {
        if (manifest.KeyId is not { } id) return null;
        // The name is part of what the stream's key is made of: it is the manifest's, whatever the caller calls his key.
        var key = given is null ? await FindAsync(id, token) : new BackupKey(id, given.Bytes);
        if (SealFormat.Check(key) == manifest.KeyCheck) return key;
        throw new RolloutException("BackupKeyWrong", RolloutErrorKind.InvalidInput, $"The backup was encrypted with another key than the one given as '{id}'.",
            $"Find the key that was named '{id}' when the backup was taken.", id);
    }
}
