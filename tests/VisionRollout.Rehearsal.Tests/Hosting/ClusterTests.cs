using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Tests.Postgres;

namespace VisionRollout.Rehearsal.Tests.Hosting;

/// <summary>The whole cluster over the wire, with the public clients.</summary>
public sealed class ClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Canary = """
        {"spec":{"http":[{"match":[{"headers":{"canary":{"exact":"true"}}}],"route":[{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":100}]},{"route":[{"destination":{"host":"vision-to-code-green","port":{"number":80}},"weight":95},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":5}]}]}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_live_colour_is_ready_and_an_edit_of_metadata_replaces_no_pod()
    {
        var before = await PodsAsync("green");

        await cluster.Kubernetes.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch("""{"metadata":{"annotations":{"keep-until":"2026-11-24T13:00:00Z"}}}""", V1Patch.PatchType.MergePatch),
            "core-service", ClusterFixture.Namespace, cancellationToken: Token);
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(2), Token);

        var deployments = await cluster.Kubernetes.AppsV1.ListNamespacedDeploymentAsync(
            ClusterFixture.Namespace, labelSelector: "deployment-color=green", cancellationToken: Token);
        Assert.Equal(4, deployments.Items.Count);
        Assert.All(deployments.Items, deployment => Assert.Equal(deployment.Spec.Replicas, deployment.Status.ReadyReplicas));
        Assert.Equal(before, await PodsAsync("green"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_migration_in_a_pod_changes_the_database_that_the_Secret_names()
    {
        var pod = (await PodsAsync("green")).First(name => name.StartsWith("business-service", StringComparison.Ordinal));

        var (exitCode, output) = await ExecAsync(pod, "business", "mix", "ecto.migrate", "--log-sql");

        Assert.Equal(0, exitCode);
        Assert.Contains("== Migrated 20261108090000", output, StringComparison.Ordinal);
        Assert.Equal(20261108090000L, await PostgresFixture.AskAsync(await ConnectionAsync("business"), "SELECT max(version) FROM schema_migrations", Token));
        var execs = (await cluster.GetAsync("/effects", Token)).GetProperty("execs").EnumerateArray();
        Assert.Contains(execs, exec => exec.GetProperty("pod").GetString() == pod && exec.GetProperty("exitCode").GetInt32() == 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_migration_failure_by_command_makes_the_real_migration_fail_until_it_is_deleted()
    {
        using var answer = await cluster.Http.PostAsJsonAsync(
            cluster.Control("/faults"), new { name = "migration-failure", target = new { service = "swarm" } }, Token);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetString();
        var pod = (await PodsAsync("green")).First(name => name.StartsWith("swarm-service", StringComparison.Ordinal));

        var (failed, _) = await ExecAsync(pod, "swarm", "mix", "ecto.migrate");
        Assert.Equal(1, failed);
        Assert.Equal(20261103110000L, await PostgresFixture.AskAsync(await ConnectionAsync("swarm"), "SELECT max(version) FROM schema_migrations", Token));

        using var deleted = await cluster.Http.DeleteAsync(cluster.Control("/faults/" + id), Token);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        var (repeated, _) = await ExecAsync(pod, "swarm", "mix", "ecto.migrate");
        Assert.Equal(0, repeated);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_unknown_fault_is_refused_with_the_nearest_name_and_all_names()
    {
        using var answer = await cluster.Http.PostAsJsonAsync(cluster.Control("/faults"), new { name = "migration-failed" }, Token);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("migration-failure", body.GetProperty("nearest").GetString());
        Assert.Equal(FaultNames.All, body.GetProperty("names").EnumerateArray().Select(name => name.GetString()!));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_sinks_keep_what_they_received_in_order_with_the_senders_keys()
    {
        using var chat = await cluster.Http.PostAsJsonAsync(cluster.Control("/hooks/chat"), new { text = "Production deployment started", message_id = "k1" }, Token);
        using var empty = await cluster.Http.PostAsJsonAsync(cluster.Control("/hooks/chat"), new { colour = "blue" }, Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, cluster.Control("/hooks/status/v1/pages/p/incidents"))
        {
            Content = JsonContent.Create(new { incident = new { name = "Maintenance", status = "in_progress" } }),
        };
        request.Headers.Add("Idempotency-Key", "k2");
        using var status = await cluster.Http.SendAsync(request, Token);

        Assert.Equal("ok", await chat.Content.ReadAsStringAsync(Token));
        Assert.Equal("no_text", await empty.Content.ReadAsStringAsync(Token));
        Assert.Equal(HttpStatusCode.Created, status.StatusCode);
        Assert.Equal("Maintenance", (await status.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("name").GetString());
        var calls = (await cluster.GetAsync("/hooks", Token)).EnumerateArray().Select(call => $"{call.GetProperty("hook")} {call.GetProperty("key")}");
        Assert.Equal(["chat k1", "status k2"], calls);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_canary_of_five_percent_serves_both_versions_and_loses_nothing()
    {
        await DeployBlueAsync();
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(3), Token);
        await cluster.Kubernetes.CustomObjects.PatchNamespacedCustomObjectAsync(
            new V1Patch(Canary, V1Patch.PatchType.MergePatch), "networking.istio.io", "v1", ClusterFixture.Namespace, "virtualservices", "vision-to-code", cancellationToken: Token);
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(30), Token);
        await ProbedAsync(60);

        var traffic = await cluster.GetAsync("/traffic", Token);
        Assert.Equal(0, traffic.GetProperty("lost").GetInt64());
        Assert.Equal(0, traffic.GetProperty("duplicated").GetInt64());
        Assert.Equal(0, traffic.GetProperty("misrouted").GetInt64());
        Assert.Equal(0, traffic.GetProperty("missingWrites").GetInt64());
        Assert.True(traffic.GetProperty("acknowledgedWrites").GetInt64() > 0);
        var query = "/prometheus/api/v1/query?query=" + Uri.EscapeDataString("sum by (destination_version) (increase(istio_requests_total{reporter=\"destination\"}[20m]))");
        var shares = (await cluster.GetAsync(query, Token)).GetProperty("data").GetProperty("result").EnumerateArray().ToDictionary(
            series => series.GetProperty("metric").GetProperty("destination_version").GetString()!,
            series => double.Parse(series.GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(shares["v1.1.0"] / (shares["v1.0.0"] + shares["v1.1.0"]), 0.045, 0.055);
    }

    /// <summary>The blue Deployments as copies of the green ones.</summary>
    private async Task DeployBlueAsync()
    {
        var green = await cluster.Kubernetes.AppsV1.ListNamespacedDeploymentAsync(ClusterFixture.Namespace, labelSelector: "deployment-color=green", cancellationToken: Token);
        foreach (var deployment in green.Items)
        {
            var blue = JsonNode.Parse(KubernetesJson.Serialize(deployment)
                .Replace("\"deployment-color\":\"green\"", "\"deployment-color\":\"blue\"", StringComparison.Ordinal)
                .Replace("v1.0.0", "v1.1.0", StringComparison.Ordinal))!;
            blue["apiVersion"] = "apps/v1";
            blue["kind"] = "Deployment";
            blue["metadata"] = new JsonObject { ["name"] = deployment.Name() + "-blue", ["labels"] = blue["metadata"]!["labels"]!.DeepClone() };
            blue.AsObject().Remove("status");
            await cluster.Kubernetes.AppsV1.CreateNamespacedDeploymentAsync(
                KubernetesJson.Deserialize<V1Deployment>(blue.ToJsonString()), ClusterFixture.Namespace, cancellationToken: Token);
        }
    }

    /// <summary>Waits until the probes have sent so many more requests, in real time.</summary>
    private async Task ProbedAsync(long more)
    {
        var wanted = (await cluster.GetAsync("/traffic", Token)).GetProperty("requests").GetInt64() + more;
        while ((await cluster.GetAsync("/traffic", Token)).GetProperty("requests").GetInt64() < wanted)
            await Task.Delay(TimeSpan.FromMilliseconds(100), Token);
    }

    private async Task<List<string>> PodsAsync(string colour)
    {
        var pods = await cluster.Kubernetes.CoreV1.ListNamespacedPodAsync(ClusterFixture.Namespace, labelSelector: "deployment-color=" + colour, cancellationToken: Token);
        return [.. pods.Items.Select(pod => pod.Name()).Order(StringComparer.Ordinal)];
    }

    private async Task<(int ExitCode, string Output)> ExecAsync(string pod, string container, params string[] command)
    {
        var text = string.Empty;
        var exitCode = await cluster.Kubernetes.NamespacedPodExecAsync(pod, ClusterFixture.Namespace, container, command, false, async (_, output, errors) =>
        {
            using var reader = new StreamReader(output);
            using var errorReader = new StreamReader(errors);
            var rest = errorReader.ReadToEndAsync(Token);
            text = await reader.ReadToEndAsync(Token);
            await rest;
        }, Token);
        return (exitCode, text);
    }

    private async Task<string> ConnectionAsync(string service)
    {
        var secret = await cluster.Kubernetes.CoreV1.ReadNamespacedSecretAsync($"{service}-database", ClusterFixture.Namespace, cancellationToken: Token);
        string Value(string key) => Encoding.UTF8.GetString(secret.Data[key]);
        return $"Host={Value("host")};Port={Value("port")};Database={Value("database")};Username={Value("username")};Password={Value("password")}";
    }
}
