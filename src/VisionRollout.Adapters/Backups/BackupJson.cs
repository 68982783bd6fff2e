using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VisionRollout.Adapters.Backups;

/// <summary>JSON of manifests and evidence.</summary>
internal static class BackupJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <exception cref="JsonException">The content is damaged or misses something.</exception>
    public static async Task<T> ReadAsync<T>(Stream content, CancellationToken token) =>
        await JsonSerializer.DeserializeAsync<T>(content, Options, token) ?? throw new JsonException("The document is null.");
}
