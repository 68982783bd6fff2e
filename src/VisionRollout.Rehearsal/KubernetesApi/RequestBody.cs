using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Reads the bodies of requests.</summary>
internal static class RequestBody
{
    private const string ServerSideApply = "application/apply-patch";

    /// <summary>The media type of the body, without parameters.</summary>
    public static string MediaType(HttpRequest request) =>
        (request.ContentType ?? "").Split(';', 2)[0].Trim();

    /// <summary>The body as an object, whether written in JSON or in YAML; null when it is empty.</summary>
    /// <exception cref="ApiException">400 not readable, 415 protobuf.</exception>
    public static async Task<JsonObject?> ReadObjectAsync(HttpRequest request, CancellationToken token)
    {
        if (await ReadAsync(request, token) is not { } node)
            return null;
        return node as JsonObject ?? throw ApiException.BadRequest("the object provided is unrecognized (must be of type object)");
    }

    /// <summary>The body as any JSON value; null when it is empty.</summary>
    /// <exception cref="ApiException">400 not readable, 415 protobuf.</exception>
    public static async Task<JsonNode?> ReadAsync(HttpRequest request, CancellationToken token)
    {
        var media = MediaType(request);
        if (media.Contains("protobuf", StringComparison.Ordinal) || media.Contains("cbor", StringComparison.Ordinal))
            throw new ApiException(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: application/json, application/yaml (got {media})");
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(token);
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var isYaml = media.Contains("yaml", StringComparison.Ordinal) && text.AsSpan().TrimStart()[0] is not ('{' or '[');
        return isYaml || media.StartsWith(ServerSideApply, StringComparison.Ordinal) ? YamlDocument.Read(text) : Json(text);
    }

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"the object provided is unrecognized: {e.Message}");
        }
    }
}
