using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Tests.Kubernetes;

public sealed class KubernetesConnectionTests
{
    private const string Found = """{"kind":"ConfigMap","data":{"key":"value"}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Passing_failures_are_repeated_until_the_answer_comes()
    {
        await using var cluster = FakeCluster.Start(
            FakeServer.Status(429, "TooManyRequests", "slow down", ("Retry-After", "0")),
            FakeServer.Status(500, "InternalError", "etcd leader changed"),
            FakeServer.Reset,
            FakeServer.Answer(503, "no"),
            FakeServer.Answer(200, Found));

        var value = await new KubernetesObjects(cluster.Connection).ReadConfigurationAsync("settings", "key", Token);

        Assert.Equal("value", value);
        Assert.Equal(5, cluster.Server!.Requests.Count);
        Assert.Equal("Bearer " + FakeCluster.Token, cluster.Server.Requests[0].Headers["Authorization"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(401, "KubernetesUnauthorized", RolloutErrorKind.AccessDenied, true)] // with the kubeconfig read again: the token may have been renewed
    [InlineData(403, "KubernetesForbidden", RolloutErrorKind.AccessDenied, false)]
    [InlineData(404, "KubernetesNotFound", RolloutErrorKind.NotFound, false)]
    [InlineData(409, "KubernetesConflict", RolloutErrorKind.Conflict, true)]
    [InlineData(422, "KubernetesInvalid", RolloutErrorKind.Failed, false)]
    [InlineData(429, "KubernetesThrottled", RolloutErrorKind.Unavailable, true)]
    [InlineData(500, "KubernetesFailing", RolloutErrorKind.Unavailable, true)]
    public async Task A_refusal_has_its_id_the_servers_reason_and_a_remedy(int status, string id, RolloutErrorKind kind, bool repeated)
    {
        await using var cluster = FakeCluster.Start(FakeServer.Status(status, "Reason", "because of this"));

        var error = await Assert.ThrowsAsync<RolloutException>(() =>
            new KubernetesWorkloads(cluster.Connection, cluster.Plan).AnnotateAsync("business-service", new Dictionary<string, string?> { ["a"] = "b" }, Token));

        Assert.Equal((id, kind), (error.Id, error.Kind));
        Assert.Contains("because of this", error.Message, StringComparison.Ordinal);
        Assert.Contains("business-service", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy);
        Assert.DoesNotContain(FakeCluster.Token, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(repeated, cluster.Server!.Requests.Count > 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_there_is_unreachable_and_names_the_address()
    {
        await using var cluster = FakeCluster.Nobody();

        var error = await Assert.ThrowsAsync<RolloutException>(() => new KubernetesObjects(cluster.Connection).WhoAmIAsync(Token));

        Assert.Equal("KubernetesUnreachable", error.Id);
        Assert.Contains("127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("production", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_connection_that_does_not_come_about_is_unreachable_and_no_cancellation()
    {
        using var server = new MuteServer();
        await using var cluster = FakeCluster.At(server);

        var error = await Assert.ThrowsAsync<RolloutException>(() => new KubernetesObjects(cluster.Connection).WhoAmIAsync(Token));
        Assert.Equal(("KubernetesUnreachable", RolloutErrorKind.Unavailable), (error.Id, error.Kind));

        var exec = await Assert.ThrowsAsync<RolloutException>(() => cluster.Connection.OpenExecAsync("pod", "container", ["true"], Token));
        Assert.Equal(("KubernetesUnreachable", RolloutErrorKind.Unavailable), (exec.Id, exec.Kind));

        // Whoever cancels is told so.
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new KubernetesObjects(cluster.Connection).WhoAmIAsync(cancel.Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Something_else_than_an_API_server_is_told_as_such()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, "<html>Sign in</html>"));

        var error = await Assert.ThrowsAsync<RolloutException>(() => new KubernetesObjects(cluster.Connection).WhoAmIAsync(Token));

        Assert.Equal("KubernetesAnswerDamaged", error.Id);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_kubeconfig_that_does_not_exist_is_named()
    {
        using var connection = new KubernetesConnection(TestPlans.Make(new RolloutEndpoints { KubeConfig = "/nowhere/kubeconfig" }).Environment());

        var error = await Assert.ThrowsAsync<RolloutException>(() => new KubernetesObjects(connection).WhoAmIAsync(Token));

        Assert.Equal("KubeConfigMissing", error.Id);
        Assert.Contains("/nowhere/kubeconfig", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_context_that_does_not_exist_is_named_and_the_token_is_not()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, Found));
        var endpoints = cluster.Plan.Environment().Endpoints with { Context = "elsewhere" };
        using var connection = new KubernetesConnection(TestPlans.Make(endpoints).Environment());

        var error = await Assert.ThrowsAsync<RolloutException>(() => new KubernetesObjects(connection).WhoAmIAsync(Token));

        Assert.Equal("KubeConfigInvalid", error.Id);
        Assert.Contains("elsewhere", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeCluster.Token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_pods_own_failure_through_the_proxy_is_its_answer_and_is_not_repeated()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Answer(503, """{"status":"fail"}"""));

        var answer = await new KubernetesPodAccess(cluster.Connection).GetFromPodAsync("business-1", 8080, "/health", Token);

        Assert.Equal((503, """{"status":"fail"}"""), (answer.Status, answer.Body));
        var request = Assert.Single(cluster.Server!.Requests);
        Assert.Equal($"/api/v1/namespaces/{TestPlans.Namespace}/pods/business-1:8080/proxy/health", request.PathAndQuery);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_command_is_started_again_only_when_the_server_refused_to_start_it()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Status(500, "InternalError", "etcd"), FakeServer.Status(403, "Forbidden", "pods/exec"));

        var error = await Assert.ThrowsAsync<RolloutException>(() => cluster.Connection.OpenExecAsync("business-1", "business", ["true"], Token));

        Assert.Equal("KubernetesForbidden", error.Id);
        Assert.Equal(2, cluster.Server!.Requests.Count);
        Assert.DoesNotContain(FakeCluster.Token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Deleting_what_is_gone_is_done()
    {
        await using var cluster = FakeCluster.Start(FakeServer.Status(404, "NotFound", "not found"));

        await new KubernetesWorkloads(cluster.Connection, cluster.Plan).DeleteAsync("business-service-blue", Token);

        Assert.Equal("DELETE", Assert.Single(cluster.Server!.Requests).Method);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_Deployment_with_another_colour_is_not_written_over()
    {
        const string green = """{"metadata":{"name":"business-service"},"spec":{"selector":{},"template":{"metadata":{"labels":{"deployment-color":"green"}},"spec":{"containers":[{"name":"business","image":"b:v1"}]}}}}""";
        await using var cluster = FakeCluster.Start(FakeServer.Answer(200, green));

        var error = await Assert.ThrowsAsync<RolloutException>(() =>
            new KubernetesWorkloads(cluster.Connection, cluster.Plan).DeployAsync(TestPlans.Business, "green", "blue", "v2", Token));

        Assert.Equal("DeploymentNotOurs", error.Id);
        Assert.All(cluster.Server!.Requests, request => Assert.Equal("GET", request.Method));
    }
}
