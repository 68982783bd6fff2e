using VisionRollout.Core.Evidence;
using VisionRollout.Core.Gates;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Tests.Gates;

public sealed class SeenEvidenceTests
{
    private const string Half = "blue 50 %, green 50 %";
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 13, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Verdict.Go, Verdict.Go, null)]
    [InlineData(Verdict.Go, Verdict.Undecided, "Alerts (rollout) was met and is Undecided now: because")]
    [InlineData(Verdict.Go, Verdict.NoGo, "Alerts (rollout) was met and is NoGo now: because")]
    [InlineData(Verdict.Undecided, Verdict.Go, null)] // better than what was seen
    public void It_holds_as_long_as_what_was_met_is_met(Verdict seen, Verdict now, string? change) =>
        Assert.Equal(change, SeenEvidence.Of([Finding(seen)], Half).Change([Finding(now)], Half));

    [Fact]
    public void It_changes_when_traffic_moves_or_a_criterion_is_gone()
    {
        var seen = SeenEvidence.Of([Finding(Verdict.Go)], Half);
        Assert.Contains("green 100 %", seen.Change([Finding(Verdict.Go)], "green 100 %"), StringComparison.Ordinal);
        Assert.Contains("not measured any more", seen.Change([], Half), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void Expired_approvals_are_gone_and_those_given_ahead_stay_unless_a_guard_fired(bool all, int left)
    {
        var seen = new GateApproved("Canary", "Tech Lead", "jane", "", "hash", null) { Seen = SeenEvidence.Of([Finding(Verdict.Go)], Half) };
        var ahead = new GateApproved("Canary", "DevOps Lead", "bob", "", "hash", null);
        JournalEntry[] entries =
        [
            new RolloutStarted("r1", "shop", "", "hash", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "ops", []),
            ahead, new GateOpened("Canary", Verdict.Go, [], Now), seen, new ApprovalsExpired("Canary", "alerts", all),
        ];
        // As the journal's file holds them.
        var gate = RolloutState.From(entries.Select((entry, index) => new JournalRecord
        {
            Sequence = index + 1, At = Now, By = "", Previous = "", Entry = System.Text.Json.JsonSerializer.Deserialize<JournalEntry>(System.Text.Json.JsonSerializer.Serialize(entry, JournalJson.Options), JournalJson.Options)!,
        }))!.FindGate("Canary");
        Assert.Equal((left, "alerts"), (gate.Approvals.Count, gate.Expired));
    }

    [Fact]
    public void A_plan_that_changed_ends_approvals_of_the_old_one_and_those_whose_time_has_passed()
    {
        var expired = new ApprovalsExpired("Canary", "the plan has changed", All: false) { PlanHash = "new" };
        GateApproved Approval(string plan, DateTimeOffset? until) => new("Canary", "Tech Lead", "jane", "", plan, until) { Seen = SeenEvidence.Of([Finding(Verdict.Go)], Half) };
        Assert.True(expired.Covers(Approval("old", null), Now));
        Assert.True(expired.Covers(Approval("new", Now), Now));
        Assert.False(expired.Covers(Approval("new", Now.AddMinutes(1)), Now));
        Assert.False(expired.Covers(Approval("new", null), Now));
    }

    private static Finding Finding(Verdict verdict) => new() { Criterion = "Alerts", Subject = "rollout", Verdict = verdict, Reason = "because" };
}
