using VisionRollout.Core.Errors;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Alerts;

/// <summary>What a silence of a release may cover: alerts by name, of the new version in its environment, and never a critical one.</summary>
public static class SilenceScope
{
    /// <summary>Longest time of a silence.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    // What the gates' criteria CriticalAlerts and Incidents rest on.
    private static readonly string[] Heard = ["critical", "p1", "p2"];

    private static readonly string[] DeploymentLabels = ["deployment", "workload", "destination_workload"];
    private static readonly string[] VersionLabels = ["version", "destination_version"];

    /// <summary>The matchers with those that keep critical alerts and incidents heard.</summary>
    /// <param name="matchers">Labels and values that an alert must have.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="colour">The colour of the release.</param>
    /// <param name="version">The version of the release.</param>
    /// <exception cref="RolloutException">SilenceTooBroad: the silence would cover more than the release.</exception>
    public static IReadOnlyList<SilenceMatcher> Narrow(IReadOnlyDictionary<string, string> matchers, RolloutPlan plan, PlanEnvironment environment, string colour, string version)
    {
        ArgumentNullException.ThrowIfNull(matchers);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(environment);
        if (!matchers.TryGetValue("alertname", out var name) || name.Length == 0) throw TooBroad("it names no alert", "Add alertname.");
        if (matchers.GetValueOrDefault("namespace") != environment.Namespace) throw TooBroad("it is not limited to the environment", $"Add namespace = '{environment.Namespace}'.");
        if (Heard.Contains(matchers.GetValueOrDefault("severity", ""), StringComparer.OrdinalIgnoreCase)) throw TooBroad("it would hide critical alerts, which the gates rest on", "Leave them to be heard.");
        if (!NamesRelease(matchers, plan, colour, version))
        {
            throw TooBroad($"it is not limited to {version} ({colour})",
                $"Add {LabelOf(plan.Colours)} = '{colour}', destination_version = '{version}', or deployment with one of {string.Join(", ", plan.Services.Select(service => service.Deployments.GetValueOrDefault(colour)))}.");
        }

        return [.. matchers.Select(pair => new SilenceMatcher(pair.Key, pair.Value)), new SilenceMatcher("severity", $"(?i:{string.Join('|', Heard)})", IsEqual: false, IsRegex: true)];
    }

    /// <summary>Labels by which an alert can tell whom it is about.</summary>
    /// <param name="colours">The plan's colours.</param>
    public static IReadOnlyCollection<string> Labels(PlanColours colours)
    {
        ArgumentNullException.ThrowIfNull(colours);
        return [.. DeploymentLabels, .. VersionLabels, LabelOf(colours)];
    }

    /// <summary>What a silence of the plan covers in a release: one set of labels and values for each silence to make.</summary>
    /// <param name="silence">The plan's silence.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="colour">The colour of the release.</param>
    /// <param name="version">The version of the release.</param>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Covered(PlanSilence silence, RolloutPlan plan, PlanEnvironment environment, string colour, string version)
    {
        ArgumentNullException.ThrowIfNull(silence);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(environment);
        IEnumerable<string> values = DeploymentLabels.Contains(silence.Label) ? plan.Services.Select(service => service.Deployments[colour])
            : VersionLabels.Contains(silence.Label) ? [version] : [colour];
        return [.. values.Select(value => new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = silence.Alert, ["namespace"] = environment.Namespace, [silence.Label] = value })];
    }

    // Prometheus knows no '-' in the names of labels.
    private static string LabelOf(PlanColours colours) => colours.Label.Replace('-', '_');

    private static bool NamesRelease(IReadOnlyDictionary<string, string> matchers, RolloutPlan plan, string colour, string version) =>
        matchers.GetValueOrDefault(LabelOf(plan.Colours)) == colour || matchers.GetValueOrDefault(plan.Colours.Label) == colour
        || VersionLabels.Any(label => matchers.GetValueOrDefault(label) == version)
        || DeploymentLabels.Any(label => matchers.TryGetValue(label, out var deployment) && plan.Services.Any(service => service.Deployments.GetValueOrDefault(colour) == deployment));

    private static RolloutException TooBroad(string why, string remedy) =>
        new("SilenceTooBroad", RolloutErrorKind.InvalidInput, $"The silence is broader than the release: {why}.", remedy);
}
