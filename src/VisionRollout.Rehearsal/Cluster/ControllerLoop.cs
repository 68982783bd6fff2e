namespace VisionRollout.Rehearsal.Cluster;

/// <summary>
/// The one worker that runs all controllers: it turns each change of the store into objects to look at,
/// each of them once however many changes concern it, and works them off in order. Nothing is polled.
/// </summary>
internal sealed partial class ControllerLoop(
    ObjectStore store, IEnumerable<IController> controllers, ControllerQueue queue, ILogger<ControllerLoop> log) : BackgroundService
{
    private readonly IController[] controllers = [.. controllers];
    private readonly Queue<(IController Controller, ObjectKey Key)> pending = new();
    private readonly HashSet<(IController Controller, ObjectKey Key)> known = [];
    private readonly List<TaskCompletionSource> settling = [];

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        store.Committed += queue.Offer;
        foreach (var key in store.Find((_, _) => true))
        {
            if (store.Get(key) is { } value)
                queue.Offer(new StoreChange(StoreChangeKind.Added, key, value, null, ObjectStore.VersionOf(value)));
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        store.Committed -= queue.Offer;
        await base.StopAsync(cancellationToken);
        queue.Close();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            do
            {
                await WorkOffAsync(stoppingToken);
                Settle();
            }
            while (await queue.WaitAsync(stoppingToken));
        }
        finally
        {
            Settle();
        }
    }

    private async Task WorkOffAsync(CancellationToken token)
    {
        while (true)
        {
            while (queue.TryTake(out var item))
                Take(item);
            if (!pending.TryDequeue(out var next))
                return;
            known.Remove(next);
            await ReconcileAsync(next.Controller, next.Key, token);
        }
    }

    private void Take(ControllerQueue.Item item)
    {
        if (item.Change is { } change)
            Note(change);
        else if (item.Settled is { } settled)
            settling.Add(settled);
        else if (known.Add(item.Visit!.Value))
            pending.Enqueue(item.Visit.Value);
    }

    private void Settle()
    {
        settling.ForEach(settled => settled.TrySetResult());
        settling.Clear();
    }

    private void Note(StoreChange change)
    {
        foreach (var controller in controllers)
        {
            foreach (var key in controller.Affected(change))
            {
                if (known.Add((controller, key)))
                    pending.Enqueue((controller, key));
            }
        }
    }

    private async Task ReconcileAsync(IController controller, ObjectKey key, CancellationToken token)
    {
        try
        {
            await controller.ReconcileAsync(key, token);
        }
        catch (ApiException e) when (e.Code is 404 or 409)
        {
            // Somebody else has changed the object meanwhile; that change brings it here again.
            LogOutrun(controller.GetType().Name, key, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailure(controller.GetType().Name, key, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Controller} was outrun on {Key}: {Reason}")]
    private partial void LogOutrun(string controller, ObjectKey key, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Controller} failed on {Key}")]
    private partial void LogFailure(string controller, ObjectKey key, Exception exception);
}
