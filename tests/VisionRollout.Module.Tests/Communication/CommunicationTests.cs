using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Module.Tests.World;

namespace VisionRollout.Module.Tests.Communication;

[Collection(nameof(ClusterOfRollouts))]
public sealed class CommunicationTests(ClusterOfRollouts cluster)
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task A_message_goes_out_once_per_occasion_also_from_another_shell()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var before = await HooksAsync();
        await bench.RunAsync("Send-RolloutMessage CanaryStage -Weight 10 -Occasion 10; Send-RolloutMessage CanaryStage -Weight 10 -Occasion 10");
        await using var second = await bench.SecondAsync();
        var result = await second.RunAsync("Send-RolloutMessage CanaryStage -Weight 10 -Occasion 10 -PassThru; Send-RolloutMessage CanaryStage -Weight 25 -Occasion 25 -PassThru");
        Assert.Equal([false, true], result.As<SentMessage>().Select(message => message.Sent));
        Assert.EndsWith("25%", result.As<SentMessage>()[1].Text, StringComparison.Ordinal);
        Assert.Equal(before + 2, await HooksAsync());
        Assert.Equal(2, (await bench.JournalAsync()).OfType<MessageSent>().Count());
    }

    [Fact(Timeout = Limit)]
    public async Task A_channel_that_does_not_answer_is_an_error_and_the_others_still_get_the_message()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            Messages = [.. plan.Messages.Select(message => message.Name == "Started" ? message with { Channels = ["Status page", "#eng-general"], Status = "in_progress" } : message)],
        });
        await bench.StartAsync();
        var endpoints = bench.Endpoints with { StatusPage = new Uri("http://127.0.0.1:9/") };
        await using var deaf = await bench.SecondAsync();
        var result = await deaf.RunAsync("param($plan, $endpoint, $journals) $null = Connect-Rollout $plan -Endpoint $endpoint -JournalPath $journals -LocalJournal; Send-RolloutMessage Started -PassThru", deaf.Plan, endpoints, deaf.Session.JournalPath);
        Assert.Equal("#eng-general", Assert.Single(result.As<SentMessage>()).Channel);
        Assert.Equal("Status page", Assert.Single(result.Errors).TargetObject);

        // In a runbook it must not end the rollout.
        var warned = await deaf.RunAsync("$ErrorActionPreference = 'Stop'; $PSDefaultParameterValues = @{ 'Send-RolloutMessage:BestEffort' = $true }; Invoke-RolloutStep 'Announce' { Send-RolloutMessage Started -Occasion again }; 'went on'");
        Assert.True(warned.Failure is null, warned.AllText);
        Assert.Empty(warned.Errors);
        Assert.Equal(["went on"], warned.As<string>());
        Assert.Contains("'Started' did not reach Status page", Assert.Single(warned.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_plan_repeats_is_sent_once_each_time_while_the_rollout_waits()
    {
        await using var bench = await RepeatingAsync();
        await bench.StartAsync();
        var result = await bench.RunAsync("Invoke-RolloutPhase Begun { }; Invoke-RolloutPhase Later { 'begun' }; Invoke-RolloutPhase Later { 'again' }");
        Assert.Equal(["begun"], result.As<string>());
        Assert.Empty(result.Warnings);
        var sent = (await bench.JournalAsync()).OfType<MessageSent>().ToList();
        Assert.Equal(3, sent.Count); // at 10, 20 and 30 minutes
        Assert.Equal(3, sent.Select(message => message.Key).Distinct().Count());
        Assert.All(sent, message => Assert.Equal("MaintenanceProgress", message.Name));
    }

    [Fact(Timeout = Limit)]
    public async Task A_repeated_message_that_is_not_taken_is_a_warning_and_ends_nothing()
    {
        await using var bench = await RepeatingAsync();
        var endpoints = bench.Endpoints with { StatusPage = new Uri("http://127.0.0.1:9/") };
        var result = await bench.RunAsync("param($plan, $endpoint, $journals) $null = Connect-Rollout $plan -Endpoint $endpoint -JournalPath $journals; $null = Start-Rollout v1.1.0; Invoke-RolloutPhase Begun { }; Invoke-RolloutPhase Later { 'begun' }; Disconnect-Rollout", bench.Plan, endpoints, bench.Session.JournalPath);
        Assert.Equal(["begun"], result.As<string>());
        Assert.Equal(3, result.Warnings.Count(warning => warning.Message.Contains("did not reach Status page", StringComparison.Ordinal)));
        Assert.Empty((await bench.JournalAsync()).OfType<MessageSent>());
    }

    // The first phase began five minutes ago, the second one begins in half an hour; a message is repeated every ten minutes.
    private async Task<RolloutBench> RepeatingAsync()
    {
        var now = await cluster.Process.NowAsync(TestContext.Current.CancellationToken);
        PlanPhase Phase(string name, int minutes) => new() { Name = name, Start = TimeOnly.FromDateTime(now.UtcDateTime.AddMinutes(minutes)), Duration = TimeSpan.FromMinutes(33) };
        return await RolloutBench.CreateAsync(cluster, plan => plan with
        {
            Timeline = [Phase("Begun", -5), Phase("Later", 28)],
            Messages = [.. plan.Messages.Select(message => message.Every is null ? message : message with { Every = TimeSpan.FromMinutes(10) })],
        });
    }

    [Fact(Timeout = Limit)]
    public async Task Items_are_confirmed_one_by_one_and_what_is_not_there_is_an_error()
    {
        await using var bench = await RolloutBench.CreateAsync(cluster);
        await bench.StartAsync();
        var one = await bench.RunAsync("Confirm-RolloutChecklist 'Team briefing' -Item 'Runbooks*' -Comment 'read'");
        Assert.Equal(("Runbooks reviewed", "read"), (Assert.Single(one.As<ChecklistConfirmed>()).Item, one.As<ChecklistConfirmed>()[0].Comment));
        Assert.Empty((await bench.RunAsync("Confirm-RolloutChecklist 'Team briefing' -Item 'Nothing like*'")).Errors);
        Assert.StartsWith("ChecklistItemNotFound", (await bench.RunAsync("Confirm-RolloutChecklist 'Team briefing' -Item 'Runbook reviewed'")).OnlyErrorId(), StringComparison.Ordinal);
        Assert.Equal(3, (await bench.RunAsync("Confirm-RolloutChecklist 'Team briefing' -All")).Output.Count);
        Assert.Empty((await bench.RunAsync("Confirm-RolloutChecklist 'Team briefing'")).Errors); // nothing is open
        Assert.Equal(4, (await bench.JournalAsync()).OfType<ChecklistConfirmed>().Count());
    }

    private async Task<int> HooksAsync() => (await cluster.Process.GetAsync("hooks", TestContext.Current.CancellationToken)).AsArray().Count;
}
