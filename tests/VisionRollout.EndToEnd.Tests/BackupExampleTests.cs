namespace VisionRollout.EndToEnd.Tests;

/// <summary>The script for nightly backups, as a person would copy it.</summary>
public sealed class BackupExampleTests
{
    private static readonly string[] Services = ["business", "core", "swarm", "development"];

    [Fact(Timeout = 1_200_000)]
    public async Task Every_night_leaves_one_proven_backup_of_each_service()
    {
        var token = TestContext.Current.CancellationToken;
        await using var runbook = await RunbookRun.PrepareAsync(token);

        for (var night = 0; night < 2; night++)
        {
            var (code, story) = await runbook.RunAsync(Repository.Backup, "-Label nightly; exit $LASTEXITCODE", token);
            Assert.True(code == 0, story);
            // The plan keeps one of each day: the second of the day, being good, takes the first one's place.
            Assert.All(Services, service => Assert.Equal(1, runbook.CountBackups(service)));
        }
    }

    [Fact(Timeout = 1_200_000)]
    public async Task A_service_that_cannot_be_backed_up_does_not_keep_the_others_from_it_and_nothing_is_deleted()
    {
        var token = TestContext.Current.CancellationToken;
        await using var runbook = await RunbookRun.PrepareAsync(token);
        var plan = runbook.Folder.In("rollout.psd1");
        await File.WriteAllTextAsync(plan, (await File.ReadAllTextAsync(Repository.Plan, token)).Replace("'core-database'", "'no-such-secret'", StringComparison.Ordinal), token);

        for (var night = 1; night <= 2; night++)
        {
            var (code, story) = await runbook.RunAsync(Repository.Backup, $"-Label nightly -Plan '{plan}'; exit $LASTEXITCODE", token);
            Assert.True(code == 1, story);
            Assert.Contains("no-such-secret", story, StringComparison.Ordinal);
            Assert.All(Services.Where(service => service != "core"), service => Assert.Equal(night, runbook.CountBackups(service)));
        }
    }
}
