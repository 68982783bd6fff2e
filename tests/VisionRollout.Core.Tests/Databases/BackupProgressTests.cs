using VisionRollout.Core.Databases;

namespace VisionRollout.Core.Tests.Databases;

public sealed class BackupProgressTests
{
    [Theory]
    [InlineData(0, 400, 0, -1)]
    [InlineData(100, 400, 25, 30)]
    [InlineData(399, 400, 99, 0)]
    [InlineData(500, 400, 99, -1)]
    [InlineData(100, 0, -1, -1)]
    public void Per_cent_and_seconds_left_follow_from_the_bytes_so_far(long done, long total, int percent, int secondsLeft)
    {
        var progress = new BackupProgress("business", done, total, 0, TimeSpan.FromSeconds(10));
        Assert.Equal((percent, secondsLeft), (progress.Percent, progress.SecondsLeft));
    }
}
