using System.Globalization;

namespace VisionRollout.Benchmarks.Traffic;

/// <summary>traffic: how long moves of traffic take, and what it costs to look at deployments of any size.</summary>
internal static class TrafficProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        var cycles = args is ["--cycles", var count] ? int.Parse(count, NumberStyles.None, CultureInfo.InvariantCulture) : 20;
        await MoveBench.RunAsync(cycles);
        foreach (var (services, pods) in ((int, int)[])[(4, 10), (10, 25), (40, 25)]) await ScaleBench.RunAsync(services, pods);
        return 0;
    }

    internal static void Say(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Median, 90 % and most.</summary>
    internal static (double Median, double Ninety, double Most) Summary(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2], sorted[sorted.Length * 9 / 10], sorted[^1]);
    }
}
