namespace VisionRollout.Core.Plan;

/// <summary>Addresses of the outside systems of one environment. What is null is not used; a cmdlet that needs it says so.</summary>
public sealed record RolloutEndpoints
{
    /// <summary>Path of a kubeconfig; null: the usual places (KUBECONFIG, the home folder, in-cluster).</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Context in the kubeconfig; null: its current one.</summary>
    public string? Context { get; init; }

    /// <summary>Base address of the public gateway.</summary>
    public Uri? Gateway { get; init; }

    /// <summary>Base address of Prometheus (the part before <c>/api/v1</c>).</summary>
    public Uri? Prometheus { get; init; }

    /// <summary>Base address of Alertmanager (the part before <c>/api/v2</c>).</summary>
    public Uri? Alertmanager { get; init; }

    /// <summary>Secret in the environment's namespace with the access to Prometheus (token; username and password; tls.crt and tls.key; ca.crt); null: none is needed.</summary>
    public string? PrometheusSecret { get; init; }

    /// <summary>Secret with the access to Alertmanager, as above; null: none is needed.</summary>
    public string? AlertmanagerSecret { get; init; }

    /// <summary>Incoming webhook of the chat.</summary>
    public Uri? ChatWebhook { get; init; }

    /// <summary>Incoming address of the status page.</summary>
    public Uri? StatusPage { get; init; }

    /// <summary>Where backups go: <c>s3://bucket/prefix</c> or a folder.</summary>
    public string? Backups { get; init; }

    /// <summary>Endpoint of an S3-compatible store; null: AWS.</summary>
    public Uri? S3Endpoint { get; init; }

    /// <summary>A clock service to follow (a rehearsal's virtual clock); null: this machine's clock.</summary>
    public Uri? Clock { get; init; }
}
