namespace VisionRollout.Core.Tests.World;

/// <summary>Real time that passes when it is told to.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => ticks;

    public void Pass(TimeSpan span) => ticks += span.Ticks;
}
