using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Hooks;

/// <summary>What a sink received.</summary>
/// <param name="At">When, in cluster time.</param>
/// <param name="Hook">"chat" or "status".</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path below the hook's address; empty for the address itself.</param>
/// <param name="Key">The sender's key for this message (header Idempotency-Key, or message_id in the body); null when it gave none.</param>
/// <param name="Body">The body.</param>
internal sealed record HookCall(DateTimeOffset At, string Hook, string Method, string Path, string? Key, JsonObject Body);
