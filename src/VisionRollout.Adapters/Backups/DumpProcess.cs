using System.Buffers;
using CliWrap;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>One run of pg_dump.</summary>
internal static class DumpProcess
{
    private const int ChunkBytes = 1 << 18;

    /// <summary>Runs pg_dump on a snapshot and hands its output over in chunks; cancelling kills it.</summary>
    /// <exception cref="RolloutException"><c>BackupDumpFailed</c>: it did not exit with 0.</exception>
    public static async Task RunAsync(PostgresTool tool, DatabaseAddress address, string snapshot, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> onChunk, CancellationToken token)
    {
        var said = new LastLines(address);
        var result = await Cli.Wrap(tool.Path)
            .WithArguments(["--format=custom", "--compress=0", $"--snapshot={snapshot}", "--no-password", "--lock-wait-timeout=30000"])
            .WithEnvironmentVariables(address.ChildEnvironment())
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.Create((source, cancel) => CopyAsync(source, onChunk, cancel)))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(said.Add))
            .ExecuteAsync(token);
        if (result.ExitCode == 0) return;
        throw new RolloutException("BackupDumpFailed", RolloutErrorKind.Failed,
            $"pg_dump of the {address} ended with exit code {result.ExitCode}: {said}.", "Nothing was kept. Correct the cause and take the backup again.", address.Service);
    }

    private static async Task CopyAsync(Stream source, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> onChunk, CancellationToken token)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (int count; (count = await source.ReadAsync(buffer, token)) > 0;) await onChunk(buffer.AsMemory(0, count), token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
