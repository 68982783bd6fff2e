using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Tests.Databases.Migrations;

public sealed class UndoPolicyTests
{
    private static readonly JournalEntry Served = new TrafficMoving(new Dictionary<string, double> { ["green"] = 0.95, ["blue"] = 0.05 }, null, "canary");

    [Theory]
    [InlineData(Reversibility.Reversible, true, false, null)]
    [InlineData(Reversibility.Unknown, true, false, null)]
    [InlineData(Reversibility.ReversibleWithDataLoss, false, false, null)]
    [InlineData(Reversibility.ReversibleWithDataLoss, true, false, "MigrationUndoLosesData")]
    [InlineData(Reversibility.ReversibleWithDataLoss, true, true, null)]
    [InlineData(Reversibility.Irreversible, false, false, "MigrationIrreversible")]
    [InlineData(Reversibility.Irreversible, false, true, "MigrationIrreversible")]
    public void The_class_of_the_preflight_allows_the_undo_or_says_why_not(Reversibility reversibility, bool hasServed, bool allowDataLoss, string? expected)
    {
        var state = State([Preflight(reversibility), .. hasServed ? (JournalEntry[])[Served] : []]);
        var failure = Record.Exception(() => UndoPolicy.Require(state, "business", ["2"], allowDataLoss));
        Assert.Equal(expected, (failure as RolloutException)?.Id);
        if (expected is not null) Assert.Contains("because of this", failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Traffic_that_was_only_confirmed_on_the_old_version_is_none_for_the_new_one()
    {
        var all = new Dictionary<string, double> { ["green"] = 1, ["blue"] = 0 };
        UndoPolicy.Require(State([Preflight(Reversibility.ReversibleWithDataLoss), new TrafficMoved(all, all, null, "way back", 1, 1, "confirmed")]), "business", ["2"], allowDataLoss: false);
    }

    [Fact]
    public void Without_a_preflight_nothing_is_refused()
    {
        UndoPolicy.Require(null, "business", ["2"], false);
        UndoPolicy.Require(State([Served]), "business", ["2"], false);
        UndoPolicy.Require(State([Preflight(Reversibility.Irreversible)]), "core", ["2"], false);
        UndoPolicy.Require(State([Preflight(Reversibility.Irreversible)]), "business", ["1"], false);
    }

    [Fact]
    public void A_later_preflight_without_the_version_does_not_forget_its_class()
    {
        var state = State([Preflight(Reversibility.Irreversible), new MigrationsPreflighted("business", "/b", Verdict.Go, "", [], [])]);
        Assert.Throws<RolloutException>(() => UndoPolicy.Require(state, "business", ["2"], false));
        UndoPolicy.Require(State([Preflight(Reversibility.Irreversible), Preflight(Reversibility.Reversible)]), "business", ["2"], false);
    }

    private static MigrationsPreflighted Preflight(Reversibility reversibility) => new("business", "/b", Verdict.Go, "", [new("2", reversibility, "because of this.")], []);

    private static RolloutState State(JournalEntry[] entries) =>
        RolloutState.From(((JournalEntry[])[new RolloutStarted("r1", "plan", "plan.psd1", "", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "tester", []), .. entries])
            .Select((entry, index) => new JournalRecord { Sequence = index + 1, At = DateTimeOffset.UnixEpoch, By = "tester", Previous = "", Entry = entry }))!;
}
