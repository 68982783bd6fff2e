#pragma warning disable xUnit1051 // Every call goes to this process; the timeout of the test bounds them all.
using System.Diagnostics;
using k8s;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.Tests.KubernetesApi;

/// <summary>The real kubectl against the cluster; skipped where it is not installed.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: business-service
          labels: {app: business, deployment-color: green}
        spec:
          replicas: 2
          selector: {matchLabels: {app: business}}
          template:
            metadata:
              labels: {app: business, deployment-color: green}
            spec:
              containers:
              - name: business
                image: registry.example/business:v1.0.0
                ports: [{containerPort: 8080, name: http}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: vision-to-code-green}
        spec:
          selector: {app: business}
          ports: [{name: http, port: 80, targetPort: http}]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: vision-to-code}
        spec:
          hosts: [vision-to-code.example]
          http:
          - route:
            - destination: {host: vision-to-code-green, port: {number: 80}}
              weight: 100
        """;

    private TestCluster cluster = null!;

    public async ValueTask InitializeAsync()
    {
        if (Program is null)
            Assert.Skip("kubectl is not on the PATH");
        cluster = await TestCluster.StartAsync();
        Assert.Equal(0, (await KubectlAsync("apply -f -", Manifest)).Code);
        await cluster.PassAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_plans_three_commands_work_as_they_stand_there()
    {
        var migrate = await ShellAsync("for service in business; do kubectl exec -n vision-to-code-production deployment/${service}-service -- \\\n    mix ecto.migrate --log-sql\ndone");
        Assert.Equal(0, migrate.Code);
        Assert.EndsWith("/business as rehearsal-admin: mix ecto.migrate --log-sql\n", migrate.Output, StringComparison.Ordinal);

        var patch = await ShellAsync("""
            kubectl patch virtualservice vision-to-code \
              -n vision-to-code-production \
              --type merge \
              -p '{"spec":{"http":[{"match":[{"headers":{"canary":{"exact":"true"}}}],"route":[{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":100}]},{"route":[{"destination":{"host":"vision-to-code-green","port":{"number":80}},"weight":95},{"destination":{"host":"vision-to-code-blue","port":{"number":80}},"weight":5}]}]}}'
            """);
        Assert.Equal("virtualservice.networking.istio.io/vision-to-code patched\n", patch.Output);
        var route = cluster.Store.Get(new ObjectKey("networking.istio.io", "virtualservices", TestCluster.Namespace, "vision-to-code"))!;
        Assert.Equal([95, 5], route.Items("spec", "http").Last().Items("route").Select(target => target.Int("weight")!.Value));

        var annotate = await ShellAsync("""
            kubectl annotate deployment -n vision-to-code-production \
              -l deployment-color=green \
              keep-until="$(date -d '+24 hours' --iso-8601=seconds)"
            """);
        Assert.Equal("deployment.apps/business-service annotated\n", annotate.Output);
        Assert.True((await cluster.Client.ReadNamespacedDeploymentAsync("business-service", TestCluster.Namespace)).Metadata.Annotations.ContainsKey("keep-until"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Applying_the_same_again_changes_nothing_and_server_side_apply_guards_fields()
    {
        var again = await KubectlAsync("apply -f -", Manifest);
        Assert.Equal(3, again.Output.Split('\n').Count(line => line.EndsWith(" unchanged", StringComparison.Ordinal)));
        Assert.Equal(0, (await KubectlAsync("scale deployment/business-service --replicas=3")).Code);
        var refused = await KubectlAsync("apply --server-side -f -", Manifest);
        Assert.Contains("conflict with \"kubectl\" with subresource \"scale\"", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await KubectlAsync("apply --server-side --force-conflicts -f -", Manifest)).Code);
        Assert.Equal("2", (await KubectlAsync("get deploy business-service -o jsonpath={.spec.replicas}")).Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_rollout_is_followed_to_its_end_and_undone()
    {
        Assert.Equal(0, (await KubectlAsync("set image deployment/business-service business=registry.example/business:v1.1.0")).Code);
        var following = KubectlAsync("rollout status deployment/business-service --timeout=30s");
        await cluster.PassAsync(TimeSpan.FromMinutes(5));
        var followed = await following;
        Assert.Equal(0, followed.Code);
        Assert.Contains("successfully rolled out", followed.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await KubectlAsync("rollout undo deployment/business-service")).Code);
        await cluster.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Contains("3", (await KubectlAsync("rollout history deployment/business-service")).Output, StringComparison.Ordinal);
        Assert.Equal("registry.example/business:v1.0.0", (await KubectlAsync("get deploy business-service -o jsonpath={.spec.template.spec.containers[0].image}")).Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_people_look_at_has_its_columns()
    {
        var deployments = await KubectlAsync("get deploy,vs,svc,endpoints -o wide");
        foreach (var text in (string[])["READY", "UP-TO-DATE", "2/2", "registry.example/business:v1.0.0", "[\"vision-to-code.example\"]", "ClusterIP", $"127.0.0.1:{cluster.Node.Port}"])
            Assert.Contains(text, deployments.Output, StringComparison.Ordinal);
        var described = await KubectlAsync("describe deployment business-service");
        Assert.Contains("2 desired | 2 updated | 2 total | 2 available | 0 unavailable", described.Output, StringComparison.Ordinal);
        Assert.Contains("ScalingReplicaSet", described.Output, StringComparison.Ordinal);
        Assert.Contains("250m", (await KubectlAsync("top pods")).Output, StringComparison.Ordinal);
        Assert.Contains("line 2 of business-service-", (await KubectlAsync("logs deployment/business-service")).Output, StringComparison.Ordinal);
        Assert.Contains("rehearsal-admin", (await KubectlAsync("auth whoami")).Output, StringComparison.Ordinal);
        Assert.Equal("yes\n", (await KubectlAsync("auth can-i delete pods")).Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_exit_code_of_a_command_in_a_pod_is_kubectls_own()
    {
        var failed = await KubectlAsync("exec deployment/business-service -- exit 7");
        Assert.Equal(7, failed.Code);
        Assert.StartsWith("leaving\n", failed.Error, StringComparison.Ordinal);
        var echoed = await KubectlAsync("exec -i deployment/business-service -- cat", "through standard input");
        Assert.Equal((0, "through standard input"), (echoed.Code, echoed.Output));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wait_sees_the_deletion_of_everything_that_belonged_to_a_deployment()
    {
        Assert.Equal(0, (await KubectlAsync("delete deployment business-service --timeout=20s")).Code);
        await cluster.SettleAsync();
        Assert.Contains("No resources found", (await KubectlAsync("get pods,rs")).Error, StringComparison.Ordinal);
        Assert.Equal("deployment.apps/plain created\n", (await KubectlAsync("create deployment plain --image=registry.example/plain:v1 --replicas=1")).Output);
        var waiting = KubectlAsync("wait --for=condition=Available deployment/plain --timeout=20s");
        await cluster.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("deployment.apps/plain condition met\n", (await waiting).Output);
    }

    private static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl")).FirstOrDefault(File.Exists);

    private Task<(int Code, string Output, string Error)> KubectlAsync(string arguments, string? input = null) =>
        RunAsync(new ProcessStartInfo(Program!, arguments), input);

    private Task<(int Code, string Output, string Error)> ShellAsync(string script)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("the plan's commands are for a GNU shell");
        return RunAsync(new ProcessStartInfo("/bin/sh", ["-c", script]), null);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(ProcessStartInfo start, string? input)
    {
        start.Environment["KUBECONFIG"] = cluster.KubeConfig;
        start.Environment["KUBECACHEDIR"] = Path.Combine(Path.GetDirectoryName(cluster.KubeConfig)!, "cache");
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            if (input is not null)
                await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
