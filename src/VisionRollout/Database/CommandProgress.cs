using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Shows the lines of a running command: each on the verbose stream, the newest as progress; completed when disposed.</summary>
internal sealed class CommandProgress(IShell shell, string activity) : IDisposable
{
    public void Line(string line)
    {
        shell.Verbose($"{activity}: {line}");
        shell.Progress(activity, line);
    }

    public void Dispose() => shell.Progress(activity, "", done: true);
}
