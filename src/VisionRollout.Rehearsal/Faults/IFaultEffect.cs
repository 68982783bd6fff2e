namespace VisionRollout.Rehearsal.Faults;

/// <summary>Something real that must be done when a fault begins and undone when it ends (most faults are only looked at: <see cref="IActiveFaults"/>).</summary>
internal interface IFaultEffect
{
    /// <summary>The fault's name.</summary>
    string Name { get; }

    /// <summary>The fault has begun.</summary>
    Task BeginAsync(ScheduledFault fault);

    /// <summary>The fault is over.</summary>
    Task EndAsync(ScheduledFault fault);
}
