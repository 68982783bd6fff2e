using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Tests.KubernetesApi;

/// <summary>A cluster clock that stands still until it is advanced.</summary>
internal sealed class ManualClock(DateTimeOffset start) : IClusterClock
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<Func<Task>, (DateTimeOffset At, int Order)> due = new();
    private int order;

    public DateTimeOffset Now { get; private set; } = start;

    public void Schedule(DateTimeOffset at, Func<Task> action)
    {
        lock (gate)
            due.Enqueue(action, (at, order++));
    }

    public async Task AdvanceAsync(TimeSpan by)
    {
        var until = Now + by;
        while (Next(until) is { } action)
            await action();
        Now = until;
    }

    private Func<Task>? Next(DateTimeOffset until)
    {
        lock (gate)
        {
            if (!due.TryPeek(out var action, out var priority) || priority.At > until)
                return null;
            due.Dequeue();
            Now = priority.At > Now ? priority.At : Now;
            return action;
        }
    }
}
