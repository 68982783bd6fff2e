using System.Threading.Channels;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>A subscription to changes, in commit order and without gaps; dispose it to end it.</summary>
internal sealed class StoreWatch : IDisposable
{
    private readonly Channel<StoreChange> channel = Channel.CreateUnbounded<StoreChange>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly Func<ObjectKey, bool> filter;
    private readonly Action<StoreWatch> unsubscribe;

    /// <summary>Creates a subscription for the keys that pass the filter.</summary>
    public StoreWatch(Func<ObjectKey, bool> filter, Action<StoreWatch> unsubscribe)
    {
        this.filter = filter;
        this.unsubscribe = unsubscribe;
    }

    /// <summary>The changes that have not been read yet.</summary>
    public ChannelReader<StoreChange> Changes => channel.Reader;

    /// <summary>Hands over a change when the filter lets it pass; never blocks.</summary>
    public void Offer(StoreChange change)
    {
        if (filter(change.Key))
            channel.Writer.TryWrite(change);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        unsubscribe(this);
        channel.Writer.TryComplete();
    }
}
