using System.Globalization;
using System.Text;

namespace VisionRollout.Rehearsal.Alerts;

/// <summary>Prometheus' fingerprint of a label set: FNV-1a over the sorted names and values, each followed by the byte 255.</summary>
internal static class AlertFingerprint
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const byte Separator = 255;

    /// <summary>The fingerprint, 16 hexadecimal digits.</summary>
    public static string Of(IReadOnlyDictionary<string, string> labels)
    {
        var hash = Offset;
        foreach (var (name, value) in labels.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(ref hash, name);
            Add(ref hash, value);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static void Add(ref ulong hash, string text)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ octet) * Prime;
        hash = (hash ^ Separator) * Prime;
    }
}
