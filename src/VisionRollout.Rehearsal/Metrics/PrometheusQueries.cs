using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Metrics.PromQl;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>Answers the queries of the HTTP API from the store.</summary>
internal sealed class PrometheusQueries(TimeSeriesStore store, IClusterClock clock)
{
    private const int MostPoints = 11_000;

    /// <summary><c>/api/v1/query</c>; without a time, the virtual present.</summary>
    public static IResult Instant(PrometheusQueries queries, PrometheusParameters parameters) => queries.Instant(parameters);

    /// <summary><c>/api/v1/query_range</c>.</summary>
    public static IResult Range(PrometheusQueries queries, PrometheusParameters parameters) => queries.Range(parameters);

    /// <summary><c>/api/v1/series</c>.</summary>
    public static IResult Series(PrometheusQueries queries, PrometheusParameters parameters) =>
        PrometheusAnswer.Success(queries.Find(parameters, needed: true).Select(PrometheusAnswer.Metric).ToArray());

    /// <summary><c>/api/v1/labels</c>.</summary>
    public static IResult Labels(PrometheusQueries queries, PrometheusParameters parameters) => PrometheusAnswer.Success(
        queries.Find(parameters, needed: false).SelectMany(labels => labels.Pairs.Select(pair => pair.Key)).Distinct().Order(StringComparer.Ordinal).ToArray());

    /// <summary><c>/api/v1/label/(name)/values</c>.</summary>
    public IResult Values(PrometheusParameters parameters, string name) => PrometheusAnswer.Success(
        Find(parameters, needed: false).Select(labels => labels[name]).Where(value => value.Length > 0).Distinct().Order(StringComparer.Ordinal).ToArray());

    private long Now => clock.Now.ToUnixTimeMilliseconds();

    private IResult Instant(PrometheusParameters parameters)
    {
        var expression = PromParser.Parse(parameters.Required("query"));
        var at = parameters.Time("time") ?? Now;
        return expression.Evaluate(new PromContext(store, at)) switch
        {
            PromScalar scalar => Result("scalar", PrometheusAnswer.Point(at, scalar.Value)),
            PromVector vector => Result("vector", new JsonArray([.. vector.Elements.Select(element => new JsonObject
            {
                ["metric"] = PrometheusAnswer.Metric(element.Labels),
                ["value"] = PrometheusAnswer.Point(at, element.Value),
            })])),
            PromMatrix matrix => Result("matrix", Matrix(matrix.Series)),
            _ => throw PromQueryException.Unsupported("this kind of result"),
        };
    }

    private IResult Range(PrometheusParameters parameters)
    {
        var expression = PromParser.Parse(parameters.Required("query"));
        var start = parameters.Time("start") ?? throw new PromQueryException("invalid parameter \"start\": it is missing");
        var end = parameters.Time("end") ?? throw new PromQueryException("invalid parameter \"end\": it is missing");
        var step = parameters.Duration("step");
        if (end < start)
            throw new PromQueryException("invalid parameter \"end\": end timestamp must not be before start time");
        if ((end - start) / step > MostPoints)
            throw new PromQueryException("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
        var series = new Dictionary<LabelSet, List<Sample>>();
        for (var at = start; at <= end; at += step)
        {
            foreach (var element in Step(expression.Evaluate(new PromContext(store, at))))
            {
                if (!series.TryGetValue(element.Labels, out var samples))
                    series[element.Labels] = samples = [];
                samples.Add(new Sample(at, element.Value));
            }
        }

        return Result("matrix", Matrix(series.Select(pair => new SampledSeries(pair.Key, pair.Value))));
    }

    private static IReadOnlyList<PromElement> Step(PromValue value) => value switch
    {
        PromScalar scalar => [new PromElement(new LabelSet([]), scalar.Value)],
        PromVector vector => vector.Elements,
        _ => throw new PromQueryException("invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"),
    };

    private IEnumerable<LabelSet> Find(PrometheusParameters parameters, bool needed)
    {
        var selectors = parameters.All("match[]").Select(PromParser.ParseSelector).ToArray();
        if (selectors.Length == 0 && needed)
            throw new PromQueryException("no match[] parameter provided");
        var end = parameters.Time("end") ?? Now;
        var start = parameters.Time("start") ?? end - SelectorExpression.LookbackMs;
        IReadOnlyList<LabelMatcher>[] searches = selectors.Length == 0 ? [[]] : selectors;
        return searches.SelectMany(matchers => store.Read(matchers, start - 1, end)).Select(found => found.Labels).Distinct();
    }

    private static JsonArray Matrix(IEnumerable<SampledSeries> series) => new([.. series.Select(one => new JsonObject
    {
        ["metric"] = PrometheusAnswer.Metric(one.Labels),
        ["values"] = new JsonArray([.. one.Samples.Select(sample => PrometheusAnswer.Point(sample.Milliseconds, sample.Value))]),
    })]);

    private static IResult Result(string type, JsonArray result) => PrometheusAnswer.Success(new { resultType = type, result });
}
