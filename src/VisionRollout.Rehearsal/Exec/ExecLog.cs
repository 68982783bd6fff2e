using System.Collections.Immutable;

namespace VisionRollout.Rehearsal.Exec;

/// <summary>The commands that were run inside pods, in the order of their ends.</summary>
internal sealed class ExecLog
{
    private ImmutableList<ExecRecord> records = [];

    /// <summary>All commands so far.</summary>
    public IReadOnlyList<ExecRecord> Records => records;

    /// <summary>Notes a command.</summary>
    public void Add(ExecRecord record) => ImmutableInterlocked.Update(ref records, (all, added) => all.Add(added), record);
}
