namespace VisionRollout.Adapters.Prometheus;

/// <summary>How a request ended, from the labels of <c>istio_requests_total</c>.</summary>
internal static class RequestOutcome
{
    /// <summary>Envoy's flags for requests that found nobody (envoyproxy.io, access log, %RESPONSE_FLAGS%): connection failure, no healthy
    /// host, no route, no cluster.</summary>
    private static readonly string[] NobodyFlags = ["UF", "UH", "NR", "NC"];

    /// <summary>gRPC codes that tell of the server's failure, not the client's (OpenTelemetry semantic conventions for RPC):
    /// UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.</summary>
    private static readonly string[] GrpcFailures = ["2", "4", "12", "13", "14", "15"];

    /// <summary>True when the request failed.</summary>
    public static bool IsError(PrometheusSample sample)
    {
        var code = sample["response_code"];
        return (code.Length == 3 && code[0] == '5')
            || GrpcFailures.Contains(sample["grpc_response_status"])
            || (code == "0" && !Flags(sample).Contains("DC"))
            || Flags(sample).Any(NobodyFlags.Contains);
    }

    /// <summary>True when the request found nobody.</summary>
    public static bool IsUnavailable(PrometheusSample sample) =>
        sample["response_code"] is "502" or "503" or "504" || Flags(sample).Any(NobodyFlags.Contains);

    private static string[] Flags(PrometheusSample sample) => sample["response_flags"].Split(',');
}
