using System.Text.Json;

namespace VisionRollout.Core.Checks;

/// <summary>A health document in the form of the IETF draft "Health Check Response Format for HTTP APIs" (draft-inadarei-api-health-check).</summary>
/// <param name="Status"><c>pass</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Checks">Its single checks.</param>
public sealed record HealthDocument(string Status, IReadOnlyList<HealthCheck> Checks)
{
    /// <summary>Reads a document. An answer that is none becomes a document by its HTTP status: 2xx and 3xx pass, all else fails.</summary>
    /// <param name="httpStatus">HTTP status code.</param>
    /// <param name="body">The body.</param>
    public static HealthDocument Parse(int httpStatus, string body)
    {
        var byCode = httpStatus is >= 200 and < 400 ? "pass" : "fail";
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new(byCode, []);
            // The draft demands 2xx or 3xx of a document that passes: one that contradicts its own HTTP status does not pass.
            var status = byCode == "fail" ? byCode : Normal(Text(root, "status"), byCode);
            return new(status, root.TryGetProperty("checks", out var checks) && checks.ValueKind == JsonValueKind.Object ? [.. ReadChecks(checks)] : []);
        }
        catch (JsonException)
        {
            return new(byCode, []);
        }
    }

    private static IEnumerable<HealthCheck> ReadChecks(JsonElement checks)
    {
        foreach (var check in checks.EnumerateObject())
        {
            foreach (var item in check.Value.ValueKind == JsonValueKind.Array ? check.Value.EnumerateArray().ToArray() : [check.Value])
            {
                yield return new(check.Name, Text(item, "componentType"), Text(item, "status") is { Length: > 0 } status ? Normal(status, "warn") : "pass", Text(item, "output"));
            }
        }
    }

    private static string Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // A check may go without a status: then it only informs. The draft lets "ok" and "up" stand for pass, "error" and "down" for fail.
    private static string Normal(string status, string otherwise) => status.ToUpperInvariant() switch
    {
        "PASS" or "OK" or "UP" => "pass",
        "WARN" => "warn",
        "FAIL" or "ERROR" or "DOWN" => "fail",
        _ => otherwise,
    };
}
