using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>
/// The routes that the gateway has taken from the store: at once, or late while the fault <c>route-lag</c> acts. Remembers every
/// change. Safe for use by many threads.
/// </summary>
internal sealed class DataPlane
{
    private static readonly TimeSpan DefaultLag = TimeSpan.FromSeconds(30);

    private readonly ObjectStore store;
    private readonly MeshView view;
    private readonly RehearsalScenario scenario;
    private readonly IClusterClock clock;
    private readonly IActiveFaults faults;
    private readonly Lock gate = new();
    private readonly List<RouteSnapshot> snapshots = [];
    private readonly List<RouteChange> changes = [];
    private volatile RouteSnapshot current;

    /// <summary>Takes the routes that the store has, and follows it from then on.</summary>
    public DataPlane(ObjectStore store, MeshView view, RehearsalScenario scenario, IClusterClock clock, IActiveFaults faults)
    {
        this.store = store;
        this.view = view;
        this.scenario = scenario;
        this.clock = clock;
        this.faults = faults;
        current = new RouteSnapshot(0, RouteTable.Empty, ColourWeights(RouteTable.Empty, null), ColourWeights(RouteTable.Empty, null));
        snapshots.Add(current);
        store.Changed += OnChanged;
        Take(RouteTable.Read(store, scenario.Namespace));
    }

    /// <summary>The routes in force.</summary>
    public RouteSnapshot Current => current;

    /// <summary>The changes of weights so far, oldest first.</summary>
    public IReadOnlyList<RouteChange> Changes
    {
        get
        {
            lock (gate)
                return [.. changes];
        }
    }

    /// <summary>The routes that were in force at any moment from one snapshot to another, both included.</summary>
    public IReadOnlyList<RouteSnapshot> Between(RouteSnapshot first, RouteSnapshot last)
    {
        lock (gate)
            return snapshots.GetRange((int)first.Number, (int)(last.Number - first.Number) + 1);
    }

    private void OnChanged(StoreChange change)
    {
        if (change.Key is not ({ Group: "networking.istio.io", Plural: "virtualservices" } or { Group: "gateway.networking.k8s.io", Plural: "httproutes" })
            || change.Key.Namespace != scenario.Namespace)
            return;
        var table = RouteTable.Read(store, scenario.Namespace);
        if (Lag() is { } lag)
            clock.Schedule(clock.Now + lag, () => TakeLate(table));
        else
            Take(table);
    }

    private Task TakeLate(RouteTable table)
    {
        Take(table);
        return Task.CompletedTask;
    }

    private TimeSpan? Lag()
    {
        var active = faults.Active(FaultNames.RouteLag);
        return active.Count == 0 ? null : active.Max(fault => fault.Magnitude is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultLag);
    }

    private void Take(RouteTable table)
    {
        var weights = ColourWeights(table, null);
        var headerWeights = ColourWeights(table, scenario.Route.HeaderValue);
        lock (gate)
        {
            var changed = !Same(weights, current.Weights);
            current = new RouteSnapshot(current.Number + 1, table, weights, headerWeights);
            snapshots.Add(current);
            if (changed)
                changes.Add(new RouteChange(clock.Now, weights));
        }
    }

    private Dictionary<string, double> ColourWeights(RouteTable table, string? canary)
    {
        var weights = scenario.Route.Hosts.Keys.ToDictionary(colour => colour, _ => 0d, StringComparer.Ordinal);
        var rule = table.Find(scenario.Route.Host, "/", "GET", name =>
            string.Equals(name, scenario.Route.Header, StringComparison.OrdinalIgnoreCase) ? canary : null);
        foreach (var destination in rule?.Destinations ?? [])
        {
            if (ColourOf(destination) is { } colour && rule!.TotalWeight > 0)
                weights[colour] = weights.GetValueOrDefault(colour) + 100d * destination.Weight / rule.TotalWeight;
        }

        return weights;
    }

    private string? ColourOf(RouteDestination destination) =>
        scenario.Route.ColourOf(destination.Host)
        ?? (destination.Subset is { } subset
            ? view.Current.SubsetLabels(destination.Host, subset).FirstOrDefault(label => label.Key == scenario.ColourLabel).Value
            : null);

    private static bool Same(Dictionary<string, double> one, IReadOnlyDictionary<string, double> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
