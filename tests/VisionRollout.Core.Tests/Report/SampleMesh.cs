using VisionRollout.Core.Metrics;

namespace VisionRollout.Core.Tests.Report;

/// <summary>Cumulative counters of both colours with 20,000 requests per reading.</summary>
internal sealed class SampleMesh
{
    private static readonly double[] Edges = [.. Enumerable.Range(1, 40).Select(step => step * 5.0), 500];
    private readonly Random random = new(9);
    private readonly double[][] buckets = [new double[Edges.Length + 1], new double[Edges.Length + 1]];
    private readonly double[] errors = new double[2];

    public MetricReading Serve(DateTimeOffset at, double share, double canaryErrors)
    {
        for (var request = 0; request < 20_000; request++)
        {
            var canary = random.NextDouble() < share ? 1 : 0;
            if (random.NextDouble() < (canary == 1 ? canaryErrors : 0.0003)) errors[canary]++;
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var index = Array.BinarySearch(Edges, 18 * Math.Exp(0.531 * normal));
            buckets[canary][index < 0 ? ~index : index]++;
        }

        return new MetricReading(at, [Pod(0, "shop"), Pod(1, "shop-blue")], []);
    }

    private PodCounters Pod(int colour, string deployment)
    {
        var sum = 0.0;
        return new PodCounters
        {
            Deployment = deployment,
            Pod = deployment + "-1",
            Requests = buckets[colour].Sum(),
            Errors = errors[colour],
            Latency = [.. buckets[colour].Select((count, index) => new HistogramBucket(index < Edges.Length ? Edges[index] : double.PositiveInfinity, sum += count))],
        };
    }
}
