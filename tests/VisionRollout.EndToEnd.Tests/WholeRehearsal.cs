namespace VisionRollout.EndToEnd.Tests;

/// <summary>One rehearsal without faults, run once for the tests that look at it, with a person's kubectl at its end.</summary>
public sealed class WholeRehearsal : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>The run.</summary>
    public RehearsalRun Run { get; private set; } = null!;

    /// <summary>What kubectl said; null where it is not installed.</summary>
    internal Kubectl? Kubectl { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        Run = await RehearsalRun.RunAsync("", limit.Token, kubeconfig => UseKubectlAsync(kubeconfig, limit.Token));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Run?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task UseKubectlAsync(string kubeconfig, CancellationToken token)
    {
        if (!Kubectl.IsInstalled) return;
        Kubectl = new Kubectl(kubeconfig);
        foreach (var (name, line) in Commands) await Kubectl.RunAsync(name, line, token);
    }

    private static readonly (string Name, string Line)[] Commands =
    [
        ("get", "kubectl get deployments,pods,services,virtualservices"),
        ("describe", "kubectl describe deployment business-service"),
        ("apply", """
            kubectl apply -f - <<'END' && kubectl get configmap notes -o jsonpath='{.data.who}'
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: notes}
            data: {who: a person}
            END
            """),
        ("scale", "kubectl scale deployment/core-service --replicas=3"),
        ("rollout status", "kubectl rollout status deployment/core-service --timeout=60s && kubectl get deployment core-service -o jsonpath='{.status.readyReplicas}'"),
        ("exec", "kubectl exec deployment/core-service -- hostname"),
        // The watch is open before the change, and ends when it has shown it.
        ("watch", """
            coproc WATCH { timeout 90 kubectl get configmap notes --watch -o jsonpath='{.data.who}{"\n"}'; }
            read -r first <&"${WATCH[0]}"
            kubectl patch configmap notes --type merge -p '{"data":{"who":"somebody else"}}' >/dev/null
            read -r second <&"${WATCH[0]}"
            kill "$WATCH_PID"
            echo "$first, $second"
            """),
        // The plan document's own commands, as they stand there.
        ("plan: migrate", """
            for service in business core swarm development; do
              kubectl exec -n vision-to-code-production deployment/${service}-service -- \
                mix ecto.migrate --log-sql
            done
            """),
        ("plan: canary", """
            kubectl patch virtualservice vision-to-code \
              -n vision-to-code-production \
              --type merge \
              -p '{"spec":{"http":[{"match":[{"headers":{"canary":{"exact":"true"}}}],"route":[{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":100}]},{"route":[{"destination":{"host":"vision-to-code-green","port":{"number":80}},"weight":95},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":5}]}]}}'
            """),
        ("plan: canary, afterwards", "kubectl get virtualservice vision-to-code -n vision-to-code-production -o jsonpath='{.spec.http[1].route[*].weight}'"),
        ("plan: retention", """
            kubectl annotate deployment -n vision-to-code-production \
              -l deployment-color=green \
              keep-until="$(date -d '+24 hours' --iso-8601=seconds)"
            """),
        ("plan: retention, overwritten", """
            kubectl annotate --overwrite deployment -n vision-to-code-production \
              -l deployment-color=green \
              keep-until="$(date -d '+24 hours' --iso-8601=seconds)"
            """),
    ];
}
