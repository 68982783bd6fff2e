using System.Globalization;
using System.Text.Json.Nodes;

namespace VisionRollout.Adapters.Traffic;

/// <summary>Who wrote a route's entries, from <c>metadata.managedFields</c>.</summary>
internal static class RouteOwners
{
    /// <summary>Managers that own <c>spec.ENTRIES</c> or something in it, the one that wrote last at the end.</summary>
    public static IReadOnlyList<(string Manager, DateTimeOffset? At)> Read(JsonArray managedFields, string entries) =>
    [
        .. managedFields.OfType<JsonObject>()
            .Where(item => item["fieldsV1"]?["f:spec"]?["f:" + entries] is not null)
            .Select(item => (Manager: (string?)item["manager"] ?? "", At: TimeOf((string?)item["time"])))
            .OrderBy(item => item.At ?? DateTimeOffset.MinValue),
    ];

    private static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
