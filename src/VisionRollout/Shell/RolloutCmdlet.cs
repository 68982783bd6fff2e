using System.Management.Automation;
using VisionRollout.Core.Errors;

namespace VisionRollout.Shell;

/// <summary>Base of every cmdlet: one token that Ctrl-C cancels, asynchronous work with the streams pumped to the pipeline thread,
/// failures as error records. A failure thrown from <see cref="Run"/> ends the cmdlet (a broken set-up);
/// a failure of one item goes through <see cref="IShell.Error"/> or <see cref="RunItem"/> (the next item is still done).</summary>
public abstract class RolloutCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource stop = new();

    /// <summary>Cancelled by Ctrl-C.</summary>
    protected CancellationToken Token => stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => stop.Cancel();

    /// <summary>Releases the token.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) stop.Dispose();
    }

    /// <summary>Runs asynchronous work for the whole cmdlet; its failure terminates the cmdlet.</summary>
    private protected void Run(Func<IShell, CancellationToken, Task> work)
    {
        try
        {
            Pump(work);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            ThrowTerminatingError(ErrorRecords.From(exception));
        }
    }

    /// <summary>Runs asynchronous work for one item of the pipeline; its failure is a non-terminating error.</summary>
    private protected void RunItem(object? target, Func<IShell, CancellationToken, Task> work)
    {
        try
        {
            Pump(work);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            WriteError(ErrorRecords.From(exception, target));
        }
    }

    private void Pump(Func<IShell, CancellationToken, Task> work)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var pump = new ShellPump(TimeProvider.System) { Abandoned = linked.Cancel };
        try
        {
            pump.Run(this, () => work(pump, linked.Token));
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    // What PowerShell itself throws through a stream (-ErrorAction Stop, a stopped pipeline) must pass unchanged.
    private static bool IsFailure(Exception exception) => exception is not (PipelineStoppedException or ActionPreferenceStopException);
}
