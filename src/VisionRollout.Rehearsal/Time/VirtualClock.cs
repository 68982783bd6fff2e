using System.Diagnostics;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Time;

/// <summary>
/// The cluster's virtual time: it runs with real time and can be advanced. Scheduled actions run one after the
/// other, each while <see cref="Now"/> is its own time; <see cref="Now"/> never passes an action that is still to run
/// and never goes back.
/// </summary>
internal sealed class VirtualClock : IClusterClock, IAsyncDisposable
{
    private static readonly TimeSpan CatchUpPeriod = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly PriorityQueue<Func<Task>, (DateTimeOffset At, long Order)> due = new();
    private readonly SemaphoreSlim advancing = new(1, 1);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Func<Task>> settlings = [];
    private DateTimeOffset frontier;
    private DateTimeOffset origin;
    private long originStamp = Stopwatch.GetTimestamp();
    private bool running;
    private long order;
    private Task? ticker;

    /// <summary>Makes a clock that starts now, in real time, at a virtual time.</summary>
    public VirtualClock(DateTimeOffset start)
    {
        frontier = origin = start.ToUniversalTime();
    }

    /// <inheritdoc/>
    public DateTimeOffset Now
    {
        get
        {
            lock (gate)
                return running ? frontier : frontier = Later(frontier, Earlier(RealTime(), NextDue()));
        }
    }

    /// <inheritdoc/>
    public void Schedule(DateTimeOffset at, Func<Task> action)
    {
        lock (gate)
            due.Enqueue(action, (at, order++));
    }

    /// <summary>
    /// Adds what is awaited before time is advanced and after each scheduled action on the way, so that work that was started elsewhere
    /// (a controller's queue) is done at the virtual time at which it belongs.
    /// </summary>
    public void Settle(Func<Task> settling)
    {
        lock (gate)
            settlings.Add(settling);
    }

    /// <summary>Starts to follow real time. Call once.</summary>
    public void Start() => ticker = FollowRealTimeAsync();

    /// <summary>
    /// Runs everything due until <paramref name="until"/> in order, and goes on from there. Returns at once when that time has been
    /// reached. One caller advances at a time. A scheduled action must not call this.
    /// </summary>
    /// <returns>The time afterwards: <paramref name="until"/> or later.</returns>
    public async Task<DateTimeOffset> AdvanceToAsync(DateTimeOffset until, CancellationToken token)
    {
        if (Now >= until)
            return Now;
        await advancing.WaitAsync(token);
        try
        {
            if (Now < until)
                await RunToAsync(until, settle: true, token);
            return Now;
        }
        finally
        {
            advancing.Release();
        }
    }

    /// <summary>Stops to follow real time and drops what is still scheduled. No harm when called twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        if (ticker is not null)
            await ticker;
        advancing.Dispose();
        stopping.Dispose();
    }

    private async Task FollowRealTimeAsync()
    {
        using var timer = new PeriodicTimer(CatchUpPeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                await advancing.WaitAsync(stopping.Token);
                try
                {
                    await RunToAsync(RealTime(), settle: false, stopping.Token);
                }
                finally
                {
                    advancing.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The clock is disposed.
        }
    }

    private async Task RunToAsync(DateTimeOffset until, bool settle, CancellationToken token)
    {
        try
        {
            if (settle)
                await SettleAsync();
            while (TakeNext(until) is { } action)
            {
                await RunAsync(action);
                if (settle)
                    await SettleAsync();
                token.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            lock (gate)
            {
                running = false;
                if (settle)
                    (origin, originStamp) = (Later(frontier, RealTime()), Stopwatch.GetTimestamp());
            }
        }
    }

    /// <summary>Takes the next action due, with time moved to its time; null with time moved to <paramref name="until"/> when there is none.</summary>
    private Func<Task>? TakeNext(DateTimeOffset until)
    {
        lock (gate)
        {
            running = true;
            if (due.TryPeek(out var action, out var priority) && priority.At <= until)
            {
                due.Dequeue();
                frontier = Later(frontier, priority.At);
                return action;
            }

            frontier = Later(frontier, until);
            return null;
        }
    }

    private static async Task RunAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"rehearsal: a scheduled action failed: {error}");
        }
    }

    private async Task SettleAsync()
    {
        Func<Task>[] all;
        lock (gate)
            all = [.. settlings];
        foreach (var settling in all)
            await RunAsync(settling);
    }

    private DateTimeOffset RealTime() => origin + Stopwatch.GetElapsedTime(originStamp);

    private DateTimeOffset NextDue() => due.TryPeek(out _, out var priority) ? priority.At : DateTimeOffset.MaxValue;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
