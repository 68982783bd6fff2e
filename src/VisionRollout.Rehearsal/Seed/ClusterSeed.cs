using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.KubernetesApi;
using VisionRollout.Rehearsal.Postgres;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Seed;

/// <summary>Puts the application into the empty cluster: the live colour at full size, all traffic on it, the idle colour not there yet.</summary>
internal sealed class ClusterSeed(RehearsalScenario scenario, ObjectStore store, ResourceCatalogue catalogue, ServiceDatabases databases)
{
    /// <summary>Creates the objects.</summary>
    public void Plant()
    {
        var manifests = new Manifests(scenario);
        Create(manifests.Namespace());
        Create(manifests.DefaultServiceAccount());
        foreach (var service in scenario.Services)
        {
            Create(manifests.Secret(service, databases[service.Name]));
            Create(manifests.Configuration(service));
            Create(manifests.ServiceOf(service));
            Create(manifests.DisruptionBudget(service));
        }

        foreach (var colour in scenario.Route.Hosts.Keys)
        {
            Create(manifests.ColourService(colour));
            Create(manifests.DestinationRule(colour));
        }

        Create(manifests.MeshGateway());
        Create(manifests.Route());
        foreach (var service in scenario.Services)
            Create(manifests.Deployment(service));
    }

    private void Create(JsonObject manifest)
    {
        var (apiVersion, kind) = ((string)manifest["apiVersion"]!, (string)manifest["kind"]!);
        var type = catalogue.FindKind(apiVersion, kind) ?? throw new InvalidOperationException($"The cluster does not serve {apiVersion} {kind}.");
        var key = type.Key(scenario.Namespace, (string)manifest["metadata"]!["name"]!);
        if (store.Get(key) is not null)
            return;

        // As if applied through the API: an edit that only fills defaults in must not look like a new pod template.
        ObjectDefaults.Fill(type, manifest, null);
        if (ObjectDefaults.InitialStatus(type, manifest) is { } status)
            manifest["status"] = status;
        store.Create(key, manifest);
    }
}
