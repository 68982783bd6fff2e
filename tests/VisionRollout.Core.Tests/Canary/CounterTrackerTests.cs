using VisionRollout.Core.Canary;
using VisionRollout.Core.Metrics;

namespace VisionRollout.Core.Tests.Canary;

public sealed class CounterTrackerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 11, 30, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Colours = new() { ["shop"] = "green", ["shop-blue"] = "blue" };
    private readonly CounterTracker tracker = new(Colours);
    private int poll;

    [Fact]
    public void The_first_reading_is_where_counting_starts()
    {
        var first = Read(Pod("shop", "g1", 1000, 5), Pod("shop-blue", "b1", 10, 0));
        Assert.Null(first.Length);
        var second = Read(Pod("shop", "g1", 1100, 6), Pod("shop-blue", "b1", 15, 1));
        Assert.Equal(TimeSpan.FromSeconds(30), second.Length);
        Assert.Equal((100, 1, 5, 1), Counts(second));
        Assert.Empty(second.Problems);
    }

    [Fact]
    public void A_counter_that_restarts_counts_from_zero_and_is_noted()
    {
        Read(Pod("shop", "g1", 1000, 5), Pod("shop-blue", "b1", 10, 0));
        var after = Read(Pod("shop", "g1", 40, 2), Pod("shop-blue", "b1", 15, 0));
        Assert.Equal((40, 2, 5, 0), Counts(after));
        Assert.Contains("reset", Assert.Single(after.Notes), StringComparison.Ordinal);
        Assert.Empty(after.Problems);
    }

    [Fact]
    public void A_new_pod_counts_in_full_and_an_ended_one_is_let_go()
    {
        Read(Pod("shop", "g1", 1000, 5), Pod("shop", "g2", 500, 0), Pod("shop-blue", "b1", 10, 0));
        var churn = Read(Pod("shop", "g1", 1010, 5), Pod("shop", "g3", 20, 3), Pod("shop-blue", "b1", 15, 0));
        Assert.Equal((30, 3, 5, 0), Counts(churn));
        Assert.Equal(["Pod g2 is missing from the metrics."], churn.Problems);
        Read(Pod("shop", "g1", 1020, 5), Pod("shop", "g3", 30, 3), Pod("shop-blue", "b1", 20, 0));
        var ended = Read(Pod("shop", "g1", 1030, 5), Pod("shop", "g3", 40, 3), Pod("shop-blue", "b1", 25, 0));
        Assert.Empty(ended.Problems);
        Assert.Equal(["Pod g2 has ended."], ended.Notes);
    }

    [Fact]
    public void A_pod_that_was_not_scraped_for_a_while_loses_nothing()
    {
        Read(Pod("shop", "g1", 1000, 5), Pod("shop", "g2", 500, 0), Pod("shop-blue", "b1", 10, 0));
        Assert.NotEmpty(Read(Pod("shop", "g1", 1010, 5), Pod("shop-blue", "b1", 15, 0)).Problems);
        var back = Read(Pod("shop", "g1", 1020, 5), Pod("shop", "g2", 560, 4), Pod("shop-blue", "b1", 20, 0));
        Assert.Equal((70, 4, 5, 0), Counts(back));
        Assert.Empty(back.Problems);
    }

    [Fact]
    public void A_pod_first_seen_after_a_gap_does_not_bring_its_past()
    {
        Read(Pod("shop", "g1", 1000, 5), Pod("shop-blue", "b1", 10, 0));
        tracker.Advance(new MetricReading(Start.AddSeconds(30 * poll++), [], ["Prometheus returned no series."]));
        var after = Read(Pod("shop", "g1", 1010, 5), Pod("shop", "g2", 90_000, 900), Pod("shop-blue", "b1", 15, 0));
        Assert.Equal((10, 0, 5, 0), Counts(after));
        Assert.Contains("Pod g2 appears after a gap in the metrics; it counts from now on.", after.Problems);
    }

    [Fact]
    public void A_canary_that_had_no_request_yet_counts_from_its_first_one()
    {
        Assert.Equal(["There are no counters of Deployment shop-blue yet."], Read(Pod("shop", "g1", 1000, 5)).Problems);
        Assert.Equal((10, 0, 7, 1), Counts(Read(Pod("shop", "g1", 1010, 5), Pod("shop-blue", "b1", 7, 1))));
    }

    [Fact]
    public void What_is_not_a_number_is_named_and_not_counted()
    {
        Read(Pod("shop", "g1", 1000, 5), Pod("shop-blue", "b1", 10, 0));
        var broken = Read(Pod("shop", "g1", 1010, 5), Pod("shop-blue", "b1", double.NaN, 0));
        Assert.Equal((10, 0, 0, 0), Counts(broken));
        Assert.Contains("A counter of pod b1 is not a number.", broken.Problems);
    }

    [Fact]
    public void Counters_that_stand_still_are_named()
    {
        Read(Pod("shop", "g1", 1000, 5), Pod("shop-blue", "b1", 10, 0));
        Assert.Contains("stand still", Assert.Single(Read(Pod("shop", "g1", 1010, 5), Pod("shop-blue", "b1", 10, 0)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reading_that_is_not_newer_is_ignored()
    {
        Read(Pod("shop", "g1", 1000, 5), Pod("shop-blue", "b1", 10, 0));
        var again = tracker.Advance(new MetricReading(Start, [Pod("shop", "g1", 2000, 900), Pod("shop-blue", "b1", 20, 9)], []));
        Assert.Equal((0, 0, 0, 0), Counts(again));
        Assert.Contains("not newer", Assert.Single(again.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void More_errors_than_requests_are_named()
    {
        Read(Pod("shop", "g1", 1000, 5), Pod("shop-blue", "b1", 10, 0));
        var odd = Read(Pod("shop", "g1", 1010, 5), Pod("shop-blue", "b1", 12, 7));
        Assert.Equal((10, 0, 2, 2), Counts(odd));
        Assert.Contains("more errors", Assert.Single(odd.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Histograms_are_counted_by_interval_as_well()
    {
        Read(Pod("shop", "g1", 100, 0, 60, 90), Pod("shop-blue", "b1", 10, 0, 5, 9));
        var next = Read(Pod("shop", "g1", 200, 0, 100, 180), Pod("shop-blue", "b1", 20, 0, 10, 18));
        Assert.Equal([40.0, 50.0, 10.0], next.Colours["green"].Latency.Counts);
        Assert.Equal([10.0, 20.0], next.Colours["green"].Latency.Edges);
    }

    [Fact]
    public void Histograms_with_other_edges_are_added_on_those_that_all_have()
    {
        static PodCounters Other(double all) => new() { Deployment = "shop", Pod = "g2", Requests = all, Errors = 0, Latency = [new(10, all / 2), new(50, all), new(double.PositiveInfinity, all)] };
        Read(Pod("shop", "g1", 100, 0, 60, 90), Other(40), Pod("shop-blue", "b1", 10, 0, 5, 9));
        var next = Read(Pod("shop", "g1", 200, 0, 100, 180), Other(100), Pod("shop-blue", "b1", 20, 0, 10, 18));
        Assert.Equal([10.0], next.Colours["green"].Latency.Edges);
        Assert.Equal([40.0 + 30, 60 + 30], next.Colours["green"].Latency.Counts);
    }

    [Fact]
    public void A_histogram_that_goes_backwards_is_a_restart_of_its_pod()
    {
        Read(Pod("shop", "g1", 100, 0, 60, 90), Pod("shop-blue", "b1", 10, 0, 5, 9));
        var next = Read(Pod("shop", "g1", 110, 0, 20, 100), Pod("shop-blue", "b1", 20, 0, 10, 18));
        Assert.Contains("reset", Assert.Single(next.Notes), StringComparison.Ordinal);
        Assert.Equal((110, 0, 10, 0), Counts(next));
        Assert.Equal([20.0, 80.0, 10.0], next.Colours["green"].Latency.Counts);
    }

    private static (int Green, int GreenErrors, int Blue, int BlueErrors) Counts(CounterInterval interval) =>
        ((int)interval.Colours["green"].Requests, (int)interval.Colours["green"].Errors, (int)interval.Colours["blue"].Requests, (int)interval.Colours["blue"].Errors);

    private static PodCounters Pod(string deployment, string pod, double requests, double errors, double upTo10 = 0, double upTo20 = 0) => new()
    {
        Deployment = deployment,
        Pod = pod,
        Requests = requests,
        Errors = errors,
        Latency = upTo20 == 0 ? [] : [new(10, upTo10), new(20, upTo20), new(double.PositiveInfinity, requests)],
    };

    private CounterInterval Read(params PodCounters[] pods) => tracker.Advance(new MetricReading(Start.AddSeconds(30 * poll++), pods, []));
}
