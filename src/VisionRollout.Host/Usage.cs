using System.Management.Automation;
using System.Reflection;

namespace VisionRollout.Host;

/// <summary>What the program says about itself.</summary>
internal static class Usage
{
    /// <summary>Exit code for a command line that cannot be understood (as sysexits' EX_USAGE).</summary>
    public const int UsageError = 64;

    private const string Text = """
        VisionRollout.Host runs a PowerShell script on the PowerShell engine, with the VisionRollout module at hand.

          VisionRollout.Host [--] script.ps1 [-Parameter value | -Switch | value] ...

          --help      shows this text
          --version   shows the versions of this program and of the engine

        Arrays are written as a,b,c. The script's 'exit N' becomes the exit code; an error that ends the script gives 1,
        Ctrl-C gives 130, a wrong command line 64.
        """;

    public static int Show()
    {
        Console.Out.WriteLine(Text);
        return 0;
    }

    public static int ShowVersion()
    {
        Console.Out.WriteLine($"VisionRollout.Host {Version(typeof(Usage))} on PowerShell {Version(typeof(PSObject))}");
        return 0;
    }

    public static int Fail(string error)
    {
        Console.Error.WriteLine(error);
        Console.Error.WriteLine();
        Console.Error.WriteLine(Text);
        return UsageError;
    }

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split(['+', ' '])[0] ?? "";
}
