namespace VisionRollout.Core.Statistics;

/// <summary>How many canary requests are missing until a verdict, when the rates stay as they are.</summary>
internal static class RequestForecast
{
    private const double UsualShare = 0.05;
    private const double Farthest = 1e10;
    private const double Stride = 8;
    private const double Precision = 0.01;

    /// <summary>Canary requests until the evidence for Go (or for NoGo, when the rise is above the tolerance) reaches its bound on the
    /// expected course; null when it never does.</summary>
    public static long? Missing(RateJudgeState state, double logGoBound, double logNoGoBound)
    {
        var settings = state.Settings;
        var blocks = state.Blocks.Count > 0 ? state.Blocks : [RateJudge.NewBlock(state, "")];
        var last = blocks[^1];
        var evaluation = new RateEvaluation(blocks, settings.Delta);
        var canaryRate = Rate(last.Counts.CanaryErrors, last.Counts.CanaryRequests, last.Prior);
        var baselineRate = Rate(last.Counts.BaselineErrors, last.Counts.BaselineRequests, last.Prior);
        var perCanaryRequest = last.Counts.Share > 0 ? (1 - last.Counts.Share) / last.Counts.Share : (1 - UsualShare) / UsualShare;
        var towardsGo = canaryRate - baselineRate < settings.Delta;

        bool Decides(double requests)
        {
            var future = new RateCounts(requests, requests * canaryRate, requests * perCanaryRequest, requests * perCanaryRequest * baselineRate);
            if (towardsGo)
            {
                evaluation.PutForGo(blocks.Count - 1, last.Counts + future, last.Prior);
                return evaluation.LogGo(settings.Delta) >= logGoBound;
            }

            evaluation.PutForNoGo(blocks.Count - 1, last.Counts + future, last.Prior);
            return evaluation.LogNoGo(settings.Delta) >= logNoGoBound;
        }

        var enough = 16.0;
        while (!Decides(enough))
        {
            enough *= Stride;
            if (enough > Farthest) return null;
        }

        return (long)Math.Ceiling(RateInterval.Border(enough, enough > 16 ? enough / Stride : 0, Decides, Precision));
    }

    // The observed rate, pulled towards the prior's mean with the weight of one error.
    private static double Rate(double errors, double requests, GammaPrior prior) => Math.Min(1, (errors + 1) / (requests + (1 / prior.Mean)));
}
