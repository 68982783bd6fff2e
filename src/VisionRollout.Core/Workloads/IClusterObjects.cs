namespace VisionRollout.Core.Workloads;

/// <summary>Small objects of the environment's namespace, and who we are in the cluster.</summary>
public interface IClusterObjects
{
    /// <summary>Reads a Secret's values.</summary>
    Task<IReadOnlyDictionary<string, string>> ReadSecretAsync(string name, CancellationToken token);

    /// <summary>Reads one key of a ConfigMap; null when it does not stand there.</summary>
    Task<string?> ReadConfigurationAsync(string configMap, string key, CancellationToken token);

    /// <summary>Sets one key of a ConfigMap.</summary>
    Task SetConfigurationAsync(string configMap, string key, string value, CancellationToken token);

    /// <summary>The authenticated user name (SelfSubjectReview).</summary>
    Task<string> WhoAmIAsync(CancellationToken token);

    /// <summary>The authenticated user name and its groups (SelfSubjectReview).</summary>
    Task<ClusterIdentity> ReadIdentityAsync(CancellationToken token);
}
