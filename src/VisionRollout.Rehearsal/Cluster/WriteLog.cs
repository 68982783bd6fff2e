namespace VisionRollout.Rehearsal.Cluster;

/// <summary>The mutating requests so far, in order (for <c>GET /effects</c>).</summary>
internal sealed class WriteLog
{
    private readonly Lock gate = new();
    private readonly List<WriteRecord> records = [];

    /// <summary>Notes a request that was carried out.</summary>
    public void Add(WriteRecord record)
    {
        lock (gate)
            records.Add(record);
    }

    /// <summary>A copy of all records.</summary>
    public IReadOnlyList<WriteRecord> Read()
    {
        lock (gate)
            return [.. records];
    }
}
