namespace VisionRollout.Core.Journal;

/// <summary>A session got the environment's lease: from here on only it may write, whoever wrote before.</summary>
/// <param name="Fence">Fencing number.</param>
/// <param name="Holder">Who: user, machine, process, session.</param>
/// <param name="From">The holder that had not given it back; empty when it was free.</param>
public sealed record LeaseAcquired(long Fence, string Holder, string From) : JournalEntry;
