using System.Runtime.ExceptionServices;
using CliWrap;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>One run of pg_dump.</summary>
internal static class DumpProcess
{
    /// <summary>Runs pg_dump on a snapshot and hands its output over in chunks; cancelling kills it.</summary>
    /// <exception cref="RolloutException"><c>BackupDumpFailed</c>: it did not exit with 0.</exception>
    public static async Task RunAsync(PostgresTool tool, DatabaseAddress address, string snapshot, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> onChunk, CancellationToken token)
    {
        var said = new LastLines(address);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(token);
        Exception? untaken = null;
        try
        {
            var result = await Cli.Wrap(tool.Path)
                .WithArguments(["--format=custom", "--compress=0", $"--snapshot={snapshot}", "--no-password", "--lock-wait-timeout=30000"])
                .WithEnvironmentVariables(address.ChildEnvironment())
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(PipeTarget.Create((source, cancel) => PipeReader.CopyAsync(source, TakeAsync, abandoned.CancelAsync, cancel)))
                .WithStandardErrorPipe(PipeTarget.ToDelegate(said.Add))
                .ExecuteAsync(abandoned.Token);
            if (result.ExitCode != 0) throw Failed(result.ExitCode);
        }
        catch (OperationCanceledException) when (untaken is not null)
        {
            ExceptionDispatchInfo.Throw(untaken);
        }

        async ValueTask TakeAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancel)
        {
            try
            {
                await onChunk(chunk, cancel);
            }
            catch (Exception exception) when (!cancel.IsCancellationRequested)
            {
                untaken = exception;
                throw;
            }
        }

        RolloutException Failed(int exitCode) => new("BackupDumpFailed", RolloutErrorKind.Failed,
            $"pg_dump of the {address} ended with exit code {exitCode}: {said}.", "Nothing was kept. Correct the cause and take the backup again.", address.Service);
    }
}
