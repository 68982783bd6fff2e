using VisionRollout.Core.Metrics;
using VisionRollout.Core.Success;

namespace VisionRollout.Core.Tests.Success;

public sealed class SuccessWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private readonly SuccessWindow window = new();
    private int minutes;

    [Fact]
    public void The_first_reading_is_where_counting_begins()
    {
        Add(Pod("a", 1_000_000, errors: 500));
        Assert.Equal((0, 0, TimeSpan.Zero), (window.Requests, window.Errors, window.Covered));
        Assert.Null(window.QuantileBound(0.99));
        Add(Pod("a", 1_000_600, errors: 506, unavailable: 2));
        Assert.Equal((600, 6, 2, TimeSpan.FromMinutes(1)), (window.Requests, window.Errors, window.Unavailable, window.Covered));
        Assert.Equal(10, window.PeakRate);
    }

    [Fact]
    public void A_counter_that_restarts_counts_from_zero()
    {
        Add(Pod("a", 1000, errors: 10));
        Add(Pod("a", 60, errors: 1));
        Assert.Equal((60, 1), (window.Requests, window.Errors));
    }

    [Fact]
    public void A_new_pod_counts_in_full_and_an_ended_one_keeps_what_it_served()
    {
        Add(Pod("a", 1000));
        Add(Pod("a", 1100), Pod("b", 50));
        Add(Pod("b", 80));
        Assert.Equal(180, window.Requests);
    }

    [Fact]
    public void A_gap_in_the_metrics_neither_loses_requests_nor_invents_a_peak()
    {
        Add(Pod("a", 0));
        Add(Pod("a", 600));
        window.Add(new MetricReading(At(), [], ["no series"]));
        Add(Pod("a", 1800));
        Assert.Equal(1800, window.Requests);
        Assert.Equal(10, window.PeakRate); // 600 per minute all the time, not 1200 in the last one
        Assert.Equal(TimeSpan.FromMinutes(3), window.Covered);
        Assert.Equal(["no series"], window.Problems);
    }

    [Fact]
    public void A_start_in_a_gap_does_not_bring_the_past()
    {
        window.Add(new MetricReading(At(), [], ["no series"]));
        Add(Pod("a", 1_000_000));
        Add(Pod("a", 1_000_060));
        Assert.Equal((60, TimeSpan.FromMinutes(1)), (window.Requests, window.Covered));
    }

    [Fact]
    public void The_peak_keeps_the_error_rate_of_its_own_interval()
    {
        Add(Pod("a", 0));
        Add(Pod("a", 600, errors: 6));
        Add(Pod("a", 6600, errors: 36));
        Add(Pod("a", 6660, errors: 96));
        Assert.Equal((100, 0.005), (window.PeakRate, window.PeakErrorRate));
    }

    [Theory]
    [InlineData(0.5, 10)]
    [InlineData(0.9, 10)]
    [InlineData(0.99, 100)]
    [InlineData(0.9999, double.PositiveInfinity)]
    public void The_quantile_is_bounded_by_the_edge_of_its_bucket(double quantile, double edge)
    {
        Add(Pod("a", 1000, buckets: [500, 600, 1000]), Pod("b", 0, buckets: [0, 0, 0]));
        Add(Pod("a", 1900, buckets: [1400, 1499, 1900]), Pod("b", 100, buckets: [0, 99, 100]));
        // Together: 900 below 10 ms, 998 below 100 ms, 1000 in all. (The 400 above 100 ms of pod a are old.)
        Assert.Equal(edge, window.QuantileBound(quantile));
    }

    [Fact]
    public void Buckets_of_a_restarted_counter_count_from_zero()
    {
        Add(Pod("a", 1000, buckets: [0, 0, 1000]));
        Add(Pod("a", 100, buckets: [100, 100, 100]));
        Assert.Equal(10, window.QuantileBound(0.99));
    }

    private static PodCounters Pod(string name, double requests, double errors = 0, double unavailable = 0, double[]? buckets = null) => new()
    {
        Deployment = "shop", Pod = name, Requests = requests, Errors = errors, Unavailable = unavailable,
        Latency = buckets is null ? [] : [new(10, buckets[0]), new(100, buckets[1]), new(double.PositiveInfinity, buckets[2])],
    };

    private DateTimeOffset At() => Start.AddMinutes(minutes++);

    private void Add(params PodCounters[] pods) => window.Add(new MetricReading(At(), pods, []));
}
