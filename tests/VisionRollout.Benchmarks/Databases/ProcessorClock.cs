using System.Globalization;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>Processor time of this process, of the programs that it has run, and of the sessions of a PostgreSQL server, so far. Unlike the time on the
/// clock it says something on a machine that does other things too.</summary>
/// <param name="postmaster">Process number of the server.</param>
internal sealed class ProcessorClock(int postmaster)
{
    // sysconf(_SC_CLK_TCK) is 100 on every Linux.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    // A session counts when the postmaster has seen its end.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    /// <summary>Reads it.</summary>
    public async Task<TimeSpan> ReadAsync()
    {
        await Task.Delay(Settling);
        // proc(5): 14 to 17 are utime, stime, cutime and cstime.
        return Sum(await ReadAsync("self"), 14, 17) + Sum(await ReadAsync(postmaster.ToString(CultureInfo.InvariantCulture)), 16, 17);
    }

    private static TimeSpan Sum(string[] fields, int first, int last) => Tick * fields[(first - 3)..(last - 2)].Sum(field => long.Parse(field, NumberStyles.None, CultureInfo.InvariantCulture));

    // From the third field on: the second is a name in parentheses, which may hold anything.
    private static async Task<string[]> ReadAsync(string process)
    {
        var text = await File.ReadAllTextAsync($"/proc/{process}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }
}
