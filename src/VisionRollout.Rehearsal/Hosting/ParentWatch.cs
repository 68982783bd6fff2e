using System.Runtime.InteropServices;

namespace VisionRollout.Rehearsal.Hosting;

/// <summary>
/// Says when it is time to end: standard input closed, the parent gone, SIGTERM or SIGINT.
/// </summary>
/// <remarks>
/// On Linux the parent's end is also announced by PR_SET_PDEATHSIG. The kernel sends that signal already when the
/// <em>thread</em> that started us ends (prctl(2)), which an engine that runs pipelines on threads of their own does all
/// the time; so the signal only prompts a look at the parent, it never ends us by itself.
/// </remarks>
public sealed class ParentWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource end;
    private readonly CancellationTokenSource own = new();
    private readonly SemaphoreSlim look = new(0);
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly ProcessIdentity parent;
    private readonly Task polling;

    private ParentWatch(ProcessIdentity parent, CancellationTokenSource end)
    {
        this.parent = parent;
        this.end = end;
        polling = PollAsync();
    }

    /// <summary>Begins to watch; <paramref name="end"/> is cancelled when it is time to end.</summary>
    /// <exception cref="StartFailureException">The parent is gone already.</exception>
    public static ParentWatch Start(int parentProcessId, CancellationTokenSource end)
    {
        var parent = ProcessIdentity.Find(parentProcessId)
            ?? throw new StartFailureException(StartFailureException.StartFailed, $"The parent process {parentProcessId} (--parent) does not exist.");
        var watch = new ParentWatch(parent, end);
        watch.RegisterSignals();
        watch.WatchStandardInput();
        return watch;
    }

    /// <summary>Why the end was asked for; null while nobody asked.</summary>
    public string? Reason { get; private set; }

    /// <summary>Asks for the end.</summary>
    public void End(string reason)
    {
        Reason ??= reason;
        end.Cancel();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var signal in signals)
            signal.Dispose();
        await own.CancelAsync();
        await polling;
        own.Dispose();
        look.Dispose();
    }

    private void RegisterSignals()
    {
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => EndBy(context, "SIGTERM")));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => EndBy(context, "SIGINT")));
        if (!OperatingSystem.IsLinux())
            return;
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => look.Release()));
        _ = NativeMethods.ProcessControl(NativeMethods.SetParentDeathSignal, NativeMethods.Continue, 0, 0, 0);
    }

    private void EndBy(PosixSignalContext context, string name)
    {
        context.Cancel = true;
        End(name);
    }

    private async Task PollAsync()
    {
        try
        {
            while (parent.IsAlive)
                await look.WaitAsync(Interval, own.Token);
            End($"the parent process {parent.Id} is gone");
        }
        catch (OperationCanceledException)
        {
            // Disposed: nobody listens any more.
        }
    }

    /// <summary>
    /// A blocking read on a thread of its own, which ends with the process: a read of standard input cannot be cancelled.
    /// An input that never was open (/dev/null) says nothing about the starter and is not watched.
    /// </summary>
    private void WatchStandardInput()
    {
        if (OperatingSystem.IsLinux() && new FileInfo("/proc/self/fd/0").LinkTarget == "/dev/null")
            return;
        var reader = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            var buffer = new byte[256];
            try
            {
                while (input.Read(buffer) > 0)
                {
                }
            }
            catch (IOException)
            {
                // A broken input is a closed one.
            }

            End("standard input was closed");
        })
        {
            IsBackground = true,
            Name = "standard input",
        };
        reader.Start();
    }
}
