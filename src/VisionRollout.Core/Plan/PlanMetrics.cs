namespace VisionRollout.Core.Plan;

/// <summary>Names of the request metrics and of their labels. The standard is Istio's
/// (istio.io/latest/docs/reference/config/metrics); any mesh or proxy with counters per pod will do.</summary>
public sealed record PlanMetrics
{
    /// <summary>Counter of requests.</summary>
    public string Requests { get; init; } = "istio_requests_total";

    /// <summary>Histogram of response times, without <c>_bucket</c>.</summary>
    public string Latency { get; init; } = "istio_request_duration_milliseconds";

    /// <summary>Milliseconds in a unit of the histogram's edges: 1, or 1,000 when they are seconds.</summary>
    public double LatencyUnit { get; init; } = 1;

    /// <summary>Label with the Deployment that answers.</summary>
    public string Deployment { get; init; } = "destination_workload";

    /// <summary>Label with its namespace; empty when there is none.</summary>
    public string Namespace { get; init; } = "destination_workload_namespace";

    /// <summary>Label with the HTTP status.</summary>
    public string Code { get; init; } = "response_code";

    /// <summary>Label with the gRPC status; empty when there is none.</summary>
    public string GrpcStatus { get; init; } = "grpc_response_status";

    /// <summary>Label with Envoy's response flags; empty when there is none.</summary>
    public string Flags { get; init; } = "response_flags";

    /// <summary>Label that says who reports; empty when there is none.</summary>
    public string Reporter { get; init; } = "reporter";

    /// <summary>Whose reports are counted: <c>destination</c> (requests that never arrived are added from their senders' reports), or
    /// <c>source</c> where the destinations have no proxy.</summary>
    public string CountedReporter { get; init; } = "destination";
}
