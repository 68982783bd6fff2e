using System.Collections.Immutable;
using System.Globalization;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Faults;

/// <summary>All faults of a run: those of the scenario and those that were added later.</summary>
internal sealed class FaultSchedule(IClusterClock clock) : IActiveFaults
{
    private readonly Lock gate = new();
    private readonly List<IFaultEffect> effects = [];
    private readonly HashSet<string> begun = new(StringComparer.Ordinal);
    private volatile ImmutableList<ScheduledFault> faults = [];
    private int count;

    /// <summary>All faults, in the order in which they were added.</summary>
    public IReadOnlyList<ScheduledFault> All => faults;

    /// <summary>Adds what is done for faults of a name. Call before any fault is added.</summary>
    public void Enact(IFaultEffect effect) => effects.Add(effect);

    /// <inheritdoc/>
    public IReadOnlyList<ActiveFault> Active(string name)
    {
        var all = faults;
        if (all.IsEmpty)
            return [];
        var now = clock.Now;
        List<ActiveFault>? active = null;
        foreach (var fault in all)
        {
            if (fault.Name == name && fault.From <= now && !(fault.Until <= now))
                (active ??= []).Add(fault.Effect);
        }

        return active ?? (IReadOnlyList<ActiveFault>)[];
    }

    /// <summary>Adds a fault; its times count from <paramref name="origin"/> (virtual).</summary>
    public async Task<ScheduledFault> AddAsync(ScenarioFault fault, DateTimeOffset origin)
    {
        ScheduledFault added;
        lock (gate)
        {
            var from = origin.AddSeconds(fault.AfterSeconds);
            DateTimeOffset? until = fault.ForSeconds is { } length ? from.AddSeconds(length) : null;
            var id = "f" + (++count).ToString(CultureInfo.InvariantCulture);
            added = new ScheduledFault(id, fault.Name, fault.Target, fault.Magnitude, from, until);
            faults = faults.Add(added);
        }

        await EnactAsync(added);
        return added;
    }

    /// <summary>Ends a fault and forgets it; false when there is none of that id.</summary>
    public async Task<bool> RemoveAsync(string id)
    {
        ScheduledFault? removed;
        lock (gate)
        {
            removed = faults.Find(fault => fault.Id == id);
            if (removed is null)
                return false;
            faults = faults.Remove(removed);
        }

        await EndAsync(removed);
        return true;
    }

    private IEnumerable<IFaultEffect> EffectsOf(ScheduledFault fault) => effects.Where(effect => effect.Name == fault.Name);

    private async Task EnactAsync(ScheduledFault fault)
    {
        if (!EffectsOf(fault).Any())
            return;
        if (fault.From <= clock.Now)
            await BeginAsync(fault);
        else
            clock.Schedule(fault.From, () => BeginAsync(fault));
        if (fault.Until is { } until)
            clock.Schedule(until, () => EndAsync(fault));
    }

    private async Task BeginAsync(ScheduledFault fault)
    {
        lock (gate)
        {
            if (!faults.Contains(fault) || !begun.Add(fault.Id))
                return;
        }

        foreach (var effect in EffectsOf(fault))
            await effect.BeginAsync(fault);
    }

    private async Task EndAsync(ScheduledFault fault)
    {
        lock (gate)
        {
            if (!begun.Remove(fault.Id))
                return;
        }

        foreach (var effect in EffectsOf(fault))
            await effect.EndAsync(fault);
    }
}
