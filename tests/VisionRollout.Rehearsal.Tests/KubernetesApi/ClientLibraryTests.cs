#pragma warning disable xUnit1051 // Every call goes to this process; the timeout of the test bounds them all.
using System.Net;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Tests.KubernetesApi;

public sealed class ClientLibraryTests : IAsyncLifetime
{
    private const string Ns = TestCluster.Namespace;
    private TestCluster cluster = null!;

    private Kubernetes Client => cluster.Client;

    public async ValueTask InitializeAsync() => cluster = await TestCluster.StartAsync(TimeSpan.FromMilliseconds(100));

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Objects_are_created_read_replaced_and_deleted()
    {
        var created = await Client.CreateNamespacedConfigMapAsync(ConfigMap("one", "a"), Ns);
        Assert.NotNull(created.Metadata.Uid);
        created.Data["key"] = "b";
        await Client.ReplaceNamespacedConfigMapAsync(created, "one", Ns);
        Assert.Equal("b", (await Client.ReadNamespacedConfigMapAsync("one", Ns)).Data["key"]);
        await Client.DeleteNamespacedConfigMapAsync("one", Ns);
        Assert.Equal(HttpStatusCode.NotFound, (await RefusedAsync(() => Client.ReadNamespacedConfigMapAsync("one", Ns))).Code);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_replace_from_an_old_version_conflicts_with_a_status_that_says_so()
    {
        var first = await Client.CreateNamespacedConfigMapAsync(ConfigMap("one", "a"), Ns);
        var second = await Client.ReadNamespacedConfigMapAsync("one", Ns);
        second.Data["key"] = "b";
        await Client.ReplaceNamespacedConfigMapAsync(second, "one", Ns);
        first.Data["key"] = "c";
        var (code, status) = await RefusedAsync(() => Client.ReplaceNamespacedConfigMapAsync(first, "one", Ns));
        Assert.Equal((HttpStatusCode.Conflict, "Conflict", "one"), (code, status.Reason, status.Details.Name));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_exists_what_is_invalid_and_what_has_no_namespace_is_refused()
    {
        await Client.CreateNamespacedConfigMapAsync(ConfigMap("one", "a"), Ns);
        Assert.Equal("AlreadyExists", (await RefusedAsync(() => Client.CreateNamespacedConfigMapAsync(ConfigMap("one", "a"), Ns))).Status.Reason);
        Assert.Equal("Invalid", (await RefusedAsync(() => Client.CreateNamespacedConfigMapAsync(ConfigMap("Not_A_Name", "a"), Ns))).Status.Reason);
        Assert.Equal("NotFound", (await RefusedAsync(() => Client.CreateNamespacedConfigMapAsync(ConfigMap("one", "a"), "nowhere"))).Status.Reason);
        var mismatch = TestCluster.Deployment("web", 1, "v1", "green");
        mismatch.Spec.Selector.MatchLabels["app"] = "other";
        Assert.Equal("Invalid", (await RefusedAsync(() => Client.CreateNamespacedDeploymentAsync(mismatch, Ns))).Status.Reason);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("colour=blue", null, "b")]
    [InlineData("colour!=blue", null, "a,c")]
    [InlineData("colour in (blue, green)", null, "a,b")]
    [InlineData("!colour", null, "c")]
    [InlineData("colour,colour notin (blue)", null, "a")]
    [InlineData(null, "metadata.name=c", "c")]
    [InlineData(null, "metadata.name!=c", "a,b")]
    public async Task Selectors_choose(string? labels, string? fields, string expected)
    {
        await Client.CreateNamespacedConfigMapAsync(ConfigMap("a", "1", "green"), Ns);
        await Client.CreateNamespacedConfigMapAsync(ConfigMap("b", "1", "blue"), Ns);
        await Client.CreateNamespacedConfigMapAsync(ConfigMap("c", "1"), Ns);
        var found = await Client.ListNamespacedConfigMapAsync(Ns, labelSelector: labels, fieldSelector: fields);
        Assert.Equal(expected, string.Join(',', found.Items.Select(item => item.Metadata.Name)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_long_list_comes_in_pages()
    {
        for (var i = 0; i < 5; i++)
            await Client.CreateNamespacedConfigMapAsync(ConfigMap($"c{i}", "a"), Ns);
        var first = await Client.ListNamespacedConfigMapAsync(Ns, limit: 3);
        Assert.Equal(2, first.Metadata.RemainingItemCount);
        var second = await Client.ListNamespacedConfigMapAsync(Ns, limit: 3, continueParameter: first.Metadata.ContinueProperty);
        Assert.Equal(["c0", "c1", "c2", "c3", "c4"], first.Items.Concat(second.Items).Select(item => item.Metadata.Name));
        Assert.Null(second.Metadata.ContinueProperty);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_dry_run_changes_nothing()
    {
        await Client.CreateNamespacedConfigMapAsync(ConfigMap("dry", "a"), Ns, dryRun: "All");
        await Client.CreateNamespacedConfigMapAsync(ConfigMap("one", "a"), Ns);
        var patched = await Client.PatchNamespacedConfigMapAsync(new V1Patch("""{"data":{"key":"b"}}""", V1Patch.PatchType.MergePatch), "one", Ns, dryRun: "All");
        await Client.DeleteNamespacedConfigMapAsync("one", Ns, dryRun: "All");
        Assert.Equal("b", patched.Data["key"]);
        Assert.Equal("a", Assert.Single((await Client.ListNamespacedConfigMapAsync(Ns)).Items).Data["key"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Status_and_scale_are_written_through_their_own_subresources_only()
    {
        await cluster.DeployAsync("web", 1);
        var scale = await Client.ReadNamespacedDeploymentScaleAsync("web", Ns);
        scale.Spec.Replicas = 3;
        await Client.ReplaceNamespacedDeploymentScaleAsync(scale, "web", Ns);
        await Client.PatchNamespacedDeploymentAsync(new V1Patch("""{"status":{"replicas":99}}""", V1Patch.PatchType.MergePatch), "web", Ns);
        await cluster.PassAsync(TimeSpan.FromSeconds(30));
        var deployment = await Client.ReadNamespacedDeploymentAsync("web", Ns);
        Assert.Equal((3, 3), (deployment.Spec.Replicas, deployment.Status.Replicas));
        Assert.Equal("app=web", (await Client.ReadNamespacedDeploymentScaleAsync("web", Ns)).Status.Selector);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_watch_tells_every_change_and_sends_bookmarks_and_goes_on_from_a_version()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var list = await Client.ListNamespacedConfigMapAsync(Ns);
        var created = await Client.CreateNamespacedConfigMapAsync(ConfigMap("one", "a", "green"), Ns);
        await Client.PatchNamespacedConfigMapAsync(new V1Patch("""{"metadata":{"labels":{"colour":"blue"}}}""", V1Patch.PatchType.MergePatch), "one", Ns);
        await Client.DeleteNamespacedConfigMapAsync("one", Ns);
        Assert.Equal(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"], await WatchAsync(list.Metadata.ResourceVersion, null, 4, limit.Token));
        Assert.Equal(["MODIFIED", "DELETED"], await WatchAsync(created.Metadata.ResourceVersion, null, 2, limit.Token));
        Assert.Equal(["ADDED", "DELETED"], await WatchAsync(list.Metadata.ResourceVersion, "colour=green", 2, limit.Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_librarys_watch_follows_a_deployment_to_ready_and_goes_on_where_it_ended()
    {
        var token = TestContext.Current.CancellationToken;
        await cluster.DeployAsync("web", 1, ready: false);
        var version = (await Client.ListNamespacedDeploymentAsync(Ns)).Metadata.ResourceVersion;
        var following = Task.Run(async () =>
        {
            await foreach (var (_, deployment) in Client.AppsV1.WatchListNamespacedDeploymentAsync(Ns, resourceVersion: version, cancellationToken: token))
            {
                version = deployment.Metadata.ResourceVersion;
                if (deployment.Status.AvailableReplicas == 1)
                    return;
            }
        }, token);
        await cluster.PassAsync(TimeSpan.FromSeconds(30));
        await following;
        await Client.PatchNamespacedDeploymentAsync(new V1Patch("""{"metadata":{"labels":{"x":"y"}}}""", V1Patch.PatchType.MergePatch), "web", Ns);
        await foreach (var (type, deployment) in Client.AppsV1.WatchListNamespacedDeploymentAsync(Ns, resourceVersion: version, cancellationToken: token))
        {
            Assert.Equal((WatchEventType.Modified, "y"), (type, deployment.Metadata.Labels["x"]));
            break;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_watch_from_too_long_ago_is_told_so_and_one_that_is_cut_can_be_opened_again()
    {
        var token = TestContext.Current.CancellationToken;
        for (var i = 0; i < 4200; i++)
            cluster.Store.Create(new ObjectKey("", "configmaps", Ns, $"c{i}"), []);
        Assert.Equal(["ERROR"], await WatchAsync("2", null, 1, token));
        var version = cluster.Store.ResourceVersion.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var watching = WatchAsync(version, null, 100, token);
        await cluster.Node.DropWatchesAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => watching);
    }

    [Fact(Timeout = 120_000)]
    public async Task Managers_of_fields_are_noted_and_an_apply_over_anothers_field_conflicts_unless_forced()
    {
        await ApplyAsync("alice", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":"1","b":"1"}}""");
        var (code, status) = await RefusedAsync(() => ApplyAsync("bob", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":"2"}}"""));
        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.Equal(".data.a", Assert.Single(status.Details.Causes).Field);
        await ApplyAsync("bob", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":"2"}}""", force: true);
        var dropped = await ApplyAsync("alice", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{}}""");
        Assert.Equal(["a=2"], dropped.Data.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(["bob"], dropped.Metadata.ManagedFields.Where(entry => JsonSerializer.Serialize(entry.FieldsV1).Contains("f:a", StringComparison.Ordinal)).Select(entry => entry.Manager));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_custom_resource_can_be_used_as_soon_as_it_is_defined()
    {
        var definition = JsonSerializer.Deserialize<V1CustomResourceDefinition>("""
            {"metadata":{"name":"rollouts.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
             "names":{"plural":"rollouts","singular":"rollout","kind":"Rollout"},
             "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """);
        await Client.CreateCustomResourceDefinitionAsync(definition);
        await Client.CreateNamespacedCustomObjectAsync(new { apiVersion = "example.com/v1", kind = "Rollout", metadata = new { name = "r" } }, "example.com", "v1", Ns, "rollouts");
        Assert.NotNull(await Client.GetNamespacedCustomObjectAsync("example.com", "v1", Ns, "rollouts", "r"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Istios_versions_show_the_same_object()
    {
        var route = new { apiVersion = "networking.istio.io/v1", kind = "VirtualService", metadata = new { name = "vs" }, spec = new { hosts = new[] { "h" } } };
        await Client.CreateNamespacedCustomObjectAsync(route, "networking.istio.io", "v1", Ns, "virtualservices");
        var old = (JsonElement)await Client.GetNamespacedCustomObjectAsync("networking.istio.io", "v1beta1", Ns, "virtualservices", "vs");
        Assert.Equal("networking.istio.io/v1beta1", old.GetProperty("apiVersion").GetString());
        var bad = new V1Patch("""{"spec":{"http":[{"route":[{"destination":{"host":"a"},"weight":-5}]}]}}""", V1Patch.PatchType.MergePatch);
        Assert.Equal(HttpStatusCode.BadRequest, (await RefusedAsync(() => Client.PatchNamespacedCustomObjectAsync(bad, "networking.istio.io", "v1", Ns, "virtualservices", "vs"))).Code);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_command_in_a_pod_streams_its_output_and_gives_its_exit_code()
    {
        await cluster.DeployAsync("web", 1);
        var pod = (await Client.ListNamespacedPodAsync(Ns)).Items[0].Metadata.Name;
        var error = new StringBuilder();
        var code = await Client.NamespacedPodExecAsync(pod, Ns, "app", ["exit", "3"], true, async (_, _, stderr) =>
        {
            using var reader = new StreamReader(stderr);
            error.Append(await reader.ReadLineAsync());
        }, TestContext.Current.CancellationToken);
        Assert.Equal((3, "leaving"), (code, error.ToString()));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_output_of_a_command_arrives_while_it_still_runs()
    {
        await cluster.DeployAsync("web", 1);
        var pod = (await Client.ListNamespacedPodAsync(Ns)).Items[0].Metadata.Name;
        using var socket = await Client.WebSocketNamespacedPodExecAsync(pod, Ns, ["hang"], "app", stdin: true, webSocketSubProtocol: "v4.channel.k8s.io");
        using var demultiplexer = new StreamDemuxer(socket);
        demultiplexer.Start();
        using var reader = new StreamReader(demultiplexer.GetStream(ChannelIndex.StdOut, ChannelIndex.StdIn));
        Assert.Equal("waiting", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 120_000)]
    public async Task Pods_and_services_are_reached_through_the_proxy()
    {
        await Client.CreateNamespacedServiceAsync(TestCluster.Service("web", "web"), Ns);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await RefusedAsync(() => Client.ConnectGetNamespacedServiceProxyWithPathAsync("web:http", Ns, "health"))).Code);
        await cluster.DeployAsync("web", 1);
        var pod = (await Client.ListNamespacedPodAsync(Ns)).Items[0].Metadata.Name;
        using (var answer = await Client.ConnectGetNamespacedPodProxyWithPathAsync($"{pod}:8080", Ns, "health/deep"))
            Assert.Equal("GET /health/deep", await Text(answer));
        using (var answer = await Client.ConnectPostNamespacedServiceProxyWithPathAsync("web:http", Ns, "orders"))
            Assert.Equal("POST /orders", await Text(answer));
    }

    [Fact(Timeout = 120_000)]
    public async Task Logs_and_metrics_of_pods_are_read()
    {
        await cluster.DeployAsync("web", 1);
        var pod = (await Client.ListNamespacedPodAsync(Ns)).Items[0].Metadata.Name;
        using var log = await Client.ReadNamespacedPodLogAsync(pod, Ns, tailLines: 1);
        Assert.Equal($"line 2 of {pod}\n", await Text(log));
        var metrics = await Client.GetKubernetesPodsMetricsByNamespaceAsync(Ns);
        Assert.Equal("250m", Assert.Single(metrics.Items).Containers[0].Usage["cpu"].CanonicalizeString());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_disruption_budget_forbids_the_eviction_of_the_last_pod_it_needs()
    {
        await cluster.DeployAsync("web", 2);
        var budget = new V1PodDisruptionBudget
        {
            Metadata = new V1ObjectMeta { Name = "web" },
            Spec = new V1PodDisruptionBudgetSpec { MinAvailable = 1, Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "web" } } },
        };
        await Client.CreateNamespacedPodDisruptionBudgetAsync(budget, Ns);
        var pods = (await Client.ListNamespacedPodAsync(Ns)).Items.Select(pod => pod.Metadata.Name).ToList();
        await EvictAsync(pods[0]);
        await cluster.SettleAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await RefusedAsync(() => EvictAsync(pods[1]))).Code);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_asks_is_known_by_the_token_and_writes_are_recorded_with_the_name()
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeConfig);
        configuration.AccessToken = cluster.Tokens.Issue("jane@vision-to-code.com");
        using var jane = new Kubernetes(configuration);
        var review = await jane.CreateSelfSubjectReviewAsync(new V1SelfSubjectReview());
        Assert.Equal("jane@vision-to-code.com", review.Status.UserInfo.Username);
        await jane.CreateNamespacedConfigMapAsync(ConfigMap("one", "a"), Ns);
        var write = Assert.Single(cluster.Writes.Read(), record => record.Resource == "configmaps");
        Assert.Equal(("create", "one", "jane@vision-to-code.com"), (write.Verb, write.Name, write.User));
        configuration.AccessToken = "nobody";
        using var nobody = new Kubernetes(configuration);
        Assert.Equal(HttpStatusCode.Unauthorized, (await RefusedAsync(() => nobody.ListNamespacedPodAsync(Ns))).Code);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reader_may_read_but_not_write()
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeConfig);
        configuration.AccessToken = cluster.Tokens.Issue("guest", "readers");
        using var guest = new Kubernetes(configuration);
        Assert.Empty((await guest.ListNamespacedPodAsync(Ns)).Items);
        Assert.Equal(HttpStatusCode.Forbidden, (await RefusedAsync(() => guest.CreateNamespacedConfigMapAsync(ConfigMap("one", "a"), Ns))).Code);
        await cluster.DeployAsync("web", 1);
        var pod = (await Client.ListNamespacedPodAsync(Ns)).Items[0].Metadata.Name;
        await Assert.ThrowsAnyAsync<Exception>(() => guest.WebSocketNamespacedPodExecAsync(pod, Ns, "id", "app"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_fault_answers_in_place_of_the_server()
    {
        cluster.Node.NextFault = new ApiFaultAction(Error: new ApiException(500, "InternalError", "etcdserver: request timed out"));
        Assert.Equal(HttpStatusCode.InternalServerError, (await RefusedAsync(() => Client.ListNamespacedPodAsync(Ns))).Code);
        cluster.Node.NextFault = new ApiFaultAction(DropConnection: true);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client.ListNamespacedPodAsync(Ns));
        Assert.Empty((await Client.ListNamespacedPodAsync(Ns)).Items);
    }

    private static V1ConfigMap ConfigMap(string name, string value, string? colour = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = colour is null ? null : new Dictionary<string, string> { ["colour"] = colour } },
        Data = new Dictionary<string, string> { ["key"] = value },
    };

    private static async Task<(HttpStatusCode Code, V1Status Status)> RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<HttpOperationException>(call);
        return (refused.Response.StatusCode, JsonSerializer.Deserialize<V1Status>(refused.Response.Content)!);
    }

    private static async Task<string> Text(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private Task<V1ConfigMap> ApplyAsync(string manager, string text, bool force = false) =>
        Client.PatchNamespacedConfigMapAsync(new V1Patch(text, V1Patch.PatchType.ApplyPatch), "one", Ns, fieldManager: manager, force: force);

    private Task<V1Eviction> EvictAsync(string pod) =>
        Client.CreateNamespacedPodEvictionAsync(new V1Eviction { Metadata = new V1ObjectMeta { Name = pod, NamespaceProperty = Ns } }, pod, Ns);

    /// <summary>The types of the first so many events of a watch on config maps.</summary>
    private async Task<List<string>> WatchAsync(string version, string? labels, int count, CancellationToken token)
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.KubeConfig);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler) { BaseAddress = cluster.Server.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", configuration.AccessToken);
        var path = $"/api/v1/namespaces/{Ns}/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion={version}&labelSelector={labels}";
        using var reader = new StreamReader(await http.GetStreamAsync(new Uri(path, UriKind.Relative), token));
        var types = new List<string>();
        while (types.Count < count && await reader.ReadLineAsync(token) is { } line)
            types.Add(JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!);
        return types;
    }
}
