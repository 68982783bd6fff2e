using CliWrap;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Errors;
using ZstdSharp;

namespace VisionRollout.Adapters.Backups;

/// <summary>One run of pg_restore, fed from a stored dump.</summary>
internal sealed class RestoreProcess(PostgresTool tool, DatabaseAddress target, bool noOwner, Action<long> onFed)
{
    private Exception? damage;

    /// <summary>Restores the dump; cancelling kills pg_restore. The stream is read to its end when this succeeds.</summary>
    /// <exception cref="RolloutException"><c>BackupDamaged</c>, <c>BackupStoreFailed</c> or <c>RestoreFailed</c>.</exception>
    public async Task RunAsync(Stream stored, CancellationToken token)
    {
        var said = new LastLines(target);
        await using var dump = new DecompressionStream(stored, leaveOpen: true);
        var result = await Cli.Wrap(tool.Path)
            .WithArguments(["--format=custom", "--exit-on-error", "--no-password", $"--dbname={target.Database}", .. noOwner ? (string[])["--no-owner", "--no-privileges"] : []])
            .WithEnvironmentVariables(target.ChildEnvironment())
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.Create((input, cancel) => FeedAsync(dump, input, cancel)))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(said.Add))
            .ExecuteAsync(token);
        if (damage is not null) throw Damaged(damage);
        if (result.ExitCode == 0)
        {
            await DrainAsync(dump, stored, token);
            return;
        }

        throw new RolloutException("RestoreFailed", RolloutErrorKind.Failed, $"pg_restore into the {target} ended with exit code {result.ExitCode}: {said}.",
            "The new database was dropped. Create missing roles or extensions first, or restore with -NoOwner.", target.Service);
    }

    private Task FeedAsync(Stream dump, Stream input, CancellationToken token)
    {
        long fed = 0;
        return PipeWriter.CopyAsync(async (buffer, cancel) =>
        {
            var count = await ReadAsync(dump, buffer, cancel);
            if (count > 0) onFed(fed += count);
            return count;
        }, input, token);
    }

    // What cannot be read ends the input early; pg_restore then fails, and the cause is told instead of its complaint.
    private async Task<int> ReadAsync(Stream dump, byte[] buffer, CancellationToken token)
    {
        try
        {
            return await dump.ReadAsync(buffer, token);
        }
        catch (Exception exception) when (exception is ZstdException or RolloutException || BackupStoreErrors.IsFromStore(exception))
        {
            damage = exception;
            return 0;
        }
    }

    // pg_restore may stop reading before the last bytes; they belong to the checksum.
    private static async Task DrainAsync(Stream dump, Stream stored, CancellationToken token)
    {
        try
        {
            await dump.CopyToAsync(Stream.Null, token);
            await stored.CopyToAsync(Stream.Null, token);
        }
        catch (Exception exception) when (exception is ZstdException or RolloutException || BackupStoreErrors.IsFromStore(exception))
        {
            throw Damaged(exception);
        }
    }

    private static RolloutException Damaged(Exception exception) => exception is RolloutException known ? known : exception is ZstdException or EndOfStreamException
        ? new RolloutException("BackupDamaged", RolloutErrorKind.Corrupt, $"The stored dump is damaged: {exception.Message}", "Use another backup; this one cannot be restored.", inner: exception)
        : BackupStoreErrors.From(exception, "the stored dump");
}
