using Npgsql;
using VisionRollout.Rehearsal.Ledger;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Tests.Mesh;
using VisionRollout.Rehearsal.Tests.Postgres;

namespace VisionRollout.Rehearsal.Tests.Ledger;

public sealed class ProbeLedgerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Probes_through_a_whole_cutover_are_all_answered_and_their_writes_are_all_there()
    {
        await using var world = await TestWorld.StartAsync(databases: await DatabasesAsync("cutover"));
        var traffic = world.Get<ProbeTraffic>();
        var ledger = world.Get<ProbeLedger>();
        traffic.Start(world.Gateway);
        foreach (var weight in (int[])[5, 50, 100])
        {
            world.Route(100 - weight, weight);
            await world.AdvanceAsync(TimeSpan.FromMinutes(1));
            await SomeAsync(ledger, 60);
        }

        await traffic.StopAsync();
        var report = await ledger.SnapshotAsync(Token);
        Assert.True(report.Requests >= 180);
        Assert.Equal(report.Requests, report.Succeeded);
        Assert.Equal((0, 0, 0, 0, 0), (report.Lost, report.Errors, report.Duplicated, report.Misrouted, report.MissingWrites));
        Assert.InRange(report.AcknowledgedWrites, report.Requests * 4 / 10, report.Requests * 6 / 10);
        Assert.All(report.ByColour.Values, count => Assert.True(count > 0));
        Assert.Equal([0d, 5, 50, 100], report.RouteChanges.Select(change => change.Weights["blue"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task Rows_that_vanish_or_come_twice_are_found()
    {
        var databases = await DatabasesAsync("tampered");
        await using var world = await TestWorld.StartAsync(databases: databases);
        for (var sequence = 1; sequence <= 8; sequence++)
            await world.Get<ProbeTraffic>().SendAsync(world.Gateway, new ProbeRequest(sequence, "business", Write: true, Canary: false));
        await ExecuteAsync(databases.Find("business")!, "delete from ledger where sequence = 3");
        await ExecuteAsync(databases.Find("core")!, "insert into ledger (sequence, pod, version, colour, at) values (5, 'x', 'x', 'x', now())");

        var report = await world.Get<ProbeLedger>().SnapshotAsync(Token);
        Assert.Equal(8, report.AcknowledgedWrites);
        Assert.Equal(1, report.MissingWrites);
        Assert.Equal(1, report.Duplicated);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_refusal_of_the_gateway_is_lost_and_an_error_of_a_pod_is_not()
    {
        await using var world = await TestWorld.StartAsync(idleVersion: null, databases: await DatabasesAsync("lost"));
        var traffic = world.Get<ProbeTraffic>();
        await traffic.SendAsync(world.Gateway, new ProbeRequest(1, "core", Write: false, Canary: true));
        await ExecuteAsync(world.Find("core")!, "alter table ledger rename to elsewhere");
        await traffic.SendAsync(world.Gateway, new ProbeRequest(2, "core", Write: true, Canary: false));
        await ExecuteAsync(world.Find("core")!, "alter table elsewhere rename to ledger");

        var report = await world.Get<ProbeLedger>().SnapshotAsync(Token);
        Assert.Equal((2, 1, 1, 0), (report.Requests, report.Lost, report.Errors, report.Succeeded));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("core", "green", false, 0)]
    [InlineData("business", "green", false, 1)]
    [InlineData("core", "blue", false, 1)]
    [InlineData("core", "blue", true, 0)]
    [InlineData("core", "green", true, 1)]
    public async Task An_answer_of_another_service_or_of_a_colour_without_weight_is_misrouted(string service, string colour, bool canary, long misrouted)
    {
        await using var world = await TestWorld.StartAsync();
        var routes = world.Get<DataPlane>().Current;
        var ledger = world.Get<ProbeLedger>();
        ledger.Note(new ProbeRequest(1, "core", Write: false, canary), new ProbeAnswer(200, "pod", service, colour, routes, routes));

        Assert.Equal(misrouted, (await ledger.SnapshotAsync(Token)).Misrouted);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_by_weights_in_force_when_it_was_sent_is_right()
    {
        await using var world = await TestWorld.StartAsync();
        var sent = world.Get<DataPlane>().Current;
        world.Route(0, 100);
        world.Get<ProbeLedger>().Note(new ProbeRequest(1, "core", false, false), new ProbeAnswer(200, "pod", "core", "green", sent, world.Get<DataPlane>().Current));

        Assert.Equal(0, (await world.Get<ProbeLedger>().SnapshotAsync(Token)).Misrouted);
    }

    [Fact]
    public void Probes_mix_services_reads_writes_and_one_in_ten_canaries()
    {
        var probes = Enumerable.Range(1, 4_000).Select(number => ProbeRequest.Of(number, ["a", "b", "c", "d"])).ToArray();

        Assert.All(probes.GroupBy(probe => probe.Service), group => Assert.Equal(1_000, group.Count()));
        Assert.Equal(2_000, probes.Count(probe => probe.Write));
        Assert.Equal(400, probes.Count(probe => probe.Canary));
        Assert.Equal(16, probes.Select(probe => (probe.Service, probe.Write, probe.Canary)).Distinct().Count());
    }

    private static async Task SomeAsync(ProbeLedger ledger, int more)
    {
        var target = (await ledger.SnapshotAsync(Token)).Requests + more;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await ledger.SnapshotAsync(Token)).Requests < target)
            await timer.WaitForNextTickAsync(Token);
    }

    private async Task<ServiceDatabases> DatabasesAsync(string mark)
    {
        var scenario = Rehearsal.Scenario.ScenarioReader.Read(Scenario.ScenarioReaderTests.Sample);
        return await ServiceDatabases.CreateAsync(postgres.WithSuffix("_" + mark), scenario.Services, Token);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }
}
