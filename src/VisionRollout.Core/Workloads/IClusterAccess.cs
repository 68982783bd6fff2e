namespace VisionRollout.Core.Workloads;

/// <summary>Tells what the caller may do in the environment's namespace.</summary>
public interface IClusterAccess
{
    /// <summary>Asks for one right.</summary>
    Task<ClusterAccess> AskAsync(ClusterRight right, CancellationToken token);
}
