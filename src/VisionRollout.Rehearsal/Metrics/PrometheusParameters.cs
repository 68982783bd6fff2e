using System.Globalization;
using Microsoft.Extensions.Primitives;
using VisionRollout.Rehearsal.Metrics.PromQl;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>The parameters of a request, from its query string and its form.</summary>
internal sealed class PrometheusParameters
{
    private readonly Dictionary<string, StringValues> values = new(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    public static async Task<PrometheusParameters> ReadAsync(HttpContext context)
    {
        var parameters = new PrometheusParameters();
        foreach (var (name, value) in context.Request.Query)
            parameters.values[name] = value;
        if (context.Request.HasFormContentType)
        {
            foreach (var (name, value) in await context.Request.ReadFormAsync(context.RequestAborted))
                parameters.values[name] = value;
        }

        return parameters;
    }

    /// <summary>All values of a parameter.</summary>
    public IReadOnlyList<string> All(string name) => values.TryGetValue(name, out var found) ? [.. found.OfType<string>()] : [];

    /// <summary>A parameter that must be there.</summary>
    /// <exception cref="PromQueryException">It is not.</exception>
    public string Required(string name) =>
        All(name) is [var first, ..] && first.Length > 0 ? first : throw new PromQueryException($"invalid parameter \"{name}\": it is missing");

    /// <summary>A time in milliseconds since the Unix epoch: RFC 3339, or seconds.</summary>
    /// <exception cref="PromQueryException">It is neither.</exception>
    public long? Time(string name)
    {
        if (All(name) is not [var text, ..])
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
            return (long)Math.Round(seconds * 1000);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time.ToUnixTimeMilliseconds();
        throw new PromQueryException($"invalid parameter \"{name}\": cannot parse \"{text}\" to a valid timestamp");
    }

    /// <summary>A duration in milliseconds: as in PromQL, or seconds.</summary>
    /// <exception cref="PromQueryException">It is neither, or not positive.</exception>
    public long Duration(string name)
    {
        var text = Required(name);
        var length = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? (long)Math.Round(seconds * 1000)
            : PromLexer.Milliseconds(text);
        return length > 0 ? length : throw new PromQueryException($"invalid parameter \"{name}\": zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
}
