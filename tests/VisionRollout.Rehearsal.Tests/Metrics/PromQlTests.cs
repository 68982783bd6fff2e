using VisionRollout.Rehearsal.Metrics;
using VisionRollout.Rehearsal.Metrics.PromQl;

namespace VisionRollout.Rehearsal.Tests.Metrics;

public sealed class PromQlTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_000_000);
    private readonly TimeSeriesStore store = new();

    public PromQlTests()
    {
        // Eleven scrapes, 15 s apart. hits{a} rises by 30 each; hits{b} is reset to 0 at the sixth; gone ends after the third.
        for (var scrape = 0; scrape <= 10; scrape++)
        {
            var number = scrape;
            store.Scrape(Start.AddSeconds(15 * scrape), _ =>
            {
                Put(number * 30, ("__name__", "hits"), ("pod", "a"), ("zone", "x"));
                Put(number < 5 ? 100 + number * 10 : (number - 5) * 10, ("__name__", "hits"), ("pod", "b"), ("zone", "x"));
                if (number < 3)
                    Put(7, ("__name__", "gone"));
                Put(10, ("__name__", "d_bucket"), ("le", "10"));
                Put(90, ("__name__", "d_bucket"), ("le", "100"));
                Put(100, ("__name__", "d_bucket"), ("le", "+Inf"));
            });
        }
    }

    private static long End => Start.AddSeconds(150).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData("hits{pod=\"a\"}", 300)]
    [InlineData("hits{pod!=\"b\"}", 300)]
    [InlineData("hits{pod=~\"a|c\"}", 300)]
    [InlineData("hits{pod!~\"b.*\"}", 300)]
    [InlineData("hits{pod=\"a\"} offset 1m", 180)]
    [InlineData("hits{pod=\"a\"} @ 1000075", 150)]
    [InlineData("sum(hits)", 350)]
    [InlineData("sum by (zone) (hits)", 350)]
    [InlineData("sum(hits) without (pod)", 350)]
    [InlineData("max(hits) - min(hits)", 250)]
    [InlineData("hits{pod=\"a\"} / hits{pod=\"a\"} * 2 + 1", 3)]
    [InlineData("2 ^ 3 ^ 2 + vector(0)", 512)]
    [InlineData("-hits{pod=\"a\"}", -300)]
    [InlineData("hits > 100", 300)]
    [InlineData("rate(hits{pod=\"a\"}[1m])", 2)]
    [InlineData("increase(hits{pod=\"a\"}[1m])", 120)]
    [InlineData("count_over_time(hits{pod=\"a\"}[1m])", 4)]
    [InlineData("histogram_quantile(0.5, d_bucket)", 55)]
    [InlineData("histogram_quantile(0.99, d_bucket)", 100)]
    [InlineData("absent(nothing)", 1)]
    public void Supported_queries_have_Prometheus_values(string query, double expected)
    {
        var value = PromParser.Parse(query).Evaluate(new PromContext(store, End));
        Assert.Equal(expected, Assert.Single(Assert.IsType<PromVector>(value).Elements).Value, 9);
    }

    [Fact]
    public void A_counter_reset_is_not_a_decrease()
    {
        var value = PromParser.Parse("increase(hits{pod=\"b\"}[150s])").Evaluate(new PromContext(store, End));

        // From 110 (the first sample is outside) over 140, 0 to 50: 30 + 50 + extrapolation of one interval at the start.
        Assert.Equal((140 - 110 + 50) * (150d / 135), Assert.Single(Assert.IsType<PromVector>(value).Elements).Value, 6);
    }

    [Fact]
    public void A_range_selector_answers_raw_samples()
    {
        var matrix = Assert.IsType<PromMatrix>(PromParser.Parse("hits{pod=\"a\"}[1m]").Evaluate(new PromContext(store, End)));
        var series = Assert.Single(matrix.Series);

        Assert.Equal([210, 240, 270, 300], series.Samples.Select(sample => sample.Value));
        Assert.Equal(End, series.Samples[^1].Milliseconds);
    }

    [Fact]
    public void A_series_that_ended_is_gone_at_once_and_one_without_scrapes_after_five_minutes()
    {
        Assert.Empty(Vector("gone", End));
        Assert.Single(Vector("gone", Start.AddSeconds(30).ToUnixTimeMilliseconds()));
        Assert.Single(Vector("hits{pod=\"a\"}", End + 299_999));
        Assert.Empty(Vector("hits{pod=\"a\"}", End + 300_000));
    }

    [Theory]
    [InlineData("topk(3, hits)", "the rehearsal's Prometheus does not support the function \"topk\"")]
    [InlineData("rate(hits[1m:15s])", "the rehearsal's Prometheus does not support subqueries")]
    [InlineData("hits and hits", "the rehearsal's Prometheus does not support \"and\"")]
    [InlineData("hits / on (pod) hits", "the rehearsal's Prometheus does not support \"on\"")]
    [InlineData("rate(hits)", "expected type range vector in call to function \"rate\", got instant vector")]
    [InlineData("hits{", "parse error: unexpected end of input")]
    [InlineData("hits}", "parse error: unexpected \"}\" at position 5")]
    [InlineData("hits{pod=\"a}", "parse error: unterminated quoted string at position 10")]
    public void What_cannot_be_answered_says_so(string query, string message)
    {
        var error = Assert.Throws<PromQueryException>(() => PromParser.Parse(query).Evaluate(new PromContext(store, End)));
        Assert.Equal(message, error.Message);
    }

    private IReadOnlyList<PromElement> Vector(string query, long at) =>
        Assert.IsType<PromVector>(PromParser.Parse(query).Evaluate(new PromContext(store, at))).Elements;

    private void Put(double value, params (string Name, string Value)[] labels) =>
        store.Append(store.Series(new LabelSet(labels.Select(label => KeyValuePair.Create(label.Name, label.Value)))), value);
}
