using System.Text.Json.Serialization;

namespace VisionRollout.Core.Journal;

/// <summary>One line of a journal.</summary>
public sealed record JournalRecord
{
    /// <summary>Number of the record, from 1 without gaps.</summary>
    [JsonPropertyName("seq")]
    public required long Sequence { get; init; }

    /// <summary>When it was recorded, by the rollout's clock (UTC).</summary>
    [JsonPropertyName("at")]
    public required DateTimeOffset At { get; init; }

    /// <summary>Who wrote it: user@machine/process.</summary>
    [JsonPropertyName("by")]
    public required string By { get; init; }

    /// <summary>First 32 hexadecimal digits of the SHA-256 of the previous line (without its line end); empty for the first record.</summary>
    [JsonPropertyName("prev")]
    public required string Previous { get; init; }

    /// <summary>What happened.</summary>
    [JsonPropertyName("entry")]
    public required JournalEntry Entry { get; init; }
}
