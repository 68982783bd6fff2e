using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Tests.World;
using VisionRollout.Core.Traffic;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Core.Tests.Traffic;

public sealed class TrafficMoverTests
{
    private readonly ManualClock clock = new();
    private readonly MemoryRoute route = new();
    private readonly List<JournalEntry> records = [];
    private readonly SharedDemand demand;

    public TrafficMoverTests() => demand = new SharedDemand(clock, () => route.Weights["blue"]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_move_is_written_read_back_observed_and_recorded_in_that_order()
    {
        var writesAtIntent = -1;
        var move = await Mover().MoveAsync(Blue(0.05), entry =>
        {
            if (entry is TrafficMoving) writesAtIntent = route.Writes;
            records.Add(entry);
            return Task.CompletedTask;
        }, Token);

        Assert.Equal(0, writesAtIntent);
        Assert.Equal([typeof(TrafficMoving), typeof(TrafficMoved)], records.Select(entry => entry.GetType()));
        Assert.Equal((1, "blue"), (route.Writes, route.Header));
        Assert.True(move.Changed);
        Assert.Equal(0.05, move.ObservedShare!.Value, 0.001);
        Assert.Equal(0.05, ((TrafficMoved)records[1]).Weights["blue"]);
        Assert.Equal(1, ((TrafficMoved)records[1]).From["green"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task A_colour_that_is_not_ready_gets_nothing(int ready)
    {
        var workloads = SampleWorkloads.With(2, ("shop", 2), ("stock", 2), ("shop-blue", 2), ("stock-blue", ready));
        var error = await Assert.ThrowsAsync<RolloutException>(() => Mover(workloads).MoveAsync(Blue(0.05), RecordAsync, Token));
        Assert.Equal(("TrafficTargetNotReady", "health"), (error.Id, error.Trigger));
        Assert.Contains($"stock-blue ({ready} of 2", error.Message, StringComparison.Ordinal);
        Assert.Empty(records);
        Assert.Equal(0, route.Writes);
    }

    [Fact]
    public async Task A_colour_without_its_Deployment_gets_not_even_the_header()
    {
        var workloads = SampleWorkloads.With(2, ("shop", 2), ("stock", 2), ("shop-blue", 2));
        var target = new TrafficTarget(new Dictionary<string, double> { ["green"] = 1, ["blue"] = 0 }, "blue", "header only");
        var error = await Assert.ThrowsAsync<RolloutException>(() => Mover(workloads).MoveAsync(target, RecordAsync, Token));
        Assert.Equal("TrafficTargetNotReady", error.Id);
        Assert.Equal(0, route.Writes);
    }

    [Fact]
    public async Task The_way_back_needs_one_ready_pod_per_service_and_no_more()
    {
        route.Put(Weights(1), "blue");
        var move = await Mover(SampleWorkloads.With(3, ("shop", 1), ("stock", 1))).MoveAsync(Back(), RecordAsync, Token);
        Assert.Equal("green", move.Route.LiveColour);
        Assert.Empty(move.Unserved);
    }

    [Theory]
    [InlineData(1, 0, 0, 0)] // the new colour serves nothing at all
    [InlineData(1, 0, 1, 0)] // both lack the same service
    [InlineData(0, 0, 0, 0)] // nobody serves anything: the last known good route is still the better place
    public async Task A_way_back_goes_wherever_the_old_colour_serves_no_less_and_names_what_nobody_serves(int shop, int stock, int shopBlue, int stockBlue)
    {
        route.Put(Weights(1), "blue");
        var move = await Mover(SampleWorkloads.With(3, ("shop", shop), ("stock", stock), ("shop-blue", shopBlue), ("stock-blue", stockBlue)), metrics: Silent()).MoveAsync(Back(), RecordAsync, Token);
        Assert.Equal(("green", 1.0), (move.Route.LiveColour, route.Weights["green"]));
        Assert.Equal(2 - shop, move.Unserved.Count);
        Assert.Contains(move.Unserved, text => text.StartsWith("stock: nobody serves it in green (stock has 0 of 3 pods ready), nor in blue", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_way_back_that_would_take_a_service_away_is_refused_with_both_sides_and_goes_when_forced()
    {
        route.Put(Weights(1), "blue");
        var mover = Mover(SampleWorkloads.With(3, ("shop", 3), ("stock", 0), ("shop-blue", 3), ("stock-blue", 2)), metrics: Silent());
        var error = await Assert.ThrowsAsync<RolloutException>(() => mover.MoveAsync(Back(), RecordAsync, Token));
        Assert.Equal(("TrafficTargetNotReady", "health"), (error.Id, error.Trigger));
        Assert.Contains("it would serve 1 of 2 services, blue serves 2. stock: nobody serves it in green (stock has 0 of 3 pods ready), though blue would (stock-blue has 2 of 3 pods ready)", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (route.Writes, records.Count));

        var forced = await mover.MoveAsync(Back() with { IsForced = true }, RecordAsync, Token);
        Assert.True(forced.Changed);
        Assert.Single(forced.Unserved);
    }

    [Fact]
    public async Task Pods_that_are_ready_but_answer_with_errors_count_by_what_they_answer()
    {
        route.Put(Weights(1), "blue");
        demand.ErrorShare = 0.9; // of the shop in blue
        var mover = Mover(SampleWorkloads.With(3, ("shop", 3), ("stock", 0), ("shop-blue", 3), ("stock-blue", 3)));
        var error = await Assert.ThrowsAsync<RolloutException>(() => mover.MoveAsync(Back(), RecordAsync, Token));
        Assert.Contains("it would serve 1 of 2 services, blue serves 1.1.", error.Message, StringComparison.Ordinal);

        demand.ErrorShare = 1;
        Assert.True((await mover.MoveAsync(Back(), RecordAsync, Token)).Changed);
    }

    [Fact]
    public async Task A_way_back_that_has_nothing_to_move_is_never_refused()
    {
        route.Put(Weights(0), "blue");
        var move = await Mover(SampleWorkloads.With(3, ("shop", 3), ("stock", 0), ("shop-blue", 3), ("stock-blue", 3)), metrics: Silent()).MoveAsync(Back(), RecordAsync, Token);
        Assert.True(move.Changed);
        Assert.Null(route.Header);
        Assert.False((await Mover(SampleWorkloads.With(3, ("shop", 3)), metrics: Silent()).MoveAsync(Back(), RecordAsync, Token)).Changed);
    }

    [Fact]
    public async Task After_a_conflict_the_route_is_read_afresh_and_written_once()
    {
        route.AfterRead = number =>
        {
            if (number <= 3) route.Touch();
        };
        var move = await Mover().MoveAsync(Blue(0.05), RecordAsync, Token);
        Assert.True(move.Changed);
        Assert.Equal(1, route.Writes);
        Assert.Single(records.OfType<TrafficMoving>());
    }

    [Fact]
    public async Task A_route_that_never_stands_still_ends_in_a_conflict()
    {
        route.AfterRead = _ => route.Touch();
        var error = await Assert.ThrowsAsync<RolloutException>(() => Mover().MoveAsync(Blue(0.05), RecordAsync, Token));
        Assert.Equal(RolloutErrorKind.Conflict, error.Kind);
        Assert.Empty(records.OfType<TrafficMoved>());
    }

    [Fact]
    public async Task A_foreign_writer_who_takes_the_weights_back_is_found_and_named()
    {
        route.AfterWrite = () => route.Put(Weights(0), null);
        var error = await Assert.ThrowsAsync<RolloutException>(() => Mover().MoveAsync(Blue(0.05), RecordAsync, Token));
        Assert.Equal(("TrafficConflict", "traffic"), (error.Id, error.Trigger));
        Assert.Contains("someone", error.Message, StringComparison.Ordinal);
        Assert.Empty(records.OfType<TrafficMoved>());
    }

    [Fact]
    public async Task A_route_that_stands_is_not_written_but_confirmed()
    {
        route.Put(Weights(0.05), "blue");
        var move = await Mover().MoveAsync(Blue(0.05), RecordAsync, Token);
        Assert.False(move.Changed);
        Assert.Equal(0, route.Writes);
        Assert.Equal([typeof(TrafficMoved)], records.Select(entry => entry.GetType()));
        // The share is that of the canary, also when nothing had to be moved.
        Assert.Equal(0.05, move.ObservedShare!.Value, 0.001);
    }

    [Fact]
    public async Task A_cutover_that_stands_observes_the_colour_that_serves()
    {
        route.Put(Weights(1), null);
        var move = await Mover().MoveAsync(new TrafficTarget(Weights(1), null, "Cutover"), RecordAsync, Token);
        Assert.Equal(1, move.ObservedShare!.Value, 0.001);
    }

    [Fact]
    public async Task A_header_route_alone_is_a_change()
    {
        route.Put(Weights(0), "blue");
        var move = await Mover().MoveAsync(Back(), RecordAsync, Token);
        Assert.True(move.Changed);
        Assert.Null(route.Header);
    }

    [Fact]
    public async Task A_data_plane_that_does_not_follow_is_not_confirmed()
    {
        var stubborn = new SharedDemand(clock, () => 0);
        var began = clock.Now;
        var error = await Assert.ThrowsAsync<RolloutException>(() => Mover(metrics: stubborn).MoveAsync(Blue(0.25), RecordAsync, Token));
        Assert.Equal(("TrafficNotConfirmed", "traffic"), (error.Id, error.Trigger));
        Assert.Contains("25", error.Message, StringComparison.Ordinal);
        Assert.True(clock.Now - began >= TimeSpan.FromMinutes(3));
        Assert.Empty(records.OfType<TrafficMoved>());
    }

    [Fact]
    public async Task A_data_plane_that_follows_late_is_confirmed_by_what_came_after()
    {
        var from = clock.Now.AddMinutes(1);
        var late = new SharedDemand(clock, () => clock.Now > from ? 0.25 : 0);
        var move = await Mover(metrics: late).MoveAsync(Blue(0.25), RecordAsync, Token);
        Assert.Equal(0.25, move.ObservedShare!.Value, 0.02);
        Assert.True(move.Elapsed >= TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Without_a_metric_server_it_says_that_the_share_was_not_observed()
    {
        var mover = new TrafficMover(route, SampleWorkloads.AllReady(), null, clock, SamplePlan.Plan);
        var move = await mover.MoveAsync(Blue(0.05), RecordAsync, Token);
        Assert.Null(move.ObservedShare);
        Assert.Contains("not observed", Assert.Single(records.OfType<TrafficMoved>()).Confirmation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_metric_server_does_not_undo_a_move_that_stands()
    {
        demand.Failure = new RolloutException("PrometheusUnreachable", RolloutErrorKind.Unavailable, "no answer");
        var move = await Mover().MoveAsync(Blue(0.05), RecordAsync, Token);
        Assert.Null(move.ObservedShare);
        Assert.Contains("no answer", move.Confirmation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RolloutErrorKind.AccessDenied)]
    [InlineData(RolloutErrorKind.Corrupt)]
    public async Task A_metric_server_that_refuses_never_hinders_the_way_back(RolloutErrorKind kind)
    {
        route.Put(Weights(0.5), "blue");
        demand.Failure = new RolloutException("PrometheusRefused", kind, "the token has expired");
        var move = await Mover().MoveAsync(Back(), RecordAsync, Token);
        Assert.Contains("the token has expired", move.Confirmation, StringComparison.Ordinal);
        Assert.Single(records.OfType<TrafficMoved>());

        // One service of the old colour is gone: ready pods decide alone, and with force nobody is asked.
        route.Put(Weights(0.5), "blue");
        Assert.True((await Mover(SampleWorkloads.With(2, ("shop", 0), ("stock", 2), ("shop-blue", 0), ("stock-blue", 2))).MoveAsync(Back(), RecordAsync, Token)).Changed);
        route.Put(Weights(0.5), "blue");
        Assert.True((await Mover(SampleWorkloads.With(2, ("shop", 0), ("stock", 2), ("shop-blue", 2), ("stock-blue", 2))).MoveAsync(Back() with { IsForced = true }, RecordAsync, Token)).Changed);
        // Forward it is told.
        Assert.Equal(kind, (await Assert.ThrowsAsync<RolloutException>(() => Mover().MoveAsync(Blue(0.05), RecordAsync, Token))).Kind);
    }

    [Fact]
    public async Task Without_requests_the_share_is_not_known()
    {
        demand.PerSecond = 0;
        var move = await Mover().MoveAsync(Blue(0.05), RecordAsync, Token);
        Assert.Null(move.ObservedShare);
        Assert.Contains("no requests were seen", move.Confirmation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_that_comes_before_the_write_wins_but_never_against_the_way_back()
    {
        var stopped = new TrafficMover(route, SampleWorkloads.AllReady(), demand, clock, SamplePlan.Plan) { BeforeWrite = _ => throw new RolloutStoppedException("ops", "stop") };
        await Assert.ThrowsAsync<RolloutStoppedException>(() => stopped.MoveAsync(Blue(0.05), RecordAsync, Token));
        Assert.Equal(0, route.Writes);
        Assert.Single(records.OfType<TrafficMoving>());

        route.Put(Weights(0.5), "blue");
        Assert.True((await stopped.MoveAsync(Back(), RecordAsync, Token)).Changed);
    }

    private static Dictionary<string, double> Weights(double blue) => new() { ["green"] = 1 - blue, ["blue"] = blue };

    private static TrafficTarget Blue(double share) => new(Weights(share), "blue", "Canary");

    private static TrafficTarget Back() => new(Weights(0), null, "way back", IsWayBack: true);

    private SharedDemand Silent() => new(clock, () => 0) { Failure = new RolloutException("PrometheusUnreachable", RolloutErrorKind.Unavailable, "no answer") };

    private TrafficMover Mover(IWorkloads? workloads = null, IMetricSource? metrics = null) =>
        new(route, workloads ?? SampleWorkloads.AllReady(), metrics ?? demand, clock, SamplePlan.Plan);

    private Task RecordAsync(JournalEntry entry)
    {
        records.Add(entry);
        return Task.CompletedTask;
    }
}
