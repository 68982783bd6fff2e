using VisionRollout.Core.Databases;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Tests.Databases;

public sealed class RetentionDecisionTests
{
    private static readonly DateTimeOffset Newest = new(2026, 11, 25, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Seven_days_four_weeks_and_twelve_months_of_a_daily_backup_stay()
    {
        var decided = RetentionDecision.Of(Enumerable.Range(0, 500).Select(day => Backup(day)), BackupRetention.Standard);

        var kept = decided.Where(item => item.IsKept).Select(item => item.Backup.CreatedAt).ToList();
        Assert.Equal(Enumerable.Range(0, 7).Select(day => Newest.AddDays(-day)), kept.Take(7));
        Assert.Equal(12, decided.Count(item => item.KeptAs.Contains("monthly", StringComparison.Ordinal)));
        Assert.Equal(4, decided.Count(item => item.KeptAs.Contains("weekly", StringComparison.Ordinal)));
        Assert.InRange(kept.Count, 7 + 2 + 11, 7 + 4 + 12);
    }

    [Fact]
    public void The_last_verified_backup_stays_however_old()
    {
        var decided = RetentionDecision.Of([Backup(0, Verdict.NoGo), Backup(1), Backup(900, Verdict.Go), Backup(901, Verdict.Go)], new(1, 0, 0));
        Assert.Equal(["newest, daily 2026-11-25", "", "last verified", ""], decided.Select(item => item.KeptAs));
    }

    [Fact]
    public void Within_a_day_the_verified_backup_stays_not_a_newer_one_that_is_not()
    {
        var early = Backup(3, Verdict.Go) with { CreatedAt = Newest.AddDays(-3).AddHours(-2) };
        var decided = RetentionDecision.Of([Backup(0, Verdict.Go), Backup(3), early], new(7, 0, 0));
        Assert.Equal("", decided.Single(item => item.Backup.CreatedAt == Newest.AddDays(-3)).KeptAs);
        Assert.Equal("daily 2026-11-22", decided.Single(item => item.Backup == early).KeptAs);
    }

    [Fact]
    public void Backups_of_the_rollout_under_way_stay()
    {
        var decided = RetentionDecision.Of([Backup(0, Verdict.Go), Backup(50) with { RolloutId = "r1" }, Backup(51) with { RolloutId = "r0" }], new(1, 0, 0), "r1");
        Assert.Equal([true, true, false], decided.Select(item => item.IsKept));
    }

    [Theory]
    [InlineData("0001020304050607080910111213141516171819202122232425262728293031", true)]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", true)]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBka", false)]
    [InlineData("a password", false)]
    public void A_key_is_32_bytes_as_hexadecimal_digits_or_base64(string text, bool good) => Assert.Equal(good, BackupKey.Parse("k", text) is not null);

    private static DatabaseBackup Backup(int daysAgo, Verdict verified = Verdict.Undecided) => new()
    {
        Service = "business", Database = "b", Label = "l", Location = $"/b/{daysAgo}", Bytes = 1, SourceBytes = 1, Duration = default, Sha256 = "", Tables = 1, Rows = 1,
        CreatedAt = Newest.AddDays(-daysAgo), Verified = verified,
    };
}
