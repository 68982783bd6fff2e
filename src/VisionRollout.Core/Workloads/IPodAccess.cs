namespace VisionRollout.Core.Workloads;

/// <summary>Reaches into pods through the API server, from anywhere.</summary>
public interface IPodAccess
{
    /// <summary>Runs a command in a ready pod of a Deployment; each line of output is handed over as it comes.</summary>
    Task<ExecResult> ExecAsync(string deployment, string container, IReadOnlyList<string> command, Action<string> onLine, CancellationToken token);

    /// <summary>HTTP GET on a pod through the API server's proxy.</summary>
    Task<PodResponse> GetFromPodAsync(string pod, int port, string path, CancellationToken token);

    /// <summary>HTTP GET on a Service through the API server's proxy.</summary>
    Task<PodResponse> GetFromServiceAsync(string service, int port, string path, CancellationToken token);
}
