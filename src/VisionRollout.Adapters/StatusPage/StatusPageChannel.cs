using System.Text.Json.Nodes;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Messages;

namespace VisionRollout.Adapters.StatusPage;

/// <summary>A status page that takes incidents (fields as in Statuspage's API: <c>name</c>, <c>status</c>, <c>body</c>), with the
/// message's key as header <c>Idempotency-Key</c> and as <c>message_id</c>.</summary>
public sealed class StatusPageChannel : IMessageChannel
{
    private readonly OutsideHttp http;
    private readonly OutsideSystem system;

    /// <summary>Sends to the status page at an address.</summary>
    public StatusPageChannel(OutsideHttp http, Uri address)
    {
        this.http = http;
        system = new OutsideSystem("The status page", "StatusPage", "Endpoints.StatusPage", address);
    }

    /// <inheritdoc/>
    public async Task SendAsync(RolloutMessage message, CancellationToken token)
    {
        var body = new JsonObject { ["name"] = message.Title, ["status"] = message.Status, ["body"] = message.Text, ["message_id"] = message.Key };
        await http.PostAsync(system, system.Address, body, message.Key, OutsideHttp.AttemptTimeout, token);
    }
}
