using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>What the API server answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body as text.</param>
/// <param name="RetryAfter">What the server asks to wait; null when it doesn't.</param>
internal sealed record KubernetesAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>True when trying again soon may help.</summary>
    public bool IsTransient => !IsFinal && (IsPassing(Status) || (ConflictPasses && Status == HttpStatusCode.Conflict));

    /// <summary>True when a conflict is the server's own (it gave up merging a patch that names no version), not one with somebody else's change.</summary>
    public bool ConflictPasses { get; init; }

    /// <summary>True when the failure is the answer asked for: a pod said so, not the API server.</summary>
    public bool IsFinal { get; init; }

    /// <summary>True for the states that a busy or restarting API server answers for a while.</summary>
    public static bool IsPassing(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>The API server's own Status object; null when the body is something else (a pod's answer through the proxy).</summary>
    public JsonObject? StatusObject
    {
        get
        {
            try
            {
                return JsonNode.Parse(Body) is JsonObject item && (string?)item["kind"] == "Status" ? item : null;
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                return null;
            }
        }
    }
}
