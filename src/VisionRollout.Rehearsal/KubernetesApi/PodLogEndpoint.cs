using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers <c>pods/log</c>.</summary>
internal sealed class PodLogEndpoint(ObjectStore store, IPodLogs logs, IClusterClock clock)
{
    /// <summary>Sends the lines asked for, each as soon as it is there.</summary>
    public async Task RunAsync(ApiRequest request)
    {
        var pod = store.Get(request.Key) ?? throw ApiException.NotFound(request.Key);
        var container = PodExecEndpoint.ContainerOf(request, pod);
        if (pod.Text("status", "podIP") is null)
            throw ApiException.BadRequest($"container \"{container}\" in pod \"{pod.Name()}\" is waiting to start: {PodStatus.WaitingReason(pod) ?? "ContainerCreating"}");
        var since = request.Number("sinceSeconds") is { } seconds ? clock.Now.AddSeconds(-seconds) : SinceTime(request);
        var wanted = new PodLogRequest(
            pod.Namespace(), pod.Name(), container, IsSet(request, "follow"), (int?)request.Number("tailLines"), since,
            IsSet(request, "timestamps"), IsSet(request, "previous"));
        var stopping = request.Context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Context.RequestAborted, stopping);
        request.Context.Response.ContentType = "text/plain";
        await request.Context.Response.StartAsync(end.Token);
        try
        {
            await foreach (var line in logs.ReadAsync(wanted, end.Token))
            {
                await request.Context.Response.WriteAsync(line + "\n", end.Token);
                if (wanted.Follow)
                    await request.Context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader has gone.
        }
    }

    private static bool IsSet(ApiRequest request, string name) => request.Query(name) is "true" or "1";

    private static DateTimeOffset? SinceTime(ApiRequest request) => request.Query("sinceTime") is not { } text ? null
        : DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var at) ? at
        : throw ApiException.BadRequest($"invalid value for query parameter sinceTime: \"{text}\"");
}
