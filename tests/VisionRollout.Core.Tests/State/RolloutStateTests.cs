using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;
using VisionRollout.Core.Tests.Journal;

namespace VisionRollout.Core.Tests.State;

public sealed class RolloutStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly JsonSerializerOptions WithFields = new(JournalJson.Options) { IncludeFields = true };
    private readonly List<JournalRecord> records = [];

    [Fact]
    public void Without_a_start_there_is_no_state()
    {
        Add(new PhaseStarted("Database", null, null));
        Assert.Null(RolloutState.From(records));
        Assert.Null(RolloutState.From([]));
    }

    [Fact]
    public void Folding_a_prefix_and_then_the_rest_is_folding_all()
    {
        var entries = Gen.Elements<JournalEntry>([.. Entries()]).ListOf();
        Prop.ForAll(entries.ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (list, at) =>
        {
            var journal = list.Select((entry, index) => Record(index + 2, entry)).Prepend(Record(1, Started())).ToList();
            var cut = Math.Min(at, journal.Count);
            var prefix = RolloutState.From(journal.Take(cut));
            var whole = RolloutState.From(journal)!;
            return Text(journal.Skip(cut).Aggregate(prefix, RolloutState.Fold)!) == Text(whole) && whole.LastSequence == journal.Count;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_order_of_records_folds_without_failing()
    {
        foreach (var kind in SampleEntries.Kinds.Where(kind => kind != typeof(RolloutStarted)))
        {
            var state = RolloutState.From([Record(1, Started()), Record(2, SampleEntries.Make(kind))])!;
            Assert.Equal((2, "v2"), (state.LastSequence, state.Started.Version));
        }
    }

    [Fact]
    public void Phases_and_steps_stand_where_their_last_record_put_them()
    {
        Add(Started(), new PhaseStarted("Database", null, null), new StepStarted("Database", "Migrate"), new StepFailed("Database", "Migrate", "locked", "migration", []), new PhaseFailed("Database", "locked", "migration"));
        var failed = State();
        Assert.Equal((ActivityStatus.Failed, "locked"), (failed.FindPhase("database")!.Status, failed.FindPhase("Database")!.Error));
        Assert.Equal((ActivityStatus.Failed, "migration", 1), (failed.FindStep("Database", "MIGRATE")!.Status, failed.FindStep("Database", "Migrate")!.Failure!.Trigger, failed.FindStep("Database", "Migrate")!.Attempts));

        Add(new RolloutResumed("ops", "hash"), new PhaseStarted("Database", null, null), new StepStarted("Database", "Migrate"));
        var again = State();
        Assert.Equal((1, ActivityStatus.Running, ""), (again.Resumes, again.FindPhase("Database")!.Status, again.FindPhase("Database")!.Error));
        Assert.Equal(failed.FindPhase("Database")!.StartedAt, again.FindPhase("Database")!.StartedAt);
        var step = again.FindStep("Database", "Migrate")!;
        Assert.Equal((ActivityStatus.Running, 2), (step.Status, step.Attempts));
        Assert.Null(step.Failure);

        Add(new StepCompleted("Database", "Migrate", JsonDocument.Parse("[1]").RootElement), new PhaseCompleted("Database"));
        var done = State();
        Assert.Equal((ActivityStatus.Completed, 2, "[1]"), (done.FindStep("Database", "Migrate")!.Status, done.FindStep("Database", "Migrate")!.Attempts, done.FindStep("Database", "Migrate")!.Output!.Value.GetRawText()));
        Assert.Equal(ActivityStatus.Completed, done.FindPhase("Database")!.Status);
        Assert.Single(done.Phases);
        Assert.Single(done.Steps);
    }

    [Fact]
    public void Steps_of_the_same_name_in_two_phases_are_two()
    {
        Add(Started(), new StepStarted("Database", "Announce"), new StepCompleted("Database", "Announce", JsonDocument.Parse("[]").RootElement), new StepStarted("Canary", "Announce"));
        Assert.Equal((ActivityStatus.Completed, ActivityStatus.Running), (State().FindStep("Database", "Announce")!.Status, State().FindStep("Canary", "Announce")!.Status));
    }

    [Fact]
    public void A_gate_opened_again_forgets_its_decision_but_not_its_votes()
    {
        Add(Started(), new GateOpened("Canary", Verdict.Undecided, [], Start), new GateApproved("Canary", "Tech Lead", "jane", "", "hash", null),
            new GateDecided("Canary", Verdict.Undecided, "deadline", []));
        Assert.Equal("deadline", State().FindGate("canary").Decision!.Reason);
        Add(new GateOpened("Canary", Verdict.Go, [], Start), new GateDenied("Canary", "DevOps Lead", "bob", "first"), new GateDenied("Canary", "DevOps Lead", "bob", "second"));
        var gate = State().FindGate("Canary");
        Assert.Null(gate.Decision);
        Assert.Single(gate.Approvals);
        Assert.Equal("first", gate.Denial!.Reason);
        Assert.Null(State().FindGate("Cutover").Opened);
    }

    [Fact]
    public void Migrations_that_were_taken_back_no_longer_stand()
    {
        Add(Started(), new MigrationsApplied("business", "1", "3", ["2", "3"], 1), new MigrationsApplied("core", "1", "2", ["2"], 1), new MigrationsApplied("business", "3", "4", ["4"], 1));
        Assert.Equal(["2", "3", "4"], State().Migrations["BUSINESS"]);
        Add(new MigrationsUndone("business", "4", "2", ["4", "3"]));
        Assert.Equal(["2"], State().Migrations["business"]);
        Add(new MigrationsUndone("business", "2", "1", ["2"]), new MigrationsUndone("swarm", "2", "1", ["2"]));
        Assert.Empty(State().Migrations["business"]);
        Assert.Empty(State().Migrations["swarm"]);
        Assert.Equal(["2"], State().Migrations["core"]);
    }

    [Theory]
    [InlineData(0.001, null, 0.0009, true)]
    [InlineData(0.001, null, 0.0012, true, 0.0009)] // not proven to be worse
    [InlineData(0.001, null, 0.0012, false, 0.0011)]
    [InlineData(null, 0.999, 0.998, true, 0.5, 0.9995)]
    [InlineData(null, 0.999, 0.998, false, 0.5, 0.9985)]
    [InlineData(0.001, null, 0.001, true)]
    [InlineData(0.001, null, 0.0011, false)] // worse than what was accepted
    [InlineData(null, 0.999, 0.9995, true)]
    [InlineData(null, 0.999, 0.5, false)]
    [InlineData(null, null, 0.5, false)] // that it could not be measured was accepted
    [InlineData(0.001, null, null, false)] // a value was accepted, and now there is none
    [InlineData(null, null, null, true)]
    public void What_was_accepted_covers_nothing_worse(double? highest, double? lowest, double? measured, bool covered, double? low = null, double? high = null)
    {
        Add(Started(), new CriterionAccepted("Error Rate", "CTO", "cto", "Known") { Highest = highest, Lowest = lowest });
        var finding = new Finding { Criterion = "error rate", Subject = "Technical", Verdict = measured is null ? Verdict.Undecided : Verdict.NoGo, Reason = "measured", Measured = measured, Low = low, High = high };
        Assert.Equal(covered, State().IsAccepted(finding));
        Assert.False(State().IsAccepted(finding with { Criterion = "Availability" }));
    }

    [Fact]
    public void A_migration_without_an_end_stays_open_from_where_the_first_one_began()
    {
        Add(Started(), new MigrationsStarting("business", ["1"]), new MigrationsStarting("business", ["2", "1"]));
        Assert.Equal(["1"], State().OpenMigrations["BUSINESS"].Versions);
        Assert.False(State().IsPreparation);
        Add(new MigrationsApplied("business", "1", "2", ["2"], 0) { Interrupted = true });
        Assert.Equal(["2"], State().Migrations["business"]);
        Assert.NotEmpty(State().OpenMigrations);
        Add(new MigrationsApplied("business", "2", "3", ["3"], 1));
        Assert.Equal(["2", "3"], State().Migrations["business"]);
        Assert.Empty(State().OpenMigrations);
    }

    [Fact]
    public void Somebody_who_takes_the_rollout_back_has_done_so_when_it_stands_as_ended()
    {
        Add(Started(), new RollbackRequested("ops", "Wrong totals", false));
        Assert.Equal("Wrong totals", State().Undo?.Reason);
        Add(new RolledBack("Wrong totals", 1, [], []));
        Assert.NotNull(State().Undo); // killed here, it is finished by the next start
        Add(new RolloutCompleted(RolloutOutcome.RolledBack, "Wrong totals"));
        Assert.Null(State().Undo);
        Add(new RollbackRequested("ops", "again", false));
        Assert.NotNull(State().Undo);
        Add(new RolledBack("again", 1, [], []));
        Assert.Null(State().Undo);
    }

    [Fact]
    public void A_new_stage_is_not_judged_by_the_last_ones_end()
    {
        Add(Started(), new CanaryStageStarted(5, Start), new CanaryStageEnded(5, Verdict.Go, "good"));
        Assert.Equal(Verdict.Go, State().StageEnd!.Verdict);
        Add(new CanaryStageStarted(10, Start));
        Assert.Equal(10, State().Stage!.Percent);
        Assert.Null(State().StageEnd);
    }

    [Fact]
    public void A_preparation_that_is_started_anew_keeps_what_was_confirmed_and_sent()
    {
        Add(Started() with { Day = new(2026, 11, 30) }, new MessageSent("key", "Notice", "page", "text"), new ChecklistConfirmed("Team briefing", "Runbooks reviewed", "ops", ""));
        Assert.True(State().IsAhead);
        Add(Started() with { Day = new(2026, 11, 23), FromVersion = "v1.0.1" });
        Assert.Equal((false, true, "v1.0.1"), (State().IsAhead, State().IsPreparation, State().Started.FromVersion));
        Assert.Contains("key", State().Messages);
        Assert.Contains("Team briefing/Runbooks reviewed", State().Confirmed);
        Add(new PhaseStarted("Database", null, null));
        Assert.False(State().IsPreparation);
    }

    [Fact]
    public void The_newest_backup_message_and_confirmation_count()
    {
        Add(Started(), new BackupTaken("business", "b", "l", "first", 1, 1, 1, ""), new BackupTaken("Business", "b", "l", "second", 1, 1, 1, ""),
            new MessageSent("key", "Started", "#chat", "text"), new ChecklistConfirmed("Business approval", "Received", "cto", ""));
        Assert.Equal("second", State().Backups["business"].Location);
        Assert.Contains("key", State().Messages);
        Assert.Contains("business approval/received", State().Confirmed);
    }

    [Fact]
    public void A_test_restore_that_was_hindered_does_not_hide_one_that_decided()
    {
        Add(Started(), new BackupVerified("business", "one", Verdict.Undecided, "No server"), new BackupVerified("business", "one", Verdict.Undecided, "No pg_restore"));
        Assert.Equal("No pg_restore", State().Verifications["one"].Reason);
        Add(new BackupVerified("business", "one", Verdict.Go, "Equal"), new BackupVerified("business", "one", Verdict.Undecided, "No server"), new BackupVerified("business", "two", Verdict.Undecided, "No server"));
        Assert.Equal((Verdict.Go, "Equal"), (State().Verifications["one"].Verdict, State().Verifications["one"].Reason));
        Assert.Equal(Verdict.Undecided, State().Verifications["two"].Verdict);
        Add(new BackupVerified("business", "one", Verdict.NoGo, "Rows are missing"), new BackupVerified("business", "one", Verdict.Undecided, "No server"));
        Assert.Equal((Verdict.NoGo, "Rows are missing"), (State().Verifications["one"].Verdict, State().Verifications["one"].Reason));
    }

    private static RolloutStarted Started() => new("r1", "shop", "rollout.psd1", "hash", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "ops", []);

    private static JournalRecord Record(int number, JournalEntry entry) => new() { Sequence = number, At = Start.AddSeconds(number), By = "test", Previous = "", Entry = entry };

    private static string Text(RolloutState state) => JsonSerializer.Serialize(state, WithFields);

    private static IEnumerable<JournalEntry> Entries()
    {
        foreach (var phase in new[] { "Database", "Canary" })
        {
            yield return new PhaseStarted(phase, null, null);
            yield return new PhaseCompleted(phase);
            yield return new PhaseFailed(phase, "error", "");
            yield return new StepStarted(phase, "one");
            yield return new StepCompleted(phase, "one", JsonDocument.Parse("[]").RootElement);
            yield return new StepFailed(phase, "one", "error", "", []);
            yield return new GateOpened(phase, Verdict.Go, [], Start);
            yield return new GateApproved(phase, "CTO", "cto", "", "hash", null);
            yield return new GateDenied(phase, "CTO", "cto", "no");
            yield return new GateDecided(phase, Verdict.Go, "", []);
            yield return new MigrationsApplied(phase, "1", "2", ["2"], 1);
            yield return new MigrationsUndone(phase, "2", "1", ["2"]);
        }

        yield return new RolloutResumed("ops", "hash");
        yield return new CanaryStageStarted(5, Start);
        yield return new CanaryStageEnded(5, Verdict.Go, "");
        yield return new TrafficMoved(new Dictionary<string, double>(), new Dictionary<string, double> { ["blue"] = 1 }, null, "", 1, 1, "");
        yield return new MessageSent("key", "n", "c", "t");
        yield return new RolledBack("why", 1, [], []);
        yield return new RolloutCompleted(RolloutOutcome.RolledBack, "");
    }

    private RolloutState State() => RolloutState.From(records)!;

    private void Add(params JournalEntry[] entries)
    {
        foreach (var entry in entries) records.Add(Record(records.Count + 1, entry));
    }
}
