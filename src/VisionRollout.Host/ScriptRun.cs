using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;
using Microsoft.PowerShell;

namespace VisionRollout.Host;

/// <summary>One script, run from start to end in a runspace of its own.</summary>
internal sealed class ScriptRun(HostArguments arguments)
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    // 'exit N' in a script file leaves $? false when N is not 0, and N in $LASTEXITCODE; a native program that failed inside
    // the script sets $LASTEXITCODE too, but not $?. The exit below reaches the host, because this text is no file.
    private const string ThenExit = "if (-not $?) { exit $(if ($LASTEXITCODE) { $LASTEXITCODE } else { 1 }) }";

    private volatile bool interrupted;

    /// <summary>Runs the script; its exit code is the answer.</summary>
    public int Run()
    {
        ModuleFolder.PutOnPath();
        using var ui = new ConsoleUi();
        var host = new ConsoleHost(ui);
        using var runspace = RunspaceFactory.CreateRunspace(host, State());
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        using var shell = PowerShell.Create(runspace);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(shell, signal));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(shell, signal));
        var code = Invoke(shell, runspace, ui);
        return interrupted ? Interrupted : host.ExitCode ?? code;
    }

    private static InitialSessionState State()
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = ExecutionPolicy.Bypass;
        state.ThreadOptions = PSThreadOptions.UseNewThread;
        return state;
    }

    private int Invoke(PowerShell shell, Runspace runspace, ConsoleUi ui)
    {
        var script = new Command($"& '{CodeGeneration.EscapeSingleQuotedStringContent(arguments.Script)}' @args; {ThenExit}", isScript: true, useLocalScope: true);
        ScriptArguments.Bind(script, Parameters(runspace), arguments.Rest);
        script.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.Commands.AddCommand(script).AddCommand("Out-Default");
        try
        {
            shell.Invoke();
            return 0;
        }
        catch (PipelineStoppedException)
        {
            return Failed;
        }
        catch (RuntimeException exception)
        {
            ui.WriteErrorLine(ErrorText.Of(exception.ErrorRecord));
            return Failed;
        }
    }

    private Dictionary<string, ParameterMetadata>? Parameters(Runspace runspace)
    {
        try
        {
            var command = runspace.SessionStateProxy.InvokeCommand.GetCommand(arguments.Script, CommandTypes.ExternalScript);
            return command?.Parameters;
        }
        catch (RuntimeException)
        {
            return null; // A script that does not parse: running it reports where.
        }
    }

    private void Stop(PowerShell shell, PosixSignalContext signal)
    {
        if (interrupted) return; // The second Ctrl-C ends the process the hard way.
        interrupted = true;
        signal.Cancel = true;
        shell.BeginStop(null, null);
    }
}
