using System.Globalization;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>Prometheus' answers in JSON.</summary>
internal static class PrometheusAnswer
{
    /// <summary>A success.</summary>
    public static IResult Success(object data) => Results.Json(new { status = "success", data });

    /// <summary>A query that cannot be answered.</summary>
    public static IResult BadData(string error) =>
        Results.Json(new { status = "error", errorType = "bad_data", error }, statusCode: StatusCodes.Status400BadRequest);

    /// <summary>Labels as an object.</summary>
    public static JsonObject Metric(LabelSet labels) =>
        new(labels.Pairs.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, JsonValue.Create(pair.Value))));

    /// <summary>A sample as time in seconds and value as text.</summary>
    public static JsonArray Point(long milliseconds, double value) => [JsonValue.Create(milliseconds / 1000m), JsonValue.Create(Number(value))];

    /// <summary>A number as Prometheus writes it.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => double.IsNaN(value) ? "NaN" : value.ToString("R", CultureInfo.InvariantCulture),
    };
}
