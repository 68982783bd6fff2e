using System.Net;
using System.Net.WebSockets;
using k8s.Models;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Reaches into pods through the API server: <c>exec</c> over WebSocket, HTTP through the proxy subresource.</summary>
/// <param name="connection">The cluster.</param>
public sealed class KubernetesPodAccess(KubernetesConnection connection) : IPodAccess
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<ExecResult> ExecAsync(string deployment, string container, IReadOnlyList<string> command, Action<string> onLine, CancellationToken token)
    {
        var pod = await FindReadyPodAsync(deployment, container, token);
        using var socket = await connection.OpenExecAsync(pod, container, command, token);
        var result = await new ExecSession(pod, onLine).RunAsync(socket, token);
        await CloseAsync(socket, token);
        return result;
    }

    /// <inheritdoc/>
    public Task<PodResponse> GetFromPodAsync(string pod, int port, string path, CancellationToken token) =>
        GetAsync("pods", pod, port, path, $"pod '{pod}'", token);

    /// <inheritdoc/>
    public Task<PodResponse> GetFromServiceAsync(string service, int port, string path, CancellationToken token) =>
        GetAsync("services", service, port, path, $"Service '{service}'", token);

    private static async Task CloseAsync(WebSocket socket, CancellationToken token)
    {
        if (socket.State != WebSocketState.CloseReceived) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(CloseTimeout);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException)
        {
            // The command has ended and told its status: how the connection ends changes nothing.
        }
    }

    private static string Selector(V1LabelSelector selector)
    {
        var equal = (selector.MatchLabels ?? new Dictionary<string, string>()).Select(label => $"{label.Key}={label.Value}");
        var sets = (selector.MatchExpressions ?? []).Select(item => item.OperatorProperty switch
        {
            "In" => $"{item.Key} in ({string.Join(",", item.Values)})",
            "NotIn" => $"{item.Key} notin ({string.Join(",", item.Values)})",
            "DoesNotExist" => "!" + item.Key,
            _ => item.Key,
        });
        return string.Join(",", equal.Concat(sets));
    }

    private async Task<string> FindReadyPodAsync(string deployment, string container, CancellationToken token)
    {
        var owner = await connection.ReadAsync<V1Deployment>(connection.PathOf("apis/apps/v1", "deployments", deployment), $"Deployment '{deployment}'", token);
        var path = connection.PathOf("api/v1", "pods") + "?labelSelector=" + Uri.EscapeDataString(Selector(owner.Spec.Selector));
        var pods = (await connection.ReadAsync<V1PodList>(path, $"the pods of Deployment '{deployment}'", token)).Items;
        var ready = pods.Where(pod => WorkloadReader.IsReady(pod) && WorkloadReader.DeploymentOf(pod) == deployment).ToList();
        var chosen = ready.Where(pod => pod.Spec.Containers.Any(item => item.Name == container)).OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();
        if (chosen is not null) return chosen.Metadata.Name;
        throw ready.Count > 0
            ? new RolloutException("ContainerNotFound", RolloutErrorKind.NotFound,
                $"The pods of Deployment '{deployment}' have no container '{container}'; they have: {string.Join(", ", ready[0].Spec.Containers.Select(item => item.Name))}.",
                "Correct the service's Container in the plan.", deployment)
            : new RolloutException("NoReadyPod", RolloutErrorKind.InvalidState,
                $"None of the {pods.Count} pods of Deployment '{deployment}' is ready: there is nowhere to run '{container}' commands.",
                "Wait until the Deployment is ready; Watch-Deployment tells what its pods wait for.", deployment);
    }

    private async Task<PodResponse> GetAsync(string plural, string name, int port, string path, string subject, CancellationToken token)
    {
        var address = $"{connection.PathOf("api/v1", plural, $"{name}:{port}").Replace("%3A", ":", StringComparison.Ordinal)}/proxy/{path.TrimStart('/')}";
        var request = KubernetesRequest.Get(address, subject) with { IsProxy = true };
        var answer = await connection.AskAsync(request, token);
        // The API server's own refusals are errors. That it cannot reach the pod (503 with a Status) is an answer about the pod.
        var refused = answer.StatusObject is not null
            && answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError;
        return refused ? throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token)) : new PodResponse((int)answer.Status, answer.Body);
    }
}
