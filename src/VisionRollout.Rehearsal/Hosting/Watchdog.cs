using System.Diagnostics;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>
/// A shell that outlives this program and cleans up when it was killed: it holds a pipe whose other end only this process has.
/// When the pipe closes without the word "done", it runs the stop line and removes the directories.
/// </summary>
/// <remarks>It is a session of its own and no longer our child, so that neither a signal to our group nor a kill of our process tree reaches it.</remarks>
public sealed class Watchdog : IAsyncDisposable
{
    // $1: the stop line; then the directories. A program that is still starting may create a file between rm's list and its rmdir, hence the loop.
    private const string Script = """
        trap '' INT TERM HUP
        cd /
        read -r word
        [ "$word" = done ] && exit 0
        stop=$1
        shift
        eval "$stop"
        for attempt in 1 2 3 4 5 6 7 8 9 10; do
          rm -rf -- "$@" && break
          sleep 0.3
        done
        """;

    // $1: the script above; then its arguments. In the background, so that its parent is no longer we.
    private const string Detach = """
        exec 3<&0
        session=
        command -v setsid >/dev/null && session=setsid
        $session /bin/sh -c "$@" <&3 3<&- >/dev/null 2>&1 &
        """;

    private readonly Process launcher;

    private Watchdog(Process launcher) => this.launcher = launcher;

    /// <summary>Starts the watchdog.</summary>
    /// <param name="directories">What to remove.</param>
    /// <param name="stopLine">A line of shell that stops what uses the directories.</param>
    /// <param name="token">Ends the wait for its start.</param>
    public static async Task<Watchdog> StartAsync(IReadOnlyList<string> directories, string stopLine, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(directories);
        var launcher = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Detach, "sh", Script, "rehearsal-watchdog", stopLine, .. directories])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        })!;
        await launcher.WaitForExitAsync(token);
        return new Watchdog(launcher);
    }

    /// <summary>Tells the watchdog that everything is cleaned up: it ends and touches nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await launcher.StandardInput.WriteLineAsync("done");
            launcher.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already, so there is nobody to tell.
        }

        launcher.Dispose();
    }
}
