using VisionRollout.Core.Journal;
using VisionRollout.Core.State;
using VisionRollout.Core.Success;
using VisionRollout.Core.Tests.World;

namespace VisionRollout.Core.Tests.Success;

public sealed class DeploymentForecastTests
{
    private static readonly DateTimeOffset Nine = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private readonly List<JournalRecord> records = [];

    public DeploymentForecastTests() => Add(Nine, new RolloutStarted("r1", "shop", "", "hash", "production", "v2", "v1", "green", "blue", new(2026, 11, 23), "ops", []));

    [Fact]
    public void On_time_it_ends_as_planned()
    {
        Run("Preparation", 0, 20);
        Assert.Equal(Nine.AddHours(8), End(21));
    }

    [Fact]
    public void A_phase_that_is_late_moves_what_follows()
    {
        foreach (var (phase, at) in new[] { ("Preparation", 0), ("Database", 30), ("Blue Deploy", 60), ("Canary", 150), ("Cutover", 240), ("Validation", 300) }) Run(phase, at, at + 30);
        Add(Nine.AddMinutes(420), new PhaseStarted("Stabilization", Nine.AddMinutes(360), Nine.AddMinutes(480)));
        Assert.Equal(Nine.AddMinutes(540), End(430)); // begun an hour late, two hours long
        Assert.False(DeploymentForecast.IsLastPhase(SamplePlan.Plan, State));
        Add(Nine.AddMinutes(560), new PhaseCompleted("Stabilization"));
        Assert.True(DeploymentForecast.IsLastPhase(SamplePlan.Plan, State));
        Assert.Equal(Nine.AddMinutes(565), End(565));
    }

    [Fact]
    public void Minutes_are_its_grain() => Assert.Equal(TimeSpan.FromHours(8), DeploymentForecast.WholeMinutes(TimeSpan.FromHours(8) + TimeSpan.FromSeconds(59)));

    private RolloutState State => RolloutState.From(records)!;

    private DateTimeOffset End(int minutes) => DeploymentForecast.EndOf(SamplePlan.Plan, State, Nine.AddMinutes(minutes));

    private void Run(string phase, int from, int until)
    {
        Add(Nine.AddMinutes(from), new PhaseStarted(phase, Nine.AddMinutes(from), Nine.AddMinutes(until)));
        Add(Nine.AddMinutes(until), new PhaseCompleted(phase));
    }

    private void Add(DateTimeOffset at, JournalEntry entry) => records.Add(new JournalRecord { Sequence = records.Count + 1, At = at, By = "", Previous = "", Entry = entry });
}
