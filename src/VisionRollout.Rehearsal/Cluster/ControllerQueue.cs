using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>What waits for the <see cref="ControllerLoop"/>: changes, objects to look at again, and those who wait until it has nothing left to do.</summary>
internal sealed class ControllerQueue
{
    private readonly Channel<Item> channel = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Adds a change.</summary>
    public void Offer(StoreChange change) => channel.Writer.TryWrite(new Item(change, null, null));

    /// <summary>Has a controller look at an object again although nothing changed (because time has passed, or a pod has reported).</summary>
    public void Revisit(ObjectKey key, IController controller) => channel.Writer.TryWrite(new Item(null, (controller, key), null));

    /// <summary>
    /// Waits until the controllers have reacted to everything that has happened so far, and to what that led to.
    /// The clock awaits this before it moves on. Must not be awaited from a controller or a pod runtime.
    /// </summary>
    public Task SettleAsync(CancellationToken token = default)
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return channel.Writer.TryWrite(new Item(null, null, settled)) ? settled.Task.WaitAsync(token) : Task.CompletedTask;
    }

    /// <summary>Takes the next item, if there is one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out Item item) => channel.Reader.TryRead(out item);

    /// <summary>Waits for an item; false when the queue is closed.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken token) => channel.Reader.WaitToReadAsync(token);

    /// <summary>Ends the queue; nobody waits for it any more.</summary>
    public void Close()
    {
        channel.Writer.TryComplete();
        while (channel.Reader.TryRead(out var item))
            item.Settled?.TrySetResult();
    }

    /// <summary>One entry; exactly one of its members is set.</summary>
    internal sealed record Item(StoreChange? Change, (IController Controller, ObjectKey Key)? Visit, TaskCompletionSource? Settled);
}
