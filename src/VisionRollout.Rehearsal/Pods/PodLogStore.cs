using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>The logs of all pods: of the running container, and of the one before it.</summary>
internal sealed class PodLogStore : IPodLogs
{
    private readonly ConcurrentDictionary<(string Namespace, string Pod), (PodLog Current, PodLog? Previous)> logs = new();

    /// <summary>Starts the log of a pod's new container; that of the container before becomes the previous one.</summary>
    public PodLog Begin(string ns, string pod)
    {
        var log = new PodLog();
        logs.AddOrUpdate((ns, pod), _ => (log, null), (_, old) =>
        {
            old.Current.End();
            return (log, old.Current);
        });
        return log;
    }

    /// <summary>Forgets a pod; whoever follows its log comes to the end.</summary>
    public void Remove(string ns, string pod)
    {
        if (logs.TryRemove((ns, pod), out var gone))
            gone.Current.End();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadAsync(PodLogRequest request, [EnumeratorCancellation] CancellationToken token)
    {
        if (!logs.TryGetValue((request.Namespace, request.Pod), out var found)
            || (request.Previous ? found.Previous : found.Current) is not { } log)
            yield break;

        var (lines, position, more) = log.ReadAfter(0);
        var tail = request.TailLines is { } last ? lines.TakeLast(last) : lines;
        while (true)
        {
            foreach (var line in tail.Where(line => request.Since is null || line.At >= request.Since))
                yield return Render(line, request.Timestamps);
            if (!request.Follow || more is null)
                yield break;
            await more.WaitAsync(token);
            (lines, position, more) = log.ReadAfter(position);
            tail = lines;
        }
    }

    private static string Render(PodLogLine line, bool timestamps) => timestamps
        ? $"{line.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture)} {line.Text}"
        : line.Text;
}
