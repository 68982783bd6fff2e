using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Tests.World;
using VisionRollout.Core.Traffic;

namespace VisionRollout.Core.Tests.Traffic;

public sealed class RouteGroupTests
{
    private readonly List<string> order = [];
    private readonly MemoryRoute[] routes = [new(), new(), new()];
    private readonly ManualClock clock = new();

    public RouteGroupTests()
    {
        foreach (var (route, name) in routes.Zip(["shop", "stock", "docs"])) route.AfterWrite = () => order.Add(name);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RouteGroup Group => new(routes);

    [Fact]
    public async Task All_routes_move_in_their_order_and_back_in_the_reverse_one()
    {
        var there = await Group.WriteAsync(await Group.ReadAsync(Token), Weights(0.25), "blue", isWayBack: false, Token);
        Assert.Equal((0.25, "blue", 3), (there.Weights["blue"], there.HeaderColour, there.Parts.Count));
        await Group.WriteAsync(await Group.ReadAsync(Token), Weights(0), null, isWayBack: true, Token);
        Assert.Equal(["shop", "stock", "docs", "docs", "stock", "shop"], order);
        Assert.All(routes, route => Assert.Equal((0.0, null), (route.Weights["blue"], route.Header)));
    }

    [Fact]
    public async Task When_one_can_not_move_those_before_it_are_put_back()
    {
        routes[0].Put(Weights(0.1), "blue");
        var seen = await Group.ReadAsync(Token);
        routes[2].Touch(); // somebody else writes in between
        var error = await Assert.ThrowsAsync<RolloutException>(() => Group.WriteAsync(seen, Weights(0.5), "blue", isWayBack: false, Token));
        Assert.Equal(RolloutErrorKind.Conflict, error.Kind);
        Assert.Equal(["shop", "stock", "stock", "shop"], order);
        Assert.Equal([0.1, 0.0, 0.0], routes.Select(route => route.Weights["blue"]));
        Assert.Equal(["blue", null, null], routes.Select(route => route.Header));
    }

    [Fact]
    public async Task A_move_whose_half_can_not_be_put_back_says_which()
    {
        var seen = await Group.ReadAsync(Token);
        routes[1].Touch();
        routes[0].AfterWrite = routes[0].Touch; // whoever it is writes on
        var error = await Assert.ThrowsAsync<RolloutException>(() => Group.WriteAsync(seen, Weights(0.5), "blue", isWayBack: false, Token));
        Assert.Equal(("RoutesHalfMoved", RolloutErrorKind.Failed), (error.Id, error.Kind));
        Assert.Contains("could not be put back", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_way_back_one_that_can_not_move_does_not_hold_the_others_up()
    {
        foreach (var route in routes) route.Put(Weights(0.5), "blue");
        var seen = await Group.ReadAsync(Token);
        routes[2].Touch();
        var error = await Assert.ThrowsAsync<RolloutException>(() => Group.WriteAsync(seen, Weights(0), null, isWayBack: true, Token));
        Assert.Equal(RolloutErrorKind.Conflict, error.Kind);
        Assert.Equal([0.0, 0.0, 0.5], routes.Select(route => route.Weights["blue"]));
    }

    [Fact]
    public async Task The_mover_looks_again_after_a_conflict_and_moves_all_of_them()
    {
        var touched = false;
        routes[0].AfterWrite = () =>
        {
            if (touched) return;
            touched = true;
            routes[1].Touch();
        };
        List<JournalEntry> records = [];
        var move = await Mover().MoveAsync(new TrafficTarget(Weights(0.05), "blue", "canary") { Own = [new RouteState(Weights(0), null)] }, entry =>
        {
            records.Add(entry);
            return Task.CompletedTask;
        }, Token);
        Assert.True(move.Changed);
        Assert.All(routes, route => Assert.Equal((0.05, "blue"), (route.Weights["blue"], route.Header)));
        Assert.Equal([typeof(TrafficMoving), typeof(TrafficMoved)], records.Select(entry => entry.GetType()));
    }

    [Fact]
    public async Task What_a_crash_has_left_half_moved_is_our_own_and_moves_on_and_a_foreign_part_is_not()
    {
        IReadOnlyList<RouteState> own = [new RouteState(Weights(0.05), "blue"), new RouteState(Weights(0.1), "blue")];
        routes[0].Put(Weights(0.1), "blue");
        routes[1].Put(Weights(0.05), "blue");
        routes[2].Put(Weights(0.6), "blue");
        var target = new TrafficTarget(Weights(0.1), "blue", "canary") { Own = own };
        var error = await Assert.ThrowsAsync<RolloutException>(() => Mover().MoveAsync(target, _ => Task.CompletedTask, Token));
        Assert.Equal("RouteForeign", error.Id);
        Assert.Contains("60 %", error.Message, StringComparison.Ordinal);

        routes[2].Put(Weights(0.05), "blue");
        Assert.True((await Mover().MoveAsync(target, _ => Task.CompletedTask, Token)).Changed);
        Assert.All(routes, route => Assert.Equal(0.1, route.Weights["blue"]));
    }

    [Fact]
    public async Task A_route_that_can_not_be_read_does_not_hold_up_the_way_back_of_the_others()
    {
        foreach (var route in routes) route.Put(Weights(0.5), "blue");
        var unread = new RolloutException("RouteNotFound", RolloutErrorKind.NotFound, "There is no VirtualService 'stock'.", "", "stock");
        routes[1].AfterRead = _ => throw unread;
        await Assert.ThrowsAsync<RolloutException>(() => Group.ReadAsync(Token));
        var error = await Assert.ThrowsAsync<RolloutException>(() => Mover().MoveAsync(new TrafficTarget(Weights(0), null, "back", IsWayBack: true), _ => Task.CompletedTask, Token));
        Assert.Equal("RouteNotFound", error.Id);
        Assert.Contains("1 of 3 routes could not be moved back, the others are", error.Message, StringComparison.Ordinal);
        Assert.Equal([0.0, 0.5, 0.0], routes.Select(route => route.Weights["blue"]));
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_put_back_too()
    {
        var seen = await Group.ReadAsync(Token);
        routes[1].AfterWrite = () =>
        {
            routes[1].AfterWrite = null;
            throw new RolloutException("KubernetesUnreachable", RolloutErrorKind.Unavailable, "no answer");
        };
        Assert.Equal("KubernetesUnreachable", (await Assert.ThrowsAsync<RolloutException>(() => Group.WriteAsync(seen, Weights(0.5), "blue", isWayBack: false, Token))).Id);
        Assert.All(routes, route => Assert.Equal((0.0, null), (route.Weights["blue"], route.Header)));
    }

    private static Dictionary<string, double> Weights(double blue) => new() { ["green"] = 1 - blue, ["blue"] = blue };

    private TrafficMover Mover() => new(Group, SampleWorkloads.AllReady(), null, clock, SamplePlan.Plan);
}
