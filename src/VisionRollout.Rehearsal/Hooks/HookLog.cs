using System.Collections.Immutable;

namespace VisionRollout.Rehearsal.Hooks;

/// <summary>What all sinks received, in order.</summary>
internal sealed class HookLog
{
    private ImmutableList<HookCall> calls = [];

    /// <summary>All calls so far.</summary>
    public IReadOnlyList<HookCall> Calls => calls;

    /// <summary>Notes a call.</summary>
    public void Add(HookCall call) => ImmutableInterlocked.Update(ref calls, (all, added) => all.Add(added), call);
}
