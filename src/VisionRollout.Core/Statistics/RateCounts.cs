using System.Text.Json.Serialization;

namespace VisionRollout.Core.Statistics;

/// <summary>Requests and errors of both arms over some stretch of time.</summary>
/// <param name="CanaryRequests">Requests that the canary served, at least 0.</param>
/// <param name="CanaryErrors">Errors among them.</param>
/// <param name="BaselineRequests">Requests that the baseline served, at least 0.</param>
/// <param name="BaselineErrors">Errors among them.</param>
public readonly record struct RateCounts(double CanaryRequests, double CanaryErrors, double BaselineRequests, double BaselineErrors)
{
    /// <summary>Requests of both arms.</summary>
    [JsonIgnore]
    public double Requests => CanaryRequests + BaselineRequests;

    /// <summary>Errors of both arms.</summary>
    [JsonIgnore]
    public double Errors => CanaryErrors + BaselineErrors;

    /// <summary>The canary's share of the requests, 0 to 1; 0 without requests.</summary>
    [JsonIgnore]
    public double Share => Requests > 0 ? CanaryRequests / Requests : 0;

    /// <summary>Errors per request of the canary; 0 without requests.</summary>
    [JsonIgnore]
    public double CanaryRate => CanaryRequests > 0 ? CanaryErrors / CanaryRequests : 0;

    /// <summary>Errors per request of the baseline; 0 without requests.</summary>
    [JsonIgnore]
    public double BaselineRate => BaselineRequests > 0 ? BaselineErrors / BaselineRequests : 0;

    /// <summary>Adds two stretches of time.</summary>
    public static RateCounts operator +(RateCounts left, RateCounts right) => Add(left, right);

    /// <summary>Adds two stretches of time.</summary>
    public static RateCounts Add(RateCounts left, RateCounts right) => new(
        left.CanaryRequests + right.CanaryRequests, left.CanaryErrors + right.CanaryErrors,
        left.BaselineRequests + right.BaselineRequests, left.BaselineErrors + right.BaselineErrors);

    /// <summary>Refuses counts that no stretch of time can have.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or not a number, or errors exceed requests.</exception>
    public void Validate()
    {
        Check(CanaryRequests, CanaryErrors, "canary");
        Check(BaselineRequests, BaselineErrors, "baseline");
    }

    private static void Check(double requests, double errors, string arm)
    {
        if (!double.IsFinite(requests) || requests < 0)
            throw new ArgumentOutOfRangeException(nameof(requests), requests, $"The {arm}'s requests must be a number of at least 0.");
        if (!double.IsFinite(errors) || errors < 0 || errors > requests)
            throw new ArgumentOutOfRangeException(nameof(errors), errors, $"The {arm}'s errors must lie between 0 and its {requests:0.##} requests.");
    }
}
