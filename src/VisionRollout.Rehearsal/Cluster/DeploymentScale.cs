using System.Globalization;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>How many replicas a Deployment wants, and how far a rolling update may go above and below.</summary>
/// <param name="Desired">spec.replicas.</param>
/// <param name="MaxSurge">How many pods more than desired there may be.</param>
/// <param name="MaxUnavailable">How many pods fewer than desired may be available.</param>
internal sealed record DeploymentScale(int Desired, int MaxSurge, int MaxUnavailable)
{
    /// <summary>Reads the scale; a percentage of surge rounds up, of unavailability down, and both zero becomes one unavailable.</summary>
    public static DeploymentScale Of(JsonObject deployment)
    {
        var desired = deployment.Int("spec", "replicas") ?? 1;
        var rolling = deployment.At("spec", "strategy", "rollingUpdate");
        var surge = Resolve(rolling?["maxSurge"], desired, up: true);
        var unavailable = Math.Min(desired, Resolve(rolling?["maxUnavailable"], desired, up: false));
        return new(desired, surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
    }

    private static int Resolve(JsonNode? value, int desired, bool up)
    {
        var text = value?.ToString() ?? "25%";
        if (!text.EndsWith('%'))
            return int.Parse(text, CultureInfo.InvariantCulture);
        var share = desired * int.Parse(text[..^1], CultureInfo.InvariantCulture) / 100.0;
        return (int)(up ? Math.Ceiling(share) : Math.Floor(share));
    }
}
