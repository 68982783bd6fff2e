using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Adapters.Tests.Fakes;
using VisionRollout.Core.Plan;
using VisionRollout.Tests.Shared;

namespace VisionRollout.Adapters.Tests.Cluster;

/// <summary>An API server with a namespace for one class of tests: the real one of VISIONROLLOUT_TEST_KUBECONFIG, else a rehearsal cluster's.
/// On a real one the routes' kinds are registered where they are missing; nothing of it needs pods, a mesh or exec.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    private RehearsalCluster? rehearsal;
    private PlanEnvironment? environment;
    private KubernetesConnection? connection;

    /// <summary>The rehearsal cluster; null on a real one.</summary>
    public RehearsalCluster? Rehearsal => rehearsal;

    internal KubernetesConnection Connection => connection!;

    private static CancellationToken Token => CancellationToken.None;

    public async ValueTask InitializeAsync()
    {
        var real = System.Environment.GetEnvironmentVariable("VISIONROLLOUT_TEST_KUBECONFIG");
        if (string.IsNullOrEmpty(real))
        {
            var scenario = RehearsalScenarios.Small();
            scenario["probesPerSecond"] = 0;
            rehearsal = await RehearsalCluster.StartAsync(scenario, Token);
        }

        environment = TestPlans.Make(new RolloutEndpoints { KubeConfig = rehearsal?["kubeconfig"] ?? real }).Environment() with { Namespace = $"visionrollout-test-{Guid.NewGuid():N}"[..30] };
        connection = new KubernetesConnection(environment);
        await CreateAsync("api/v1/namespaces", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = environment.Namespace } });
        await RegisterAsync("networking.istio.io", "v1", "virtualservices", "VirtualService");
        await RegisterAsync("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute");
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
        {
            await connection.AskAsync(new KubernetesRequest(HttpMethod.Delete, $"api/v1/namespaces/{environment!.Namespace}", "the tests' namespace"), Token);
            connection.Dispose();
        }

        if (rehearsal is not null) await rehearsal.DisposeAsync();
    }

    /// <summary>Another client, as another machine would have one.</summary>
    internal KubernetesConnection Connect() => new(environment!);

    /// <summary>Creates an object in the namespace.</summary>
    internal Task<JsonObject> CreateInAsync(string api, string plural, JsonObject body) => CreateAsync(connection!.PathOf(api, plural), body);

    private async Task<JsonObject> CreateAsync(string path, JsonObject body) =>
        await connection!.SendAsync(new KubernetesRequest(HttpMethod.Post, path, path) { Body = body }, Token);

    private async Task RegisterAsync(string group, string version, string plural, string kind)
    {
        var known = await connection!.AskAsync(KubernetesRequest.Get($"apis/{group}/{version}/namespaces/{environment!.Namespace}/{plural}", kind), Token);
        if (known.IsSuccess) return;
        var definition = new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{plural}.{group}", ["annotations"] = new JsonObject { ["api-approved.kubernetes.io"] = "unapproved, tests only" } },
            ["spec"] = new JsonObject
            {
                ["group"] = group,
                ["scope"] = "Namespaced",
                ["names"] = new JsonObject { ["plural"] = plural, ["singular"] = kind.ToLowerInvariant(), ["kind"] = kind, ["listKind"] = kind + "List" },
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["name"] = version, ["served"] = true, ["storage"] = true,
                    ["schema"] = new JsonObject { ["openAPIV3Schema"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true } },
                }),
            },
        };
        await CreateAsync("apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
        for (var attempt = 0; (await connection.AskAsync(KubernetesRequest.Get($"apis/{group}/{version}/namespaces/{environment.Namespace}/{plural}", kind), Token)).Status == HttpStatusCode.NotFound; attempt++)
        {
            Assert.True(attempt < 100, $"{kind} is not served.");
            await Task.Delay(100, Token);
        }
    }
}
