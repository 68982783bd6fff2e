using System.Globalization;
using VisionRollout.Core.Canary;

namespace VisionRollout;

/// <summary>A judgement in one line: weight, requests, error rates and 99th percentiles with their intervals, and how far the evidence is from its bounds.</summary>
internal static class CanaryText
{
    public static string Of(CanarySample sample)
    {
        var share = sample.ObservedShare is { } observed ? string.Create(CultureInfo.InvariantCulture, $", {observed * 100:0.#} % observed") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{sample.Verdict} at {sample.Percent} %{share}: {sample.Canary.Requests:N0} canary requests; errors {Rate(sample.Canary)} against {Rate(sample.Baseline)}; P99 {P99(sample.Canary)} against {P99(sample.Baseline)} ms; evidence Go {Towards(sample.GoEvidence, sample.GoBound)}, NoGo {Towards(sample.NoGoEvidence, sample.NoGoBound)}, worse {Towards(sample.RegressionEvidence, sample.NoGoBound)}");
    }

    private static string Rate(ColourSample colour) => colour.ErrorRate is { } rate
        ? string.Create(CultureInfo.InvariantCulture, $"{rate * 100:0.000} % [{colour.ErrorRateLow * 100:0.000}, {colour.ErrorRateHigh * 100:0.000}]")
        : "unknown";

    private static string P99(ColourSample colour) => colour.P99 is { } p99
        ? string.Create(CultureInfo.InvariantCulture, $"{p99:0.#} [{colour.P99Low:0.#}, {(colour.P99High is { } high ? high.ToString("0.#", CultureInfo.InvariantCulture) : "∞")}]")
        : "unknown";

    // On the scale on which evidence adds up: the logarithm, as a share of what it takes.
    private static string Towards(double evidence, double bound) => evidence <= 1 || bound <= 1 ? "0 %"
        : evidence >= bound ? "reached" : string.Create(CultureInfo.InvariantCulture, $"{100 * Math.Log(evidence) / Math.Log(bound):0} %");
}
