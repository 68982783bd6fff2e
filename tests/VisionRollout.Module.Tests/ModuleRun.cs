using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace VisionRollout.Module.Tests;

/// <summary>A script under way.</summary>
internal sealed class ModuleRun
{
    /// <summary>No test waits longer than this for a script; a script that takes longer is stopped and the test fails.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly PowerShell shell;
    private readonly Task<ModuleResult> result;

    internal ModuleRun(Runspace runspace, string script, object?[] arguments)
    {
        shell = PowerShell.Create(runspace);
        shell.AddScript(script);
        foreach (var argument in arguments) shell.AddArgument(argument);
        result = Task.Run(Invoke);
    }

    /// <summary>What has been written so far; grows while the script runs.</summary>
    public PSDataCollection<PSObject> Output { get; } = [];

    /// <summary>Progress records so far.</summary>
    public PSDataCollection<ProgressRecord> Progress => shell.Streams.Progress;

    /// <summary>Warnings so far.</summary>
    public PSDataCollection<WarningRecord> Warnings => shell.Streams.Warning;

    /// <summary>Verbose lines so far.</summary>
    public PSDataCollection<VerboseRecord> Verbose => shell.Streams.Verbose;

    /// <summary>Waits for the end, at most <see cref="Limit"/>.</summary>
    public async Task<ModuleResult> ResultAsync()
    {
        try
        {
            return await result.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>Waits until that many objects are out.</summary>
    public async Task OutputCountAsync(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (Output.Count >= count) reached.TrySetResult();
        }

        Output.DataAdded += (_, _) => Look();
        Look();
        await reached.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the script as Ctrl-C does and waits until it has stopped.</summary>
    public Task StopAsync() => Task.Factory.FromAsync(shell.BeginStop, shell.EndStop, null);

    private ModuleResult Invoke()
    {
        RuntimeException? failure = null;
        try
        {
            shell.Invoke(null, Output);
            if (shell.InvocationStateInfo.State == PSInvocationState.Stopped) failure = new PipelineStoppedException();
        }
        catch (RuntimeException exception)
        {
            failure = exception;
        }

        return new ModuleResult(
            [.. Output], [.. shell.Streams.Error], [.. shell.Streams.Warning], [.. shell.Streams.Verbose],
            [.. shell.Streams.Information], [.. shell.Streams.Progress], failure);
    }
}
