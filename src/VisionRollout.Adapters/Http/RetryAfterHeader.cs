using System.Net.Http;

namespace VisionRollout.Adapters.Http;

/// <summary>The header Retry-After (RFC 9110, 10.2.3): seconds, or a date.</summary>
internal static class RetryAfterHeader
{
    /// <summary>How long the server asks to wait; null when it doesn't.</summary>
    public static TimeSpan? Read(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } header) return null;
        var asked = header.Delta ?? header.Date - DateTimeOffset.UtcNow ?? TimeSpan.Zero;
        return asked > TimeSpan.Zero ? asked : TimeSpan.Zero;
    }
}
