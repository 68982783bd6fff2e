namespace VisionRollout.Rehearsal.Pods;

/// <summary>The log of one container: the latest lines, and a signal when there are more. Safe for use by many threads.</summary>
internal sealed class PodLog
{
    private const int Capacity = 2_000;

    private readonly Lock gate = new();
    private readonly Queue<PodLogLine> lines = new(Capacity);
    private long written;
    private bool ended;
    private TaskCompletionSource more = NewSignal();

    /// <summary>Adds a line; ignored after <see cref="End"/>.</summary>
    public void Write(DateTimeOffset at, string text)
    {
        lock (gate)
        {
            if (ended)
                return;
            if (lines.Count == Capacity)
                lines.Dequeue();
            lines.Enqueue(new PodLogLine(at, text));
            written++;
            Signal();
        }
    }

    /// <summary>The container has ended: nothing more will come.</summary>
    public void End()
    {
        lock (gate)
        {
            ended = true;
            Signal();
        }
    }

    /// <summary>The lines after the first <paramref name="after"/> ever written, how many have been written by now, and what to await for more (null: the end).</summary>
    public (IReadOnlyList<PodLogLine> Lines, long Written, Task? More) ReadAfter(long after)
    {
        lock (gate)
        {
            var fresh = (int)Math.Min(lines.Count, written - after);
            return ([.. lines.Skip(lines.Count - fresh)], written, ended ? null : more.Task);
        }
    }

    private void Signal()
    {
        more.SetResult();
        more = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
