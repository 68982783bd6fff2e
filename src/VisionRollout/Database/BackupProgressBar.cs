using System.Globalization;
using VisionRollout.Core.Databases;
using VisionRollout.Shell;

namespace VisionRollout.Database;

/// <summary>Shows the progress of one backup or restore; completed when disposed.</summary>
internal sealed class BackupProgressBar(IShell shell, string activity) : IDisposable
{
    private const double MiB = 1 << 20;

    public void Show(BackupProgress progress) => shell.Progress(activity,
        string.Create(CultureInfo.InvariantCulture, $"{progress.Done / MiB:0.0} of about {progress.Total / MiB:0.0} MiB, {progress.Stored / MiB:0.0} MiB compressed"),
        progress.Percent, progress.SecondsLeft);

    public void Dispose() => shell.Progress(activity, "", done: true);
}
