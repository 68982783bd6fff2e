using CliWrap;
using CliWrap.Buffered;

namespace VisionRollout.EndToEnd.Tests;

/// <summary>A person's own kubectl, driven from a shell as the plan document writes it.</summary>
internal sealed class Kubectl(string kubeconfig)
{
    /// <summary>False where kubectl is not installed.</summary>
    public static bool IsInstalled { get; } = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    /// <summary>What the shell said to each command, by its name.</summary>
    public Dictionary<string, BufferedCommandResult> Said { get; } = [];

    /// <summary>Runs a line of bash with KUBECONFIG set.</summary>
    public async Task<BufferedCommandResult> RunAsync(string name, string line, CancellationToken token) =>
        Said[name] = await Cli.Wrap("bash").WithArguments(["-c", line]).WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(variables => variables.Set("KUBECONFIG", kubeconfig)).ExecuteBufferedAsync(token);
}
