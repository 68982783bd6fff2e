using System.Diagnostics;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Cluster;

/// <summary>Deploying the plan's own manifests to an API server, a real one where there is one.</summary>
public sealed class ManifestTests : IClassFixture<ApiServer>, IAsyncLifetime
{
    private const int Limit = 120_000;

    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: business, annotations: { team: platform } }
        spec:
          replicas: 2
          selector: { matchLabels: { app: business } }
          template:
            metadata: { labels: { app: business } }
            spec:
              containers:
                - name: business
                  image: registry.example/vision-to-code/business:latest
                  env: [ { name: PORT, value: "8080" }, { name: DEBUG, value: 'no' } ]
                  readinessProbe: { httpGet: { path: /health, port: 8080 } }
              volumes: [ { name: keys, secret: { secretName: keys, defaultMode: 0400, optional: true } } ]
        """;

    private readonly ApiServer server;
    private readonly KubernetesConnection connection;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("visionrollout-manifests-");
    private readonly string configMap = $"settings-{Guid.NewGuid():N}"[..20];

    public ManifestTests(ApiServer server)
    {
        this.server = server;
        connection = server.Connect();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Workloads().DeleteAsync("business-service-blue", CancellationToken.None);
        connection.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact(Timeout = Limit)]
    public async Task The_manifests_Deployment_gets_colour_and_version_and_what_both_colours_share_is_left_alone()
    {
        var service = await FileAsync($"{Deployment}\n---\n{ConfigMap("debug", "off")}\n---\n# nothing\n---\napiVersion: v1\nkind: Service\nmetadata: {{ name: business }}\nspec: {{ ports: [ {{ port: 80 }} ] }}\n");
        var findings = await Workloads().InspectAsync(service, "green", "blue", "v1.1.0", DateTimeOffset.UnixEpoch, Token);
        Assert.Contains("Service 'business'", Assert.Single(findings, finding => finding.Criterion == "Manifests").Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(findings, finding => finding.Verdict == Verdict.NoGo);

        var (workload, changed) = await Workloads().DeployAsync(service, "green", "blue", "v1.1.0", Token);
        Assert.Equal(("business-service-blue", "blue", "v1.1.0", 2, true), (workload.Deployment, workload.Colour, workload.Version, workload.Desired, changed));
        var stored = await StoredAsync("apis/apps/v1", "deployments", "business-service-blue");
        var pod = stored["spec"]!["template"]!;
        Assert.Equal(("blue", "v1.1.0", "business"), ((string?)pod["metadata"]!["labels"]!["deployment-color"], (string?)pod["metadata"]!["labels"]!["version"], (string?)pod["metadata"]!["labels"]!["app"]));
        Assert.Equal("blue", (string?)stored["spec"]!["selector"]!["matchLabels"]!["deployment-color"]);
        Assert.Equal(["8080", "no"], pod["spec"]!["containers"]![0]!["env"]!.AsArray().Select(item => (string?)item!["value"]));
        Assert.Equal(256, (int)pod["spec"]!["volumes"]![0]!["secret"]!["defaultMode"]!); // 0400, octal
        Assert.Equal("platform", (string?)stored["metadata"]!["annotations"]!["team"]);
        Assert.Equal("off", (string?)(await StoredAsync("api/v1", "configmaps", configMap))["data"]!["debug"]);
        Assert.Null(await connection.FindAsync(connection.PathOf("api/v1", "services", "business"), "Service", Token));
    }

    [Fact(Timeout = Limit)]
    public async Task It_gets_no_fewer_pods_than_the_live_colour_has()
    {
        await server.CreateInAsync("apis/apps/v1", "deployments", JsonNode.Parse("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"business-service"},"spec":{"replicas":5,"selector":{"matchLabels":{"app":"business","release":"business-green","deployment-color":"green"}},
             "template":{"metadata":{"labels":{"app":"business","release":"business-green","deployment-color":"green"}},"spec":{"containers":[{"name":"business","image":"registry.example/vision-to-code/business:v1.0.0"}]}}}}
            """)!.AsObject());
        try
        {
            var unchosen = await Assert.ThrowsAsync<RolloutException>(async () => await Workloads().DeployAsync(await FileAsync(Deployment.Replace("app: business", "app: other", StringComparison.Ordinal)), "green", "blue", "v1.1.0", Token));
            Assert.Contains("have no label app=business", unchosen.Message, StringComparison.Ordinal);
            var named = Deployment.Replace("metadata: { labels: { app: business } }", "metadata: { labels: { app: business, release: business-blue } }", StringComparison.Ordinal);
            Assert.Equal(5, (await Workloads().DeployAsync(await FileAsync(named), "green", "blue", "v1.1.0", Token)).Workload.Desired);
        }
        finally
        {
            await Workloads().DeleteAsync("business-service", Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_ConfigMap_that_stands_with_another_content_is_not_written_over_and_nothing_is_deployed()
    {
        await server.CreateInAsync("api/v1", "configmaps", JsonNode.Parse($$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{configMap}}" },"data":{"debug":"on" } }""")!.AsObject());
        var same = await FileAsync($"{Deployment}\n---\n{ConfigMap("debug", "on")}");
        await Workloads().InspectAsync(same, "green", "blue", "v1.1.0", DateTimeOffset.UnixEpoch, Token);
        var other = await FileAsync($"{Deployment}\n---\n{ConfigMap("debug", "off")}");
        foreach (var attempt in (Func<Task>[])[() => Workloads().InspectAsync(other, "green", "blue", "v1.1.0", DateTimeOffset.UnixEpoch, Token), () => Workloads().DeployAsync(other, "green", "blue", "v1.1.0", Token)])
            Assert.Equal("ManifestConflict", (await Assert.ThrowsAsync<RolloutException>(attempt)).Id);
        Assert.Equal("on", (string?)(await StoredAsync("api/v1", "configmaps", configMap))["data"]!["debug"]);
        Assert.Null(await connection.FindAsync(connection.PathOf("apis/apps/v1", "deployments", "business-service-blue"), "Deployment", Token));
    }

    [Fact(Timeout = Limit)]
    public async Task A_command_prints_them_with_the_version_and_the_colour()
    {
        Assert.SkipUnless(HasKubectl(), "kubectl is not installed");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "deployment.yaml"), Deployment, Token);
        foreach (var colour in (string[])["green", "blue"])
        {
            var overlay = folder.CreateSubdirectory($"{colour}-v1.1.0");
            await File.WriteAllTextAsync(Path.Combine(overlay.FullName, "kustomization.yaml"), $$"""
                resources: [ ../base ]
                configMapGenerator: [ { name: {{configMap}}, literals: [ "colour={{colour}}" ] } ]
                """, Token);
        }

        folder.CreateSubdirectory("base");
        File.Move(Path.Combine(folder.FullName, "deployment.yaml"), Path.Combine(folder.FullName, "base", "deployment.yaml"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "base", "kustomization.yaml"), "resources: [ deployment.yaml ]", Token);
        var service = TestPlans.Business with { Manifests = new(null, ["kubectl", "kustomize", "{Colour}-{Version}"]) };
        Assert.True((await Workloads().DeployAsync(service, "green", "blue", "v1.1.0", Token)).Changed);
        var list = await connection.SendAsync(KubernetesRequest.Get(connection.PathOf("api/v1", "configmaps"), "the ConfigMaps"), Token);
        Assert.Equal("blue", (string?)Assert.Single(list["items"]!.AsArray(), item => ((string)item!["metadata"]!["name"]!).StartsWith(configMap + "-", StringComparison.Ordinal))!["data"]!["colour"]);
    }

    [Fact(Timeout = Limit)]
    public async Task What_was_inspected_is_written_and_a_later_deployment_asks_anew()
    {
        await FileAsync(Deployment);
        var service = TestPlans.Business with { Manifests = new(null, ["sh", "-c", "echo asked >> count; cat business.yaml"]) };
        var workloads = Workloads();
        await workloads.InspectAsync(service, "green", "blue", "v1.1.0", DateTimeOffset.UnixEpoch, Token);
        foreach (var expected in (int[])[1, 2])
        {
            await workloads.DeployAsync(service, "green", "blue", "v1.1.0", Token);
            Assert.Equal(expected, (await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "count"), Token)).Length);
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("kind: [", "ManifestInvalid", "is no YAML: line ")]
    [InlineData("just a text", "ManifestInvalid", "no Kubernetes object")]
    [InlineData("{ apiVersion: v1, kind: Service, metadata: { name: business } }", "ManifestInvalid", "no Deployment with a container 'business'")]
    [InlineData("{ apiVersion: apps/v1, kind: Deployment, metadata: { name: b, namespace: elsewhere }, spec: { selector: {}, template: { spec: { containers: [ { name: business } ] } } } }", "ManifestInvalid", "'elsewhere'")]
    [InlineData("{ apiVersion: apps/v1, kind: Deployment, metadata: { name: b }, spec: { template: { spec: { containers: [ { name: business } ] } } } }", "ManifestInvalid", "no selector")]
    [InlineData("{ apiVersion: apps/v1, kind: Deployment, metadata: { name: b }, spec: { replicas: 'two', selector: {}, template: { spec: { containers: [ { name: business } ] } } } }", "ManifestInvalid", "no number")]
    [InlineData("{ apiVersion: apps/v1, kind: Deployment, metadata: { name: b }, spec: { selector: {}, template: { spec: { containers: [ { name: web } ] } } } }", "ManifestInvalid", "its Deployments have: web")]
    [InlineData("{ apiVersion: apps/v1, kind: Deployment, spec: { selector: {}, template: { spec: { containers: [ { name: business } ] } } } }", "ManifestInvalid", "without metadata")]
    public async Task What_can_not_be_deployed_is_told_with_the_file(string text, string id, string message)
    {
        var error = await Assert.ThrowsAsync<RolloutException>(async () => await Workloads().DeployAsync(await FileAsync(text), "green", "blue", "v1.1.0", Token));
        Assert.Equal(id, error.Id);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("business.yaml", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_that_is_gone_and_a_command_that_fails_or_does_not_exist_are_told()
    {
        Assert.Equal("ManifestNotFound", (await FailureAsync(new("nowhere.yaml", []))).Id);
        var failed = await FailureAsync(new(null, ["sh", "-c", "echo 'Error: chart not found' >&2; exit 3"]));
        Assert.Equal("ManifestCommandFailed", failed.Id);
        Assert.Contains("it ended with 3: Error: chart not found", failed.Message, StringComparison.Ordinal);
        Assert.Equal("ManifestCommandFailed", (await FailureAsync(new(null, ["no-such-program-here"]))).Id);

        Task<RolloutException> FailureAsync(PlanManifests manifests) =>
            Assert.ThrowsAsync<RolloutException>(() => Workloads().DeployAsync(TestPlans.Business with { Manifests = manifests }, "green", "blue", "v1.1.0", Token));
    }

    private static bool HasKubectl()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("kubectl", ["version", "--client"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private string ConfigMap(string key, string value) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {configMap} }}\ndata: {{ {key}: \"{value}\" }}\n";

    private async Task<PlanService> FileAsync(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "business.yaml"), text, Token);
        return TestPlans.Business with { Manifests = new("business.yaml", []) };
    }

    private KubernetesWorkloads Workloads() => new(connection, TestPlans.Make(new RolloutEndpoints()) with { Path = Path.Combine(folder.FullName, "rollout.psd1") });

    private Task<JsonObject> StoredAsync(string api, string plural, string name) => connection.SendAsync(KubernetesRequest.Get(connection.PathOf(api, plural, name), name), Token);
}
