using VisionRollout.Core.Evidence;
using VisionRollout.Core.Gates;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Tests.Gates;

public sealed class GateVoteTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 13, 0, 0, TimeSpan.Zero);

    [Fact]
    public void All_deciders_must_approve_where_the_plan_says_so()
    {
        Assert.Equal(["Tech Lead", "DevOps Lead"], Count(all: true).Missing);
        var one = Count(all: true, Approval("Tech Lead"));
        Assert.Equal(Verdict.Undecided, one.Verdict);
        Assert.Equal(["DevOps Lead"], one.Missing);
        Assert.Contains("DevOps Lead", one.Reason, StringComparison.Ordinal);
        var both = Count(all: true, Approval("tech lead"), Approval("DevOps Lead"));
        Assert.Equal(Verdict.Go, both.Verdict);
        Assert.Empty(both.Missing);
    }

    [Fact]
    public void One_decider_is_enough_where_the_plan_says_so()
    {
        Assert.Equal(Verdict.Undecided, Count(all: false).Verdict);
        Assert.Equal(Verdict.Go, Count(all: false, Approval("DevOps Lead")).Verdict);
    }

    [Fact]
    public void The_same_role_twice_is_one_vote() => Assert.Equal(Verdict.Undecided, Count(all: true, Approval("Tech Lead"), Approval("Tech Lead")).Verdict);

    [Fact]
    public void One_person_in_two_roles_is_one_vote()
    {
        var twice = Count(all: true, Approval("Tech Lead") with { Identity = "jane" }, Approval("DevOps Lead") with { Identity = "jane" });
        Assert.Equal((Verdict.Undecided, "DevOps Lead"), (twice.Verdict, Assert.Single(twice.Missing)));
        Assert.Contains("jane decides in one role only", twice.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Go, Count(all: false, Approval("Tech Lead") with { Identity = "jane" }, Approval("DevOps Lead") with { Identity = "jane" }).Verdict);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Who_holds_both_roles_makes_room_for_whoever_holds_one(int first, int second)
    {
        // Jane approved as both; Bob as Tech Lead: then Jane stands for DevOps Lead.
        GateApproved[] jane = [Approval("Tech Lead") with { Identity = "jane" }, Approval("DevOps Lead") with { Identity = "jane" }];
        Assert.Equal(Verdict.Go, Count(all: true, jane[first], jane[second], Approval("Tech Lead") with { Identity = "bob" }).Verdict);
        Assert.Equal(Verdict.Go, Count(all: true, Approval("DevOps Lead") with { Identity = "bob" }, jane[first], jane[second]).Verdict);
    }

    [Fact]
    public void A_role_that_does_not_decide_has_no_vote() => Assert.Equal(Verdict.Undecided, Count(all: false, Approval("Intern")).Verdict);

    [Theory]
    [InlineData(-1, Verdict.Undecided)]
    [InlineData(0, Verdict.Undecided)]
    [InlineData(1, Verdict.Go)]
    public void An_approval_holds_until_its_time_has_passed(int secondsLeft, Verdict verdict) =>
        Assert.Equal(verdict, Count(all: false, Approval("Tech Lead") with { ValidUntil = Now.AddSeconds(secondsLeft) }).Verdict);

    [Fact]
    public void An_approval_of_another_plan_does_not_count() =>
        Assert.Equal(Verdict.Undecided, Count(all: false, Approval("Tech Lead") with { PlanHash = "other" }).Verdict);

    [Fact]
    public void One_denial_closes_the_gate_against_all_approvals()
    {
        var state = new GateState { Gate = "Canary", Approvals = [(Now, Approval("Tech Lead")), (Now, Approval("DevOps Lead"))], Denial = new GateDenied("Canary", "Tech Lead", "jane", "not today") };
        var vote = GateVote.Count(Gate(all: true), state, "hash", Now);
        Assert.Equal(Verdict.NoGo, vote.Verdict);
        Assert.Contains("not today", vote.Reason, StringComparison.Ordinal);
    }

    private static PlanGate Gate(bool all) => new() { Name = "Canary", Phase = "Canary", Criteria = [], Deciders = ["Tech Lead", "DevOps Lead"], RequireAll = all };

    private static GateApproved Approval(string role) => new("Canary", role, role + "@example", "", "hash", null);

    private static GateVote Count(bool all, params GateApproved[] approvals) =>
        GateVote.Count(Gate(all), new GateState { Gate = "Canary", Approvals = [.. approvals.Select(approval => (Now, approval))] }, "hash", Now);
}
