namespace VisionRollout.Rehearsal.Cluster;

/// <summary>The log lines of pods.</summary>
internal interface IPodLogs
{
    /// <summary>Reads log lines (without line ends), and goes on reading when <see cref="PodLogRequest.Follow"/> is set until the pod ends or the token is cancelled.</summary>
    IAsyncEnumerable<string> ReadAsync(PodLogRequest request, CancellationToken token);
}
