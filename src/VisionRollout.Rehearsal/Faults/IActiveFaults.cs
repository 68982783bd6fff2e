namespace VisionRollout.Rehearsal.Faults;

/// <summary>The faults that act now, on the virtual clock. Safe to call from any thread, cheap enough for every request.</summary>
public interface IActiveFaults
{
    /// <summary>The active faults of that name (see <see cref="FaultNames"/>), oldest first; empty when there is none.</summary>
    IReadOnlyList<ActiveFault> Active(string name);
}
