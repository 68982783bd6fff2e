using System.Text.Json.Serialization;

namespace VisionRollout.Core.Statistics;

/// <summary>How much more the errors of one arm scatter from reading to reading than independent errors would: near 1 for independent
/// errors, 5 when they arrive in bursts of five. While there are few readings it is Pearson's χ² over its degrees of freedom
/// (McCullagh and Nelder, Generalized Linear Models, section 4.5); from then on the smaller of that and the mean squared successive
/// difference of the interval rates over its Poisson value (von Neumann, Annals of Mathematical Statistics 12, 1941), which leaves slow
/// drift of the rate out.</summary>
public sealed record ArmDispersion
{
    // A chance excess beyond this many standard deviations is taken for bursts.
    private const double Significance = 2.5;
    private const double FewDifferences = 20;

    /// <summary>Requests so far.</summary>
    public double Requests { get; init; }

    /// <summary>Errors so far.</summary>
    public double Errors { get; init; }

    /// <summary>Requests of the last interval.</summary>
    public double LastRequests { get; init; }

    /// <summary>Errors of the last interval.</summary>
    public double LastErrors { get; init; }

    /// <summary>Σ (difference of rates)² / (1/n + 1/n′) over successive intervals.</summary>
    public double SquaredDifferences { get; init; }

    /// <summary>Σ S² / n over the intervals.</summary>
    public double SquaredErrors { get; init; }

    /// <summary>Number of successive differences: intervals with requests, less one.</summary>
    public int Differences { get; init; }

    /// <summary>Number of intervals with requests.</summary>
    [JsonIgnore]
    public int Intervals => Requests > 0 ? Differences + 1 : 0;

    /// <summary>True when it has something to say: two errors and two intervals.</summary>
    [JsonIgnore]
    public bool HasEstimate => Differences > 0 && Errors > 1;

    /// <summary>The dispersion of one arm over several blocks where it is significantly above 1, else 1.</summary>
    /// <param name="blocks">The arm in each block; the rates may differ between blocks.</param>
    public static double Factor(IEnumerable<ArmDispersion> blocks)
    {
        var pearson = 0.0;
        var successive = 0.0;
        var differences = 0.0;
        foreach (var block in blocks)
        {
            if (!block.HasEstimate) continue;
            pearson += (block.SquaredErrors * block.Requests / block.Errors) - block.Errors;
            successive += block.SquaredDifferences * block.Requests / block.Errors;
            differences += block.Differences;
        }

        if (differences == 0) return 1;
        if (differences < FewDifferences) return Significant(pearson / differences, Math.Sqrt(2 / differences));

        // The mean of m squared successive differences of normal values has the relative variance (3m − 1) / m².
        return Significant(Math.Min(pearson, successive) / differences, Math.Sqrt((3 * differences) - 1) / differences);
    }

    /// <summary>Adds one interval; one without requests says nothing.</summary>
    /// <param name="requests">Requests in the interval.</param>
    /// <param name="errors">Errors among them.</param>
    public ArmDispersion Add(double requests, double errors)
    {
        if (requests <= 0) return this;
        var added = this with
        {
            Requests = Requests + requests,
            Errors = Errors + errors,
            LastRequests = requests,
            LastErrors = errors,
            SquaredErrors = SquaredErrors + (errors * errors / requests),
        };
        if (LastRequests <= 0) return added;
        var difference = (errors / requests) - (LastErrors / LastRequests);
        return added with
        {
            SquaredDifferences = SquaredDifferences + (difference * difference / ((1 / requests) + (1 / LastRequests))),
            Differences = Differences + 1,
        };
    }

    private static double Significant(double factor, double deviation) => factor > 1 + (Significance * deviation) ? factor : 1;
}
