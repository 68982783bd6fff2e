using VisionRollout.Core.Statistics;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>One row: how a canary and its baseline really behave, and how often they are looked at.</summary>
/// <param name="Name">Row's name.</param>
/// <param name="Rise">True rise of the error rate, a share.</param>
/// <param name="Step">Canary requests between two scrapes, on average.</param>
/// <param name="Horizon">Canary requests after which a run ends.</param>
internal sealed record Scenario(string Name, double Rise, int Step, int Horizon)
{
    /// <summary>The baseline's error rate, errors per request.</summary>
    public const double BaselineRate = 0.0005;

    /// <summary>The canary's share of the requests where the weights don't change.</summary>
    public const double Share = 0.05;

    /// <summary>Errors per burst; 1: independent.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>True: the common error rate swings between a third and three times its mean, and traffic between a half and twice.</summary>
    public bool Varies { get; init; }

    /// <summary>True: four stages of 5, 10, 25 and 50 per cent, while the common error rate falls to a quarter.</summary>
    public bool ChangesWeights { get; init; }

    /// <summary>Canary requests after which the rise begins.</summary>
    public int GoodFor { get; init; }

    /// <summary>Draws the counts of one scrape.</summary>
    /// <param name="random">Seeded per run.</param>
    /// <param name="progress">0 to 1: how far the run has come.</param>
    public (string Stage, RateCounts Counts) Draw(Random random, double progress)
    {
        var (stage, share) = ChangesWeights ? StageAt(progress) : ("5", Share);
        var (common, traffic) = ChangesWeights ? (Math.Pow(4, -progress), 1) : Varies ? SwingAt(progress) : (1, 1);
        var baselineRate = BaselineRate * common;
        var canaryRequests = Math.Round(Step * traffic);
        var baselineRequests = Math.Round(canaryRequests * (1 - share) / share);
        return (stage, new RateCounts(
            canaryRequests, Errors(random, canaryRequests, baselineRate + (progress * Horizon < GoodFor ? 0 : Rise)),
            baselineRequests, Errors(random, baselineRequests, baselineRate)));
    }

    private static (string Stage, double Share) StageAt(double progress) => progress switch
    {
        < 0.25 => ("5", 0.05),
        < 0.5 => ("10", 0.10),
        < 0.75 => ("25", 0.25),
        _ => ("50", 0.50),
    };

    private static (double Common, double Traffic) SwingAt(double progress)
    {
        var swing = Math.Sin(6 * Math.PI * progress);
        return (Math.Pow(3, swing), Math.Pow(2, Math.Cos(6 * Math.PI * progress)));
    }

    private double Errors(Random random, double requests, double rate) =>
        Math.Min(requests, Burst * PoissonDraw.Next(random, requests * rate / Burst));
}
