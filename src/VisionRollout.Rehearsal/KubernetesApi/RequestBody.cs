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

    /// <summary>The body as an object, whether written in JSON, YAML or Kubernetes' protobuf; null when it is empty.</summary>
    /// <exception cref="ApiException">400 not readable, 415 a kind that is not known as protobuf.</exception>
    public static async Task<JsonObject?> ReadObjectAsync(HttpRequest request, CancellationToken token)
    {
        if (await ReadAsync(request, token) is not { } node)
            return null;
        return node as JsonObject ?? throw ApiException.BadRequest("the object provided is unrecognized (must be of type object)");
    }

    /// <summary>The body as any JSON value; null when it is empty.</summary>
    /// <exception cref="ApiException">400 not readable, 415 a kind that is not known as protobuf.</exception>
    public static async Task<JsonNode?> ReadAsync(HttpRequest request, CancellationToken token)
    {
        var media = MediaType(request);
        if (media == "application/vnd.kubernetes.protobuf")
            return await ReadProtobufAsync(request, token);
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(token);
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var isYaml = media.Contains("yaml", StringComparison.Ordinal) && text.AsSpan().TrimStart()[0] is not ('{' or '[');
        return isYaml || media.StartsWith(ServerSideApply, StringComparison.Ordinal) ? YamlDocument.Read(text) : Json(text);
    }

    private static async Task<JsonNode?> ReadProtobufAsync(HttpRequest request, CancellationToken token)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, token);
        return content.Length == 0 ? null : ProtobufBody.Read(content.GetBuffer().AsSpan(0, (int)content.Length));
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
