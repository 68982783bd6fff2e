using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace VisionRollout.Adapters.Journals;

/// <summary>One ConfigMap of a journal: a key for each line, named by its number. Long lines are compressed. When it is full it is closed, and
/// closed segments never change: that is what makes the first line of the next one safe.</summary>
/// <param name="stored">The ConfigMap as the server gave it.</param>
internal sealed class JournalSegment(JsonObject stored)
{
    /// <summary>Annotation of a segment that takes no more lines.</summary>
    public const string ClosedAnnotation = "visionrollout/closed";

    /// <summary>A segment is closed before it holds more. The API server's limit is 1 MiB for an object; smaller ones are read faster.</summary>
    public const int MostBytes = 64 * 1024;

    private const int LongestPlainLine = 32 * 1024;

    /// <summary>resourceVersion.</summary>
    public string Version => (string?)stored["metadata"]?["resourceVersion"] ?? "";

    /// <summary>True when it takes no more lines.</summary>
    public bool IsClosed => (string?)stored["metadata"]?["annotations"]?[ClosedAnnotation] == "true";

    /// <summary>Its lines by number.</summary>
    public IReadOnlyList<(int Number, byte[] Line)> Lines { get; } = [.. Plain(stored).Concat(Packed(stored)).OrderBy(line => line.Number)];

    /// <summary>True when a line of that length still fits. An empty segment takes any.</summary>
    public bool HasRoomFor(byte[] line) => Lines.Count == 0 || Lines.Sum(item => Math.Min(item.Line.Length, LongestPlainLine)) + line.Length <= MostBytes;

    /// <summary>The members of a ConfigMap that hold a line.</summary>
    public static JsonObject Describe(int number, byte[] line)
    {
        var key = number.ToString("D6", CultureInfo.InvariantCulture);
        return line.Length <= LongestPlainLine
            ? new JsonObject { ["data"] = new JsonObject { [key] = Encoding.UTF8.GetString(line) } }
            : new JsonObject { ["binaryData"] = new JsonObject { [key] = Convert.ToBase64String(Pack(line)) } };
    }

    private static IEnumerable<(int Number, byte[] Line)> Plain(JsonObject stored) =>
        from item in stored["data"] as JsonObject ?? [] select (Number(item.Key), Encoding.UTF8.GetBytes((string?)item.Value ?? ""));

    private static IEnumerable<(int Number, byte[] Line)> Packed(JsonObject stored) =>
        from item in stored["binaryData"] as JsonObject ?? [] select (Number(item.Key), Unpack((string?)item.Value ?? ""));

    // A key that is no number was put there by somebody else; as line 0 it is never asked for.
    private static int Number(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static byte[] Pack(byte[] line)
    {
        using var packed = new MemoryStream();
        using (var stream = new BrotliStream(packed, CompressionLevel.Fastest)) stream.Write(line);
        return packed.ToArray();
    }

    private static byte[] Unpack(string text)
    {
        try
        {
            using var stream = new BrotliStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
            using var line = new MemoryStream();
            stream.CopyTo(line);
            return line.ToArray();
        }
        catch (Exception error) when (error is FormatException or InvalidDataException or InvalidOperationException)
        {
            return Encoding.UTF8.GetBytes(text); // the chain of digests finds and names it
        }
    }
}
