using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>The routes of a namespace, compiled from its VirtualServices and HTTPRoutes. Immutable.</summary>
internal sealed class RouteTable
{
    private readonly (IReadOnlyList<string> Hosts, RouteRule[] Rules)[] routes;

    private RouteTable((IReadOnlyList<string> Hosts, RouteRule[] Rules)[] routes)
    {
        this.routes = routes;
    }

    /// <summary>A table without routes.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>Compiles the routes that the store has.</summary>
    public static RouteTable Read(ObjectStore store, string ns) => new(
    [
        .. store.List("networking.istio.io", "virtualservices", ns).Select(item => (HostsOf(item, "hosts"), VirtualServiceRules.Compile(item).ToArray())),
        .. store.List("gateway.networking.k8s.io", "httproutes", ns).Select(item => (HostsOf(item, "hostnames"), HttpRouteRules.Compile(item).ToArray())),
    ]);

    /// <summary>
    /// The first rule that a request meets, or null. A request to an address instead of a name (127.0.0.1, localhost) is
    /// taken for any host, as a gateway with the host <c>*</c> would.
    /// </summary>
    public RouteRule? Find(string host, string path, string method, Func<string, string?> header)
    {
        foreach (var (hosts, rules) in routes)
        {
            if (!hosts.Any(pattern => HostMatches(pattern, host)))
                continue;
            if (Array.Find(rules, rule => rule.Match.Matches(path, method, header)) is { } found)
                return found;
        }

        return null;
    }

    private static bool HostMatches(string pattern, string host) =>
        pattern == "*"
        || string.Equals(pattern, host, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase))
        || host == "localhost" || IPAddress.TryParse(host, out _);

    private static string[] HostsOf(JsonObject item, string field)
    {
        var hosts = (item["spec"]?[field] as JsonArray ?? []).Select(host => (string?)host).OfType<string>().ToArray();
        return hosts.Length == 0 ? ["*"] : hosts;
    }
}
