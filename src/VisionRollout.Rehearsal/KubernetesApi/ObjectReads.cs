using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers get and list.</summary>
internal sealed class ObjectReads(ObjectStore store, IClusterClock clock)
{
    /// <summary>Answers with one object.</summary>
    public Task GetAsync(ApiRequest request)
    {
        var value = store.Get(request.Key) ?? throw ApiException.NotFound(request.Key);
        return ApiResponse.WriteAsync(request.Context, new ObjectView(request, clock).One(value));
    }

    /// <summary>Answers with the scale of one object.</summary>
    public Task GetScaleAsync(ApiRequest request) =>
        ApiResponse.WriteAsync(request.Context, ScaleSubresource.Of(store.Get(request.Key) ?? throw ApiException.NotFound(request.Key)));

    /// <summary>Answers with the objects that the selectors choose, in pages when a limit is given.</summary>
    public Task ListAsync(ApiRequest request)
    {
        var filter = new ObjectFilter(request);
        var all = store.List(request.Type.Group, request.Type.Plural, request.Namespace, out var version).Where(filter.Matches).ToList();
        var (page, metadata) = Page(request, all);
        metadata["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return ApiResponse.WriteAsync(request.Context, new ObjectView(request, clock).Many(page, metadata));
    }

    private static (List<JsonObject> Page, JsonObject Metadata) Page(ApiRequest request, List<JsonObject> all)
    {
        var metadata = new JsonObject();
        if (request.Query("continue") is { } after)
        {
            var start = Decode(after);
            all = [.. all.Where(value => string.CompareOrdinal(Position(value), start) > 0)];
        }

        if (request.Number("limit") is not ({ } limit and > 0) || all.Count <= limit)
            return (all, metadata);
        var page = all.Take((int)limit).ToList();
        metadata["continue"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Position(page[^1])));
        metadata["remainingItemCount"] = all.Count - page.Count;
        return (page, metadata);
    }

    private static string Position(JsonObject value) => $"{value.Namespace()}\u0001{value.Name()}";

    private static string Decode(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw ApiException.BadRequest("continue key is not valid");
        }
    }
}
