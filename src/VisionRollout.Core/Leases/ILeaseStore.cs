namespace VisionRollout.Core.Leases;

/// <summary>Where the lease of one environment is kept.</summary>
public interface ILeaseStore
{
    /// <summary>Name of the lease.</summary>
    string Name { get; }

    /// <summary>Reads the lease; null when there is none yet.</summary>
    Task<LeaseRecord?> ReadAsync(CancellationToken token);

    /// <summary>Stores the lease, provided that it still has the version that <paramref name="wanted"/> names (null: provided that there is none).</summary>
    /// <returns>The lease as stored; null when somebody else was first.</returns>
    Task<LeaseRecord?> WriteAsync(LeaseRecord wanted, CancellationToken token);
}
