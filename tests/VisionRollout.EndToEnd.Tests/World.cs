using k8s;
using k8s.Models;
using Npgsql;

namespace VisionRollout.EndToEnd.Tests;

/// <summary>What is really so in a rehearsal cluster, read with a client of the tests' own.</summary>
public sealed record World
{
    private const string Namespace = "vision-to-code-production";

    /// <summary>Counts of the independent probe.</summary>
    public required JsonObject Traffic { get; init; }

    /// <summary>What the chat received, in order.</summary>
    public required IReadOnlyList<string> Chat { get; init; }

    /// <summary>Everything that the webhooks received.</summary>
    public required JsonArray Hooks { get; init; }

    /// <summary>Commands that were run in pods.</summary>
    public required JsonArray Execs { get; init; }

    /// <summary>Weights of the route by host.</summary>
    public required IReadOnlyDictionary<string, int> Weights { get; init; }

    /// <summary>Rules of the route; more than one while a canary has its header route.</summary>
    public required int Rules { get; init; }

    /// <summary>Whether a service's fallback is on, by service.</summary>
    public required IReadOnlyDictionary<string, string> Fallbacks { get; init; }

    /// <summary>The Deployments by name.</summary>
    public required IReadOnlyDictionary<string, V1Deployment> Deployments { get; init; }

    /// <summary>Versions in each service's schema_migrations, oldest first.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Migrations { get; init; }

    /// <summary>Looks around.</summary>
    /// <param name="control">Address of the control endpoints.</param>
    /// <param name="kubeconfig">Path of the kubeconfig.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<World> InspectAsync(string control, string kubeconfig, CancellationToken token)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(control) };
        using var client = new Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(new FileInfo(kubeconfig)));
        var hooks = (await ReadAsync(http, "/hooks", token)).AsArray();
        var rules = await ReadRulesAsync(client, token);
        return new World
        {
            Traffic = (await ReadAsync(http, "/traffic", token)).AsObject(),
            Hooks = hooks,
            Chat = [.. hooks.Where(hook => (string)hook!["hook"]! == "chat").Select(hook => (string)hook!["body"]!["text"]!)],
            Execs = (await ReadAsync(http, "/effects", token))["execs"]!.AsArray(),
            Rules = rules.Count,
            Weights = rules[^1]!["route"]!.AsArray().ToDictionary(target => (string)target!["destination"]!["host"]!, target => (int?)target!["weight"] ?? 100),
            Fallbacks = (await client.CoreV1.ListNamespacedConfigMapAsync(Namespace, cancellationToken: token)).Items
                .Where(map => map.Data?.ContainsKey("external.fallback") == true).ToDictionary(map => map.Metadata.Name.Replace("-config", "", StringComparison.Ordinal), map => map.Data["external.fallback"]),
            Deployments = (await client.AppsV1.ListNamespacedDeploymentAsync(Namespace, cancellationToken: token)).Items.ToDictionary(item => item.Metadata.Name),
            Migrations = await ReadMigrationsAsync(client, token),
        };
    }

    /// <summary>The old version serves everything, and nothing was lost on the way.</summary>
    public void AssertServedBy(string colour, string other)
    {
        Assert.Equal(100, Weights.GetValueOrDefault("vision-to-code-" + colour));
        Assert.Equal(0, Weights.GetValueOrDefault("vision-to-code-" + other));
        AssertNothingLost();
    }

    /// <summary>Every request was answered once and by the right colour; every acknowledged write is in the database.</summary>
    public void AssertNothingLost()
    {
        foreach (var count in (string[])["lost", "duplicated", "misrouted", "missingWrites"]) Assert.Equal((count, 0), (count, (long)Traffic[count]!));
        Assert.True((long)Traffic["acknowledgedWrites"]! > 0, "no write was acknowledged");
    }

    private static async Task<JsonNode> ReadAsync(HttpClient http, string path, CancellationToken token) => JsonNode.Parse(await http.GetStringAsync(path, token))!;

    private static async Task<JsonArray> ReadRulesAsync(Kubernetes client, CancellationToken token)
    {
        var route = await client.CustomObjects.GetNamespacedCustomObjectAsync("networking.istio.io", "v1", Namespace, "virtualservices", "vision-to-code", token);
        return JsonNode.Parse(route.ToString()!)!["spec"]!["http"]!.AsArray();
    }

    private static async Task<Dictionary<string, IReadOnlyList<string>>> ReadMigrationsAsync(Kubernetes client, CancellationToken token)
    {
        var found = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var secret in (await client.CoreV1.ListNamespacedSecretAsync(Namespace, cancellationToken: token)).Items.Where(item => item.Data?.ContainsKey("database") == true))
        {
            string Of(string key) => System.Text.Encoding.UTF8.GetString(secret.Data[key]);
            await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
            {
                Host = Of("host"), Port = int.Parse(Of("port"), System.Globalization.CultureInfo.InvariantCulture), Database = Of("database"), Username = Of("username"), Password = Of("password"),
            }.ConnectionString);
            await using var command = source.CreateCommand("SELECT version::text FROM schema_migrations ORDER BY version");
            await using var reader = await command.ExecuteReaderAsync(token);
            var versions = new List<string>();
            while (await reader.ReadAsync(token)) versions.Add(reader.GetString(0));
            found[secret.Metadata.Name.Replace("-database", "", StringComparison.Ordinal)] = versions;
        }

        return found;
    }
}
