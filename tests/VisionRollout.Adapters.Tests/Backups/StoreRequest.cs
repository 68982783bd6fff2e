using System.Globalization;
using System.Text.RegularExpressions;

namespace VisionRollout.Tests.Backups;

/// <summary>A request to an S3 store, as far as faults need to know it.</summary>
/// <param name="Method">Method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Length">Bytes of its body.</param>
/// <param name="From">First byte that it asks for.</param>
internal sealed partial record StoreRequest(string Method, string Target, long Length, long From)
{
    /// <summary>How often the same was asked, from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>Number of the part that it uploads; 0 when it uploads none.</summary>
    public int Part => Method == "PUT" && PartNumber().Match(Target) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    /// <summary>True when it completes a multipart upload.</summary>
    public bool IsCompletion => Method == "POST" && Target.Contains("uploadId=", StringComparison.Ordinal);

    /// <summary>True when it reads the data of a backup.</summary>
    public bool IsDownload => Method == "GET" && Target.Contains("database.dump.zst", StringComparison.Ordinal);

    /// <summary>True when it writes a manifest.</summary>
    public bool IsManifest => Method == "PUT" && Target.Contains("manifest.json", StringComparison.Ordinal);

    /// <summary>True when it removes a manifest.</summary>
    public bool IsManifestRemoval => Method == "DELETE" && Target.Contains("manifest.json", StringComparison.Ordinal);

    public static StoreRequest Of(string head)
    {
        var line = head[..head.IndexOf('\r', StringComparison.Ordinal)].Split(' ');
        return new(line[0], line[1], Number(ContentLength(), head), Number(RangeStart(), head));
    }

    private static long Number(Regex pattern, string head) => pattern.Match(head) is { Success: true } match ? long.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"[?&]partNumber=(\d+)")]
    private static partial Regex PartNumber();

    [GeneratedRegex(@"^content-length:\s*(\d+)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex ContentLength();

    [GeneratedRegex(@"^range:\s*bytes=(\d+)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex RangeStart();
}
