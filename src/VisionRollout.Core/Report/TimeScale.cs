namespace VisionRollout.Core.Report;

/// <summary>Maps time to a horizontal position, with ticks at full minutes.</summary>
internal sealed class TimeScale
{
    private static readonly int[] Minutes = [1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480, 1440];
    private readonly DateTimeOffset start;
    private readonly double seconds;
    private readonly double left;
    private readonly double width;

    public TimeScale(DateTimeOffset start, DateTimeOffset end, double left, double width)
    {
        this.start = start;
        seconds = Math.Max(60, (end - start).TotalSeconds);
        (this.left, this.width) = (left, width);
    }

    public double At(DateTimeOffset time) => left + (Math.Clamp((time - start).TotalSeconds / seconds, 0, 1) * width);

    public IEnumerable<DateTimeOffset> Ticks()
    {
        var step = TimeSpan.FromMinutes(Minutes.FirstOrDefault(minutes => seconds / 60 / minutes <= 10, Minutes[^1]));
        var first = new DateTimeOffset((start.UtcTicks + step.Ticks - 1) / step.Ticks * step.Ticks, TimeSpan.Zero);
        for (var tick = first; tick <= start + TimeSpan.FromSeconds(seconds); tick += step) yield return tick;
    }
}
