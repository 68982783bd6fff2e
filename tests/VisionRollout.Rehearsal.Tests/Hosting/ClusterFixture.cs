using System.Net.Http.Json;
using System.Text.Json;
using k8s;

namespace VisionRollout.Rehearsal.Tests.Hosting;

/// <summary>One whole rehearsal cluster for the tests of a class, with the clients that a module would use.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    public const string Namespace = "vision-to-code-production";

    public RehearsalProcess Rehearsal { get; private set; } = null!;

    public Kubernetes Kubernetes { get; private set; } = null!;

    public HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Rehearsal = await RehearsalProcess.StartAsync(TestScenario.Whole, CancellationToken.None);
        Kubernetes = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(Rehearsal["kubeconfig"]));
    }

    public Uri Control(string path) => new(Rehearsal["control"] + path);

    public async Task<JsonElement> GetAsync(string path, CancellationToken token) => await Http.GetFromJsonAsync<JsonElement>(Control(path), token);

    /// <summary>Lets virtual time go on.</summary>
    public async Task AdvanceAsync(TimeSpan by, CancellationToken token)
    {
        var now = (await GetAsync("/clock", token)).GetProperty("now").GetDateTimeOffset();
        using var answer = await Http.PostAsJsonAsync(Control("/clock/wait"), new { until = now + by }, token);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        Kubernetes?.Dispose();
        Http.Dispose();
        if (Rehearsal is not null)
            await Rehearsal.DisposeAsync();
    }
}
