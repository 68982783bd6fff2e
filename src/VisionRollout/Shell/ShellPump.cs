using System.Collections.Concurrent;
using System.Management.Automation;
using VisionRollout.Core.Errors;

namespace VisionRollout.Shell;

/// <summary>Carries calls on PowerShell's streams from the thread pool to the pipeline thread, which drains them in order.</summary>
internal sealed class ShellPump(TimeProvider time) : IShell, IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);
    private readonly BlockingCollection<Action<Cmdlet>> calls = [];
    private readonly ConcurrentDictionary<string, long> lastProgress = [];

    public void Write(object value) => Post(cmdlet => cmdlet.WriteObject(value));

    public void Verbose(string text) => Post(cmdlet => cmdlet.WriteVerbose(text));

    public void Warn(string text) => Post(cmdlet => cmdlet.WriteWarning(text));

    public void Error(Exception exception, object? target = null) => Post(cmdlet => cmdlet.WriteError(ErrorRecords.From(exception, target)));

    public Task<T> CallAsync<T>(Func<T> call, CancellationToken token)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ =>
        {
            try
            {
                done.SetResult(call());
            }
            catch (Exception error) when (error is not PipelineStoppedException)
            {
                done.SetException(error);
            }
        });
        // When draining ends before its turn, the token is cancelled.
        return done.Task.WaitAsync(token);
    }

    public void Progress(string activity, string status, int percent = -1, int secondsLeft = -1, bool done = false)
    {
        if (!done && !IsDue(activity)) return;
        var record = new ProgressRecord(ProgressId(activity), activity, status.Length == 0 ? " " : status)
        {
            PercentComplete = Math.Clamp(percent, -1, 100),
            SecondsRemaining = secondsLeft,
            RecordType = done ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };
        if (done) lastProgress.TryRemove(activity, out _);
        Post(cmdlet => cmdlet.WriteProgress(record));
    }

    public void Dispose() => calls.Dispose();

    /// <summary>Runs the work on the thread pool and drains its calls on this thread until it ends.</summary>
    /// <returns>What the work failed with; null when it succeeded. What a stream throws (-ErrorAction Stop, a stopped pipeline,
    /// a downstream cmdlet that has enough) belongs to the engine and passes through unchanged.</returns>
    public Exception? Run(Cmdlet cmdlet, Func<Task> work)
    {
        var task = Task.Run(work);
        var end = task.ContinueWith(_ => calls.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            foreach (var call in calls.GetConsumingEnumerable()) call(cmdlet);
        }
        finally
        {
            // A stream that throws must not leave the work behind: it is cancelled, and awaited here.
            Abandoned?.Invoke();
            end.GetAwaiter().GetResult();
        }

        CompleteProgress(cmdlet);
        return task.IsCanceled ? new OperationCanceledException("The work was cancelled.") : task.Exception?.InnerException;
    }

    /// <summary>Called on the pipeline thread when draining ends, before the work is awaited: cancels what still runs.</summary>
    public Action? Abandoned { get; set; }

    internal static int ProgressId(string activity)
    {
        // Stable across processes, unlike string.GetHashCode.
        var hash = 17;
        foreach (var letter in activity) hash = unchecked((hash * 31) + letter);
        return hash & 0x7fffffff;
    }

    // Activities that the work left open, because it failed or forgot: a bar must not outlive its cmdlet.
    private void CompleteProgress(Cmdlet cmdlet)
    {
        foreach (var activity in lastProgress.Keys.Order(StringComparer.Ordinal))
        {
            cmdlet.WriteProgress(new ProgressRecord(ProgressId(activity), activity, " ") { RecordType = ProgressRecordType.Completed });
        }
    }

    private bool IsDue(string activity)
    {
        var now = time.GetTimestamp();
        if (lastProgress.TryGetValue(activity, out var last) && time.GetElapsedTime(last, now) < ProgressInterval) return false;
        lastProgress[activity] = now;
        return true;
    }

    private void Post(Action<Cmdlet> call)
    {
        try
        {
            calls.Add(call);
        }
        catch (InvalidOperationException)
        {
            throw new RolloutException("ShellClosed", RolloutErrorKind.InvalidState, "The pipeline has ended; nothing more can be written to it.");
        }
    }
}
