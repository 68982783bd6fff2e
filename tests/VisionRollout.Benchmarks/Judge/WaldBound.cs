namespace VisionRollout.Benchmarks.Judge;

/// <summary>Wald's lower bound on the expected number of requests of any sequential test that never calls two equal versions a regression
/// with a probability above α and always stops on a worse one: ln(1/α) / KL (Annals of Mathematical Statistics 16, 1945), with KL the
/// least information per request against all common rates: ρ λc ln(λc/λ̄) + (1 − ρ) λb ln(λb/λ̄), λ̄ = ρ λc + (1 − ρ) λb.</summary>
internal static class WaldBound
{
    /// <summary>In canary requests.</summary>
    public static double CanaryRequests(double canaryRate, double baselineRate, double share, double alpha)
    {
        var mean = (share * canaryRate) + ((1 - share) * baselineRate);
        var perRequest = (share * canaryRate * Math.Log(canaryRate / mean)) + ((1 - share) * baselineRate * Math.Log(baselineRate / mean));
        return -Math.Log(alpha) / perRequest * share;
    }
}
