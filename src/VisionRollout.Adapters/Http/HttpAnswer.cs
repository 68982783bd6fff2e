using System.Net;

namespace VisionRollout.Adapters.Http;

/// <summary>What an outside system answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body as text.</param>
/// <param name="RetryAfter">What it asks to wait; null when it doesn't.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    private const int LongestDetail = 300;

    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>True when trying again soon may help.</summary>
    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;

    /// <summary>Status and the beginning of the body, for messages.</summary>
    public string Detail => $"{(int)Status} {(Body.Length > LongestDetail ? Body[..LongestDetail] + "…" : Body).Trim()}".TrimEnd();
}
