using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Short names derived from content, in the alphabet that Kubernetes uses for generated names (no vowels, so no words).</summary>
internal static class StableHash
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Ten characters that depend on the text only.</summary>
    public static string Of(string text) =>
        string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(10).Select(part => Alphabet[part % Alphabet.Length]));

    /// <summary>Ten characters that depend on the content of the node only, not on the order of its fields or on null ones.</summary>
    public static string Of(JsonNode? node) => Of(Canonical(node));

    /// <summary>Five random characters, as the API server appends to a generateName.</summary>
    public static string RandomSuffix() => RandomNumberGenerator.GetString(Alphabet, 5);

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject map => $"{{{string.Join(',', map.Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{Canonical(pair.Value)}"))}}}",
        JsonArray list => $"[{string.Join(',', list.Select(Canonical))}]",
        null => "null",
        _ => node.ToJsonString(),
    };
}
