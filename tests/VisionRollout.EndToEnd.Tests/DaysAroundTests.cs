namespace VisionRollout.EndToEnd.Tests;

/// <summary>The days before and after the rollout, each with its script, in the same journal and report.</summary>
public sealed class DaysAroundTests
{
    [Fact(Timeout = 1_200_000)]
    public async Task Preparation_rollout_and_review_are_one_story()
    {
        var token = TestContext.Current.CancellationToken;
        await using var runbook = await RunbookRun.PrepareAsync(token);
        var day = (await runbook.TodayAsync(token)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await RunAsync(0, Repository.Prepare, $"-When 'T-7 days' -Day {day} -Confirmed '*'");
        await RunAsync(0, Repository.Prepare, $"-When 'T-1 day' -Day {day} -Confirmed '*'");
        var again = await RunAsync(0, Repository.Prepare, $"-When 'T-1 day' -Day {day}"); // nobody is there to ask, and nothing is open
        Assert.DoesNotContain("Runbooks reviewed", again, StringComparison.Ordinal);
        Assert.Contains("'T-3 days'", await RunAsync(1, Repository.Prepare, $"-When 'T-2 days' -Day {day}"), StringComparison.Ordinal);
        Assert.Contains("before its sign-off", await RunAsync(1, Repository.Review, "-When 'Day 1'"), StringComparison.Ordinal);

        await using (var host = runbook.Start())
        {
            var code = await host.WaitAsync(token);
            Assert.True(code == 0, host.Story);
        }

        await RunAsync(0, Repository.Review, $"-When 'Day 0' -WatchFor 0:05:00 -Confirmed '*' -ReportPath '{runbook.Folder.Reports}'");
        await RunAsync(0, Repository.Review, $"-When 'Day 1' -Confirmed '*' -ReportPath '{runbook.Folder.Reports}'");
        await RunAsync(0, Repository.Review, $"-When 'Week 1' -Confirmed '*' -ReportPath '{runbook.Folder.Reports}'");

        var journal = JournalView.Read(runbook.Folder);
        var confirmed = journal.Of("checklist-confirmed").Select(entry => $"{entry["checklist"]}/{entry["item"]}").ToList();
        Assert.Equal(confirmed.Distinct(), confirmed);
        Assert.All((string[])["Team briefing/Runbooks reviewed", "Monitoring intensification/Enhanced monitoring for 24 hours", "Metrics review/Error rate trending", "Success celebration/Lessons learned session"], item => Assert.Contains(item, confirmed));
        AssertMessages(await runbook.InspectAsync(token));
        Assert.Contains("Success metrics sharing", await File.ReadAllTextAsync(runbook.Folder.Report("html"), token), StringComparison.Ordinal);

        async Task<string> RunAsync(int expected, string script, string arguments)
        {
            var (code, story) = await runbook.RunAsync(script, arguments, token);
            Assert.True(code == expected, $"{arguments}: exit code {code}\n{story}");
            return story;
        }
    }

    // Each notice once on the day before; the progress once an hour, by itself.
    private static void AssertMessages(World world)
    {
        var keys = world.Hooks.Select(hook => (string?)hook!["key"]).OfType<string>().ToList();
        Assert.Single(keys, key => key.Contains("/CustomerNotice/", StringComparison.Ordinal));
        Assert.Single(keys, key => key.Contains("/MaintenanceNotice/", StringComparison.Ordinal));
        var hours = keys.Where(key => key.Contains("/MaintenanceProgress/", StringComparison.Ordinal)).Select(key => key.Split('/')[2][^5..]).ToList();
        Assert.Equal(["10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"], hours);
    }
}
