using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using VisionRollout.Shell;

namespace VisionRollout.Module.Tests;

/// <summary>The module in a runspace of its own on the hosted engine. Tests may use as many side by side as they like.</summary>
internal sealed class ModuleHost : IDisposable
{
    private readonly Runspace runspace;

    private ModuleHost(PSHost? host)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.UseNewThread;
        runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
    }

    /// <summary>The assembled module, imported as a user imports it: its objects live in the module's own load context,
    /// so tests look at them through PSObject's properties.</summary>
    public static Task<ModuleHost> ImportAsync(PSHost? host = null) =>
        LoadAsync(host, "param($path) Import-Module $path", Repository.ModuleManifest);

    /// <summary>The same cmdlets from the assembly that the tests reference: outputs can be cast to their types and internals are in reach.
    /// No manifest, no format file.</summary>
    public static Task<ModuleHost> OfAssemblyAsync(PSHost? host = null) =>
        LoadAsync(host, "param($assembly) Import-Module -Assembly $assembly", typeof(RolloutCmdlet).Assembly);

    /// <summary>An engine without the module.</summary>
    public static ModuleHost Bare(PSHost? host = null) => new(host);

    /// <summary>Runs a script to its end and gives back everything that it wrote.</summary>
    /// <param name="script">PowerShell text. It may begin with <c>param(...)</c>.</param>
    /// <param name="arguments">Values for the script's parameters, in order.</param>
    public Task<ModuleResult> RunAsync(string script, params object?[] arguments) => Start(script, arguments).ResultAsync();

    /// <summary>Starts a script and comes back at once, to look at its streams while it runs or to stop it as Ctrl-C does.</summary>
    public ModuleRun Start(string script, params object?[] arguments) => new(runspace, script, arguments);

    public void Dispose() => runspace.Dispose();

    private static async Task<ModuleHost> LoadAsync(PSHost? host, string script, object argument)
    {
        var module = new ModuleHost(host);
        var result = await module.RunAsync(script, argument);
        if (result.Failure is null && result.Errors.Count == 0) return module;
        module.Dispose();
        throw new InvalidOperationException("The module cannot be imported: " + (result.Failure?.Message ?? result.Errors[0].ToString()), result.Failure);
    }
}
