namespace VisionRollout.Rehearsal.Alerts;

/// <summary>An alert, as Alertmanager keeps it.</summary>
internal sealed record Alert
{
    /// <summary>What identifies it.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>What is said about it.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>When it began to fire.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>When it ended, or is taken to have ended.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>When it was last reported.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Where it comes from.</summary>
    public string GeneratorUrl { get; init; } = string.Empty;

    /// <summary>The identity of its labels: 16 hexadecimal digits (FNV-1a, as in prometheus/common/model/signature.go).</summary>
    public string Fingerprint => AlertFingerprint.Of(Labels);
}
