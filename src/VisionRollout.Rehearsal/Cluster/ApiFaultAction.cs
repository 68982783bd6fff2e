namespace VisionRollout.Rehearsal.Cluster;

/// <summary>What goes wrong with a request.</summary>
/// <param name="Delay">How long (real time) the answer is held back; null for not at all.</param>
/// <param name="Error">The error to answer instead; null to go on normally.</param>
/// <param name="RetryAfterSeconds">The value of a Retry-After header on the error; null for none.</param>
/// <param name="DropConnection">Whether the connection breaks off without an answer.</param>
internal sealed record ApiFaultAction(
    TimeSpan? Delay = null, ApiException? Error = null, int? RetryAfterSeconds = null, bool DropConnection = false);
