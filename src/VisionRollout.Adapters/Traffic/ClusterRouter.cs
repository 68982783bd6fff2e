using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.GatewayApi;
using VisionRollout.Adapters.Istio;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Traffic;

namespace VisionRollout.Adapters.Traffic;

/// <summary>Reads and writes the environment's VirtualService or HTTPRoute. A write is a JSON merge patch of the list of entries
/// together with the resourceVersion that it starts from: everything outside the list is never sent, and a change by somebody
/// else in between is refused by the API server (409).</summary>
public sealed class ClusterRouter : ITrafficRouter
{
    private const int MostAttempts = 20;
    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(200);

    private readonly KubernetesConnection connection;
    private readonly PlanRoute route;
    private readonly IReadOnlyList<string> colours;
    private readonly RouteDialect dialect;

    /// <summary>Reads and writes the route of the plan's environment.</summary>
    /// <exception cref="RolloutException">The plan's route is of an unknown kind.</exception>
    public ClusterRouter(KubernetesConnection connection, PlanRoute route, PlanColours colours)
    {
        this.connection = connection;
        this.route = route;
        this.colours = colours.Names;
        dialect = route.Kind switch
        {
            "VirtualService" => new VirtualServiceDialect(route, connection.Namespace),
            "HTTPRoute" => new HttpRouteDialect(route, connection.Namespace),
            _ => throw new RolloutException("RouteKindUnknown", RolloutErrorKind.InvalidInput, $"The plan's route '{route.Name}' is of kind '{route.Kind}'.",
                "Set Route.Kind in the plan to VirtualService or HTTPRoute.", route.Name),
        };
    }

    private string Subject => $"{route.Kind} '{route.Name}'";

    /// <inheritdoc/>
    public async Task<TrafficRoute> ReadAsync(CancellationToken token) => Describe((await LoadAsync(token)).Object);

    /// <inheritdoc/>
    public async Task<TrafficRoute> WriteAsync(TrafficRoute seen, IReadOnlyDictionary<string, double> weights, string? headerColour, bool isWayBack, CancellationToken token)
    {
        Require(weights, headerColour);
        await RequireSubsetsAsync(weights, headerColour, token);
        var (path, stored) = await LoadAsync(token);
        var found = Describe(stored);
        if (found.ResourceVersion != seen.ResourceVersion) throw Changed(found);

        var document = Open(stored);
        document.SetWeights(WholePercent.From(weights));
        document.SetHeaderColour(headerColour);
        if (JsonNode.DeepEquals(document.Entries, stored["spec"]![dialect.Entries])) return found;

        var request = KubernetesRequest.MergePatch(path, Subject, new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = seen.ResourceVersion },
            ["spec"] = new JsonObject { [dialect.Entries] = document.Entries.DeepClone() },
        });
        return await PatchAsync(request, seen, document.Entries, token);
    }

    /// <summary>Writes the fencing number of a new lease holder beside the route, which gives the route another version: a write that the
    /// last holder prepared before is refused by the API server.</summary>
    internal async Task FenceAsync(long fence, CancellationToken token)
    {
        var (path, _) = await LoadAsync(token);
        var body = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["visionrollout/fence"] = fence.ToString(CultureInfo.InvariantCulture) } } };
        await connection.SendAsync(KubernetesRequest.MergePatch(path, Subject, body) with { IsUnfenced = true }, token);
    }

    /// <summary>Sends the patch. A conflict is looked into: a request whose answer was lost conflicts with itself when it is repeated (then
    /// what was wanted stands there), and a busy server gives up although nothing has changed (then it is sent again).</summary>
    private async Task<TrafficRoute> PatchAsync(KubernetesRequest request, TrafficRoute seen, JsonArray wanted, CancellationToken token)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await connection.AskAsync(request, token);
            if (answer.IsSuccess) return Describe(await connection.ParseObjectAsync(answer, request, token));
            if (answer.Status != HttpStatusCode.Conflict) throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token));

            var stored = (await LoadAsync(token)).Object;
            var found = Describe(stored);
            if (JsonNode.DeepEquals(wanted, stored["spec"]![dialect.Entries])) return found;
            if (found.ResourceVersion != seen.ResourceVersion || attempt == MostAttempts) throw Changed(found);
            await Task.Delay(AttemptPause, token);
        }
    }

    private async Task<(string Path, JsonObject Object)> LoadAsync(CancellationToken token)
    {
        foreach (var api in dialect.Apis)
        {
            var path = connection.PathOf(api, dialect.Plural, route.Name);
            var request = KubernetesRequest.Get(path, Subject);
            var answer = await connection.AskAsync(request, token);
            if (answer.IsSuccess) return (path, await connection.ParseObjectAsync(answer, request, token));
            if (answer.Status != HttpStatusCode.NotFound) throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token));
        }

        throw new RolloutException("RouteNotFound", RolloutErrorKind.NotFound, $"There is no {Subject} at {await connection.PlaceAsync(token)}.",
            "Correct Route.Kind and Route.Name of the environment in the plan, or create the route.", route.Name);
    }

    private RouteDocument Open(JsonObject stored) => new(stored["spec"] as JsonObject ?? [], dialect, route, colours);

    private TrafficRoute Describe(JsonObject stored)
    {
        var document = Open(stored);
        var owners = RouteOwners.Read(stored["metadata"]?["managedFields"] as JsonArray ?? [], dialect.Entries);
        return new TrafficRoute
        {
            Kind = route.Kind,
            Name = route.Name,
            ResourceVersion = (string?)stored["metadata"]?["resourceVersion"] ?? "",
            Weights = document.Weights,
            HeaderColour = document.HeaderColour,
            Managers = [.. owners.Select(owner => owner.Manager).Distinct()],
            ChangedAt = owners.Count > 0 ? owners[^1].At : null,
        };
    }

    private void Require(IReadOnlyDictionary<string, double> weights, string? headerColour)
    {
        var unknown = weights.Keys.Append(headerColour).FirstOrDefault(colour => colour is not null && !(colours.Contains(colour) && route.Hosts.ContainsKey(colour)));
        if (unknown is null) return;
        throw new RolloutException("ColourHasNoHost", RolloutErrorKind.InvalidInput,
            $"Traffic cannot go to colour '{unknown}': the plan's route names hosts for {string.Join(", ", route.Hosts.Keys)}.",
            "Add the colour to Route.Hosts in the plan.", unknown);
    }

    /// <summary>A destination whose subset no DestinationRule defines answers 503 (Envoy's flag NC): subsets first, then weights.</summary>
    private async Task RequireSubsetsAsync(IReadOnlyDictionary<string, double> weights, string? headerColour, CancellationToken token)
    {
        if (route.Subsets.Count == 0) return;
        var rules = await connection.SendAsync(KubernetesRequest.Get(connection.PathOf(dialect.Apis[0], "destinationrules"), "the DestinationRules"), token);
        var known = (from rule in rules["items"] as JsonArray ?? []
                     from subset in rule?["spec"]?["subsets"] as JsonArray ?? []
                     select (((string?)rule!["spec"]!["host"] ?? "").Split('.')[0], (string?)subset?["name"])).ToHashSet();
        foreach (var colour in weights.Where(pair => pair.Value > 0).Select(pair => pair.Key).Append(headerColour).OfType<string>())
        {
            if (known.Contains((route.Hosts[colour].Split('.')[0], route.Subsets[colour]))) continue;
            throw new RolloutException("SubsetMissing", RolloutErrorKind.NotFound, $"No DestinationRule defines the subset '{route.Subsets[colour]}' of host '{route.Hosts[colour]}': requests for {colour} would find nobody.",
                "Apply the DestinationRule with its subsets first, or correct Route.Subsets in the plan.", route.Subsets[colour]);
        }
    }

    private RolloutException Changed(TrafficRoute found) => new("RouteChanged", RolloutErrorKind.Conflict,
        $"{Subject} was changed by somebody else since it was read"
        + (found.Managers.Count > 0 ? $" (last by {found.Managers[^1]}" + (found.ChangedAt is { } at ? FormattableString.Invariant($" at {at:u})") : ")") : "") + ".",
        "Read the route again and decide on what stands there now; find out who else writes it.", route.Name);
}
