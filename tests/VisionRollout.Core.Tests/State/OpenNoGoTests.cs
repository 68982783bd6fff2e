using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;

namespace VisionRollout.Core.Tests.State;

public sealed class OpenNoGoTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly Finding Bad = new() { Criterion = "ErrorRateDelta", Subject = "blue", Verdict = Verdict.NoGo, Reason = "worse", Trigger = "error-rate", At = At };

    [Fact]
    public void A_phase_that_failed_with_a_trigger_is_unanswered_until_a_contingency_starts()
    {
        JournalEntry[] killed = [new PhaseStarted("Canary", null, null), new StepStarted("Canary", "5 %"), new StepFailed("Canary", "5 %", "worse", "error-rate", [Bad]), new PhaseFailed("Canary", "worse", "error-rate")];
        var open = Find(killed)!;
        Assert.Equal(("error-rate", "worse"), (open.Trigger, open.Reason));
        Assert.Same(Bad, Assert.Single(open.Findings));
        Assert.Null(Find([.. killed, new ContingencyStarted("Service communication issues", "Use previous version", "error-rate", "worse")]));
        Assert.Null(Find([.. killed, new StopRequested("ops", "why")]));
        Assert.Null(Find([.. killed, new RolloutCompleted(RolloutOutcome.RolledBack, "")]));
        Assert.Null(Find([.. killed, new PhaseStarted("Canary", null, null), new StepStarted("Canary", "5 %")])); // somebody has decided to go on
    }

    [Fact]
    public void A_step_that_failed_with_a_trigger_is_unanswered_while_its_phase_runs()
    {
        var open = Find([new PhaseStarted("Database", null, null), new StepStarted("Database", "Migrate"), new StepFailed("Database", "Migrate", "locked", "migration", [])])!;
        Assert.Equal("migration", open.Trigger);
        Assert.Null(Find([new PhaseStarted("Database", null, null), new StepStarted("Database", "Migrate"), new StepFailed("Database", "Migrate", "typing mistake", "", [])]));
    }

    [Fact]
    public void A_stage_that_ended_NoGo_is_unanswered_before_its_step_says_so()
    {
        JournalEntry[] killed = [new PhaseStarted("Canary", null, null), new StepStarted("Canary", "5 %"), new CanaryStageStarted(5, At), new CanaryStageEnded(5, Verdict.NoGo, "alert") { Trigger = "alert" }];
        Assert.Equal(("alert", "Canary 5 %: alert."), (Find(killed)!.Trigger, Find(killed)!.Reason));
        Assert.Null(Find([.. killed, new CanaryStageStarted(5, At)]));
        Assert.Null(Find([new CanaryStageStarted(5, At), new CanaryStageEnded(5, Verdict.NoGo, "worse, hold")]));
    }

    [Fact]
    public void A_gate_that_was_denied_or_failed_is_unanswered()
    {
        Assert.Equal(OpenNoGo.Decision, Find([new GateOpened("Canary", Verdict.Go, [], At), new GateDenied("Canary", "Tech Lead", "jane", "no"), new GateDecided("Canary", Verdict.NoGo, "denied", [])])!.Trigger);
        Assert.Equal("error-rate", Find([new GateOpened("Canary", Verdict.NoGo, [Bad], At), new GateDecided("Canary", Verdict.NoGo, "worse", [Bad])])!.Trigger);
        Assert.Null(Find([new GateOpened("Canary", Verdict.Go, [], At), new GateDecided("Canary", Verdict.Undecided, "deadline", [])]));
    }

    private static OpenNoGo? Find(IReadOnlyList<JournalEntry> entries)
    {
        var started = new RolloutStarted("r1", "shop", "rollout.psd1", "hash", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "ops", []);
        var records = entries.Prepend(started).Select((entry, index) => new JournalRecord { Sequence = index + 1, At = At, By = "ops", Previous = "", Entry = entry });
        return OpenNoGo.Find(RolloutState.From(records)!);
    }
}
