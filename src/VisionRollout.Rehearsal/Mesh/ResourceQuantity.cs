using System.Globalization;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>Reads Kubernetes quantities such as <c>500m</c>, <c>2</c>, <c>512Mi</c> and <c>1G</c>.</summary>
internal static class ResourceQuantity
{
    private static readonly (string Suffix, double Factor)[] Suffixes =
    [
        ("Ki", 1024d), ("Mi", 1024d * 1024), ("Gi", 1024d * 1024 * 1024), ("Ti", 1024d * 1024 * 1024 * 1024),
        ("n", 1e-9), ("u", 1e-6), ("m", 1e-3), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12),
    ];

    /// <summary>The quantity's value, or <paramref name="fallback"/> when there is none or it is not a quantity.</summary>
    public static double Parse(string? text, double fallback)
    {
        if (string.IsNullOrEmpty(text))
            return fallback;
        var (suffix, factor) = Suffixes.FirstOrDefault(pair => text.EndsWith(pair.Suffix, StringComparison.Ordinal), (Suffix: string.Empty, Factor: 1d));
        return double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number * factor
            : fallback;
    }
}
