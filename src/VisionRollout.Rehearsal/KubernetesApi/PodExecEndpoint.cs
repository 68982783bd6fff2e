using System.Net.WebSockets;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers <c>pods/exec</c> over WebSocket (v5 and v4 of channel.k8s.io).</summary>
internal sealed class PodExecEndpoint(ObjectStore store, IPodExec exec)
{
    /// <summary>Runs the command and sends its output and, at the end, its exit code.</summary>
    public async Task RunAsync(ApiRequest request)
    {
        var pod = store.Get(request.Key) ?? throw ApiException.NotFound(request.Key);
        var query = request.Context.Request.Query;
        var container = ContainerOf(request, pod);
        string[] command = [.. query["command"].Select(part => part ?? "")];
        if (command.Length == 0)
            throw ApiException.BadRequest("you must specify at least 1 command for the container");
        var sockets = request.Context.WebSockets;
        if (!sockets.IsWebSocketRequest)
            throw ApiException.BadRequest("Upgrade request required: exec speaks WebSocket with v5.channel.k8s.io or v4.channel.k8s.io");
        var protocol = RemoteCommandChannel.Protocols.FirstOrDefault(sockets.WebSocketRequestedProtocols.Contains)
            ?? throw ApiException.BadRequest($"no supported protocol among: {string.Join(", ", sockets.WebSocketRequestedProtocols)}");
        using var socket = await sockets.AcceptWebSocketAsync(protocol);
        await using var channel = new RemoteCommandChannel(socket, request.Context.RequestAborted);
        var withStdIn = query["stdin"].ToString() is "true" or "1";
        var run = new PodExecRequest(
            pod.Namespace(), pod.Name(), container, command, channel.WriteStdOutAsync, channel.WriteStdErrAsync,
            withStdIn ? channel.StdIn : null, request.User.Name);
        await channel.FinishAsync(await OutcomeAsync(run, channel.Closed));
    }

    /// <summary>Answers which container a request means.</summary>
    /// <exception cref="ApiException">400: the pod has none of that name, or it does not run.</exception>
    public static string ContainerOf(ApiRequest request, JsonObject pod)
    {
        var container = request.Query("container") ?? PodFacts.DefaultContainer(pod);
        if (!pod.Items("spec", "containers").Any(known => known.Text("name") == container))
            throw ApiException.BadRequest($"container {container} is not valid for pod {pod.Name()}");
        return container;
    }

    private async Task<JsonObject> OutcomeAsync(PodExecRequest run, CancellationToken token)
    {
        try
        {
            var pod = store.Get(new ObjectKey("", "pods", run.Namespace, run.Pod));
            if (pod is null || PodStatus.WaitingReason(pod) is not null || pod.Text("status", "phase") != "Running")
                throw new ApiException(500, "InternalError", $"unable to upgrade connection: container not found (\"{run.Container}\")");
            return Outcome(await exec.RunAsync(run, token));
        }
        catch (ApiException e)
        {
            return ApiResponse.Failure(e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return ApiResponse.Failure(new ApiException(500, "InternalError", $"error executing command in container: {e.Message}"));
        }
    }

    private static JsonObject Outcome(int exitCode)
    {
        if (exitCode == 0)
            return ApiResponse.Status("Success");
        var failure = ApiResponse.Status("Failure");
        failure["message"] = $"command terminated with non-zero exit code: exit status {exitCode}";
        failure["reason"] = "NonZeroExitCode";
        failure["details"] = new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = exitCode.ToString(System.Globalization.CultureInfo.InvariantCulture) }),
        };
        return failure;
    }
}
