using System.Text;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Core.Journal;

namespace VisionRollout.Adapters.Journals;

/// <summary>The journals of an environment as ConfigMaps in its namespace.</summary>
/// <param name="connection">The cluster.</param>
/// <param name="environment">Name of the environment.</param>
public sealed class KubernetesJournalStores(KubernetesConnection connection, string environment) : IJournalStores
{
    /// <summary>Label that names the environment of a journal.</summary>
    internal const string EnvironmentLabel = "visionrollout/journal";

    /// <summary>Label that numbers a segment, from 1.</summary>
    internal const string SegmentLabel = "visionrollout/segment";

    /// <summary>Annotation with the rollout's identity as it is written.</summary>
    internal const string RolloutAnnotation = "visionrollout/rollout";

    private const int LongestLabel = 63;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken token)
    {
        var selector = Uri.EscapeDataString($"{EnvironmentLabel}={Label(environment)},{SegmentLabel}=1");
        var list = await connection.SendAsync(KubernetesRequest.Get($"{connection.PathOf("api/v1", "configmaps")}?labelSelector={selector}", "the journals"), token);
        return [.. (list["items"] as JsonArray ?? []).Select(item => (string?)item?["metadata"]?["annotations"]?[RolloutAnnotation]).OfType<string>().Distinct()];
    }

    /// <inheritdoc/>
    public IJournalStore Open(string id) => new KubernetesJournalStore(connection, Label(environment), id);

    /// <summary>A text as Kubernetes takes it for a label or a part of a name.</summary>
    internal static string Label(string text)
    {
        var name = new StringBuilder();
        foreach (var letter in text.ToLowerInvariant()) name.Append(char.IsAsciiLetterOrDigit(letter) || letter is '.' ? letter : '-');
        var label = name.ToString();
        return (label.Length > LongestLabel ? label[..LongestLabel] : label).Trim('-', '.');
    }
}
