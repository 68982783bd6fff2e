using System.Management.Automation;
using System.Runtime.ExceptionServices;

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
    protected override void StopProcessing()
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet ended while the stop was under way.
        }
    }

    /// <summary>Releases the token.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) stop.Dispose();
    }

    /// <summary>Runs asynchronous work for the whole cmdlet; its failure terminates the cmdlet.</summary>
    private protected void Run(Func<IShell, CancellationToken, Task> work)
    {
        if (Pump(work) is { } failure) ThrowTerminatingError(ErrorRecords.From(failure));
    }

    /// <summary>Runs asynchronous work for one item of the pipeline; its failure is a non-terminating error.</summary>
    private protected void RunItem(object? target, Func<IShell, CancellationToken, Task> work)
    {
        if (Pump(work) is { } failure) WriteError(ErrorRecords.From(failure, target));
    }

    /// <summary>Says a line to the person who watches, on the information stream: shown like Write-Host's, redirectable, never output.</summary>
    private protected void Say(string text) => WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]);

    /// <summary>Whether the caller only wants to know what would happen.</summary>
    private protected bool IsWhatIf => (MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given) ? LanguagePrimitives.IsTrue(given) : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference")));

    private Exception? Pump(Func<IShell, CancellationToken, Task> work)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var pump = new ShellPump(TimeProvider.System) { Abandoned = linked.Cancel };
        var failure = pump.Run(this, () => work(pump, linked.Token));

        // Whatever the work made of its cancellation: the user asked for an end and gets no error.
        if (failure is not null && Token.IsCancellationRequested) throw new PipelineStoppedException();
        if (failure is PipelineStoppedException or ActionPreferenceStopException) ExceptionDispatchInfo.Throw(failure);
        return failure;
    }
}
