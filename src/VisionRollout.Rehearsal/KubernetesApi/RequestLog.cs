using System.Collections.Concurrent;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>How often each user has asked for what (for <c>GET /requests</c>): what a Role would have to allow. Safe for use by many threads.</summary>
internal sealed class RequestLog
{
    private readonly ConcurrentDictionary<(string User, string Group, string Resource, string Verb), long> counts = new();

    /// <summary>Notes a request, whatever became of it.</summary>
    public void Note(ApiUser user, string group, string resource, string verb) => counts.AddOrUpdate((user.Name, group, resource, verb), 1, (_, count) => count + 1);

    /// <summary>The counts so far, in alphabetical order.</summary>
    public IEnumerable<object> Read() => counts
        .OrderBy(item => item.Key)
        .Select(item => new { user = item.Key.User, group = item.Key.Group, resource = item.Key.Resource, verb = item.Key.Verb, count = item.Value });
}
