using System.Text;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Journals;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;

namespace VisionRollout.Adapters.Tests.Cluster;

/// <summary>The journal in ConfigMaps, on a real API server where there is one.</summary>
public sealed class JournalStoreTests(ApiServer server) : IClassFixture<ApiServer>, IDisposable
{
    private const int Limit = 120_000;
    private static readonly DateTimeOffset At = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("visionrollout-journal-").FullName;
    private readonly string id = $"20261123-090000-V1_{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact(Timeout = Limit)]
    public async Task Records_fill_segment_after_segment_and_another_machine_reads_them_all()
    {
        using var connection = server.Connect();
        var stores = new KubernetesJournalStores(connection, "production");
        using var journal = Open("here", stores);
        // Some of 2 kB, one of 600 kB, which no ConfigMap would take as it is twice, and what awkward letters there are.
        for (var number = 1; number <= 80; number++) await journal.AppendAsync(new StepStarted("Canary", $"{number} {new string('x', number == 40 ? 600_000 : 2000)} ü\u2028\"\n🚀"), At, Token);

        using var other = server.Connect();
        var there = new KubernetesJournalStores(other, "production");
        Assert.Contains(id, await there.ListAsync(Token));
        using var copy = Open("there", there);
        Assert.Equal((await journal.ReadAsync(Token)).Select(record => record.Previous), (await copy.ReadAsync(Token)).Select(record => record.Previous));
        Assert.Equal(await File.ReadAllBytesAsync(PathOf("here"), Token), await File.ReadAllBytesAsync(PathOf("there"), Token));

        var segments = await SegmentsAsync();
        Assert.InRange(segments.Count, 3, 10);
        Assert.All(segments, segment => Assert.InRange(Encoding.UTF8.GetByteCount(segment.ToJsonString()), 1, 512 * 1024));
        Assert.All(segments.SkipLast(1), segment => Assert.Equal("true", (string?)segment["metadata"]!["annotations"]!["visionrollout/closed"]));
        Assert.DoesNotContain(id, await new KubernetesJournalStores(other, "staging").ListAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Machines_that_write_at_once_make_one_chain()
    {
        const int Machines = 4, Each = 15;
        await Task.WhenAll(Enumerable.Range(0, Machines).Select(machine => Task.Run(async () =>
        {
            using var connection = server.Connect();
            using var journal = Open($"machine{machine}", new KubernetesJournalStores(connection, "production"));
            for (var number = 0; number < Each; number++) await journal.AppendAsync(new StepStarted($"machine {machine}", $"{number} {new string('y', 1500)}"), At, Token);
        }, Token)));

        using var reader = server.Connect();
        using var copy = Open("reader", new KubernetesJournalStores(reader, "production"));
        var records = await copy.ReadAsync(Token);
        Assert.Equal(Machines * Each, records.Count);
        foreach (var own in records.Select(record => (StepStarted)record.Entry).GroupBy(entry => entry.Phase))
            Assert.Equal(Enumerable.Range(0, Each).Select(number => $"{number}"), own.Select(entry => entry.Step.Split(' ')[0]));
    }

    [Fact(Timeout = Limit)]
    public async Task A_record_that_somebody_changes_in_the_cluster_is_named()
    {
        using var connection = server.Connect();
        var stores = new KubernetesJournalStores(connection, "production");
        using (var journal = Open("here", stores))
        {
            for (var number = 1; number <= 4; number++) await journal.AppendAsync(new StepStarted("Canary", $"{number}"), At, Token);
        }

        var segment = Assert.Single(await SegmentsAsync());
        var changed = ((string)segment["data"]!["000002"]!).Replace("Canary", "Cutover", StringComparison.Ordinal);
        await connection.SendAsync(KubernetesRequest.MergePatch(connection.PathOf("api/v1", "configmaps", (string)segment["metadata"]!["name"]!), "a ConfigMap",
            new JsonObject { ["data"] = new JsonObject { ["000002"] = changed } }), Token);
        using var copy = Open("there", stores);
        var error = await Assert.ThrowsAsync<RolloutException>(() => copy.ReadAsync(Token));
        Assert.Equal("JournalDamaged", error.Id);
        Assert.StartsWith("Record 2 ", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_server_that_refuses_throttles_and_fails_half_of_the_time_loses_and_repeats_nothing()
    {
        Assert.SkipWhen(server.Rehearsal is null, "A real API server does not fail on request.");
        var faults = new List<string>();
        foreach (var name in new[] { "api-conflict", "api-error" })
            faults.Add((string)(await server.Rehearsal.AddFaultAsync(new JsonObject { ["name"] = name, ["magnitude"] = 0.3 }, Token))["id"]!);
        try
        {
            using var connection = server.Connect();
            using var journal = Open("here", new KubernetesJournalStores(connection, "production"));
            for (var number = 1; number <= 20; number++) await journal.AppendAsync(new StepStarted("Canary", $"{number}"), At, Token);
        }
        finally
        {
            foreach (var fault in faults) await server.Rehearsal.RemoveFaultAsync(fault, Token);
        }

        using var again = server.Connect();
        var stores = new KubernetesJournalStores(again, "production");
        using (var journal = Open("here", stores)) await journal.AppendAsync(new PhaseCompleted("Canary"), At, Token);
        using var copy = Open("there", stores);
        Assert.Equal(Enumerable.Range(1, 20).Select(number => $"{number}"), (await copy.ReadAsync(Token)).Select(record => record.Entry).OfType<StepStarted>().Select(entry => entry.Step));
    }

    private string PathOf(string machine) => Path.Combine(folder, machine, "production.jsonl");

    private SharedJournal Open(string machine, KubernetesJournalStores stores) => new(PathOf(machine), stores.Open(id), TimeProvider.System);

    private async Task<List<JsonNode>> SegmentsAsync()
    {
        var list = await server.Connection.SendAsync(KubernetesRequest.Get(server.Connection.PathOf("api/v1", "configmaps"), "the ConfigMaps"), Token);
        return [.. list["items"]!.AsArray().OfType<JsonNode>().Where(item => (string?)item["metadata"]?["annotations"]?["visionrollout/rollout"] == id).OrderBy(item => (string?)item["metadata"]!["name"], StringComparer.Ordinal)];
    }
}
