using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Rehearsal;

/// <summary>The line that a rehearsal cluster prints when it is up, or why it is not.</summary>
internal sealed record RehearsalReady
{
    public bool Ready { get; init; }

    public string Error { get; init; } = "";

    public string Code { get; init; } = "";

    public string? Kubeconfig { get; init; }

    public string? Context { get; init; }

    public Uri? Kubernetes { get; init; }

    public Uri? Gateway { get; init; }

    public Uri? Prometheus { get; init; }

    public Uri? Alertmanager { get; init; }

    public Uri? ChatWebhook { get; init; }

    public Uri? StatusPage { get; init; }

    public Uri? Clock { get; init; }

    public Uri? Control { get; init; }

    public string? Backups { get; init; }

    public RolloutEndpoints ToEndpoints() => new()
    {
        KubeConfig = Kubeconfig, Context = Context, Gateway = Gateway, Prometheus = Prometheus, Alertmanager = Alertmanager,
        ChatWebhook = ChatWebhook, StatusPage = StatusPage, Clock = Clock, Backups = Backups,
    };
}
