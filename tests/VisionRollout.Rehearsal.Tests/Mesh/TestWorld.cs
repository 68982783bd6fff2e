using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using VisionRollout.Rehearsal.Alerts;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Ledger;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Metrics;
using VisionRollout.Rehearsal.Pods;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Tests.Scenario;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Tests.Mesh;

/// <summary>A cluster in this process, without API server and PostgreSQL: real controllers, pods and gateway.</summary>
internal sealed class TestWorld : IActiveFaults, IServiceDatabases, IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly IServiceDatabases? databases;
    private volatile ActiveFault[] faults = [];

    private TestWorld(RehearsalScenario scenario, IServiceDatabases? databases)
    {
        Scenario = scenario;
        this.databases = databases;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(scenario);
        builder.Services.AddSingleton<IActiveFaults>(this);
        builder.Services.AddSingleton<IServiceDatabases>(this);
        builder.Services.AddCluster();
        builder.Services.AddWorld();
        application = builder.Build();
        application.MapPrometheus();
        application.MapAlertmanager();
        application.MapTraffic();
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
    }

    public RehearsalScenario Scenario { get; }

    public HttpClient Client { get; }

    /// <summary>The control endpoints' address.</summary>
    public Uri Control => new(application.Urls.First());

    public Uri Gateway { get; private set; } = null!;

    public VirtualClock Clock => Get<VirtualClock>();

    public ObjectStore Store => Get<ObjectStore>();

    /// <summary>Starts with the live colour, and the other one too where its version is given, ready behind the route.</summary>
    public static async Task<TestWorld> StartAsync(
        string? idleVersion = "v1.1.0", Func<RehearsalScenario, RehearsalScenario>? change = null, IServiceDatabases? databases = null)
    {
        var scenario = ScenarioReader.Read(ScenarioReaderTests.Sample) with { Faults = [] };
        var world = new TestWorld(change?.Invoke(scenario) ?? scenario, databases);
        await world.application.StartAsync(TestContext.Current.CancellationToken);
        world.Clock.Settle(() => world.Get<ControllerQueue>().SettleAsync());
        world.Clock.Start();
        world.Get<ClockTicks>().Start();
        foreach (var colour in world.Scenario.Route.Hosts)
            world.CreateService(colour.Value, colour.Key);
        world.Deploy("green", "v1.0.0");
        if (idleVersion is not null)
            world.Deploy("blue", idleVersion);
        world.Route(100, 0);
        world.Gateway = await world.Get<Gateway>().StartAsync(0, TestContext.Current.CancellationToken);
        await world.AdvanceAsync(TimeSpan.FromSeconds(30));
        return world;
    }

    public T Get<T>()
        where T : notnull => application.Services.GetRequiredService<T>();

    public Task AdvanceAsync(TimeSpan time) => Clock.AdvanceToAsync(Clock.Now + time, TestContext.Current.CancellationToken);

    public void Fault(params ActiveFault[] active) => faults = active;

    public IReadOnlyList<ActiveFault> Active(string name) => [.. faults.Where(fault => fault.Name == name)];

    public NpgsqlDataSource? Find(string service) => databases?.Find(service);

    public Task<HttpResponseMessage> GetAsync(string path, string? canary = null, CancellationToken token = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Gateway, path));
        request.Headers.Host = Scenario.Route.Host;
        if (canary is not null)
            request.Headers.Add("canary", canary);
        return Client.SendAsync(request, token);
    }

    /// <summary>Asks a pod directly.</summary>
    public async Task<(int Status, JsonNode? Body)> AskPodAsync(string pod, string path)
    {
        var address = Get<MeshView>().Current.Ready.First(endpoint => endpoint.Pod.Name == pod).Address;
        using var response = await Client.GetAsync(new Uri($"http://{address}{path}"), TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken));
    }

    /// <summary>The result of an instant query over HTTP, by the labels asked for.</summary>
    public async Task<JsonArray> QueryAsync(string query)
    {
        var answer = await Client.GetFromJsonAsync<JsonNode>(
            new Uri(Control, $"/prometheus/api/v1/query?query={Uri.EscapeDataString(query)}"), TestContext.Current.CancellationToken);
        Assert.Equal("success", (string?)answer!["status"]);
        return answer["data"]!["result"]!.AsArray();
    }

    /// <summary>The one value of an instant query.</summary>
    public async Task<double> ValueAsync(string query) => double.Parse(
        (string)Assert.Single(await QueryAsync(query))!["value"]![1]!, System.Globalization.CultureInfo.InvariantCulture);

    public void Route(int green, int blue) => Put("networking.istio.io", "virtualservices", $$$"""
        { "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": { "name": "vision-to-code" },
          "spec": { "hosts": ["vision-to-code.example"], "http": [
            { "match": [ { "headers": { "canary": { "exact": "true" } } } ],
              "route": [ { "destination": { "host": "vision-to-code-blue", "port": { "number": 80 } }, "weight": 100 } ] },
            { "route": [ { "destination": { "host": "vision-to-code-green", "port": { "number": 80 } }, "weight": {{{green}}} },
                         { "destination": { "host": "vision-to-code-blue", "port": { "number": 80 } }, "weight": {{{blue}}} } ] } ] } }
        """);

    public void Put(string group, string plural, string json)
    {
        var value = JsonNode.Parse(json)!.AsObject();
        var key = new ObjectKey(group, plural, Scenario.Namespace, (string)value["metadata"]!["name"]!);
        if (Store.Get(key) is null)
            Store.Create(key, value);
        else
            Store.Update(key, _ => value);
    }

    public void Deploy(string colour, string version, int? replicas = null)
    {
        foreach (var service in Scenario.Services)
        {
            Put("apps", "deployments", $$$"""
                { "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "{{{service.Deployments[colour]}}}" },
                  "spec": { "replicas": {{{replicas ?? service.Replicas}}}, "selector": { "matchLabels": { "app": "{{{service.Name}}}", "deployment-color": "{{{colour}}}" } },
                    "template": { "metadata": { "labels": { "app": "{{{service.Name}}}", "deployment-color": "{{{colour}}}", "version": "{{{version}}}" } },
                      "spec": { "containers": [ { "name": "{{{service.Container}}}", "image": "{{{service.Image}}}:{{{version}}}",
                        "ports": [ { "containerPort": 8080 } ], "resources": { "limits": { "cpu": "500m", "memory": "512Mi" } } } ] } } } }
                """);
        }
    }

    public IReadOnlyList<PodIdentity> ReadyPods(string colour) =>
        [.. Get<MeshView>().Current.Ready.Select(endpoint => endpoint.Pod).Where(pod => pod.Colour == colour)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.StopAsync(CancellationToken.None);
        await application.DisposeAsync();
    }

    private void CreateService(string name, string colour) => Put("", "services", $$$"""
        { "apiVersion": "v1", "kind": "Service", "metadata": { "name": "{{{name}}}" },
          "spec": { "selector": { "deployment-color": "{{{colour}}}" }, "ports": [ { "port": 80, "targetPort": 8080 } ] } }
        """);
}
