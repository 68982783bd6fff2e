namespace VisionRollout.Host;

/// <summary>The command line: <c>[options] [--] script.ps1 [the script's own arguments]</c>.</summary>
internal sealed record HostArguments
{
    public string Script { get; private init; } = "";

    /// <summary>What follows the script, untouched.</summary>
    public IReadOnlyList<string> Rest { get; private init; } = [];

    public bool ShowHelp { get; private init; }

    public bool ShowVersion { get; private init; }

    /// <summary>What is wrong with the command line; null when nothing is.</summary>
    public string? Error { get; private init; }

    public static HostArguments Parse(IReadOnlyList<string> arguments)
    {
        for (var index = 0; index < arguments.Count; index++)
        {
            switch (arguments[index])
            {
                case "--help" or "-h" or "-?": return new HostArguments { ShowHelp = true };
                case "--version": return new HostArguments { ShowVersion = true };
                case "--": continue;
                case ['-', ..] option: return new HostArguments { Error = $"Unknown option '{option}'." };
                case var script: return ForScript(script, [.. arguments.Skip(index + 1)]);
            }
        }

        return new HostArguments { Error = "No script was named." };
    }

    private static HostArguments ForScript(string script, IReadOnlyList<string> rest)
    {
        var path = Path.GetFullPath(script);
        if (!File.Exists(path)) return new HostArguments { Error = $"There is no script '{path}'." };
        return path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)
            ? new HostArguments { Script = path, Rest = rest }
            : new HostArguments { Error = $"'{path}' is not a PowerShell script (.ps1)." };
    }
}
