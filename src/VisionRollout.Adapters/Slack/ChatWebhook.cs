using System.Text.Json.Nodes;
using VisionRollout.Adapters.Http;
using VisionRollout.Core.Messages;

namespace VisionRollout.Adapters.Slack;

/// <summary>A chat's incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks"). The message's key goes along
/// as header <c>Idempotency-Key</c> and as <c>message_id</c>, so that a receiver can drop a repetition.</summary>
public sealed class ChatWebhook : IMessageChannel
{
    private readonly OutsideHttp http;
    private readonly OutsideSystem system;

    /// <summary>Sends to the webhook at an address.</summary>
    public ChatWebhook(OutsideHttp http, Uri address)
    {
        this.http = http;
        system = new OutsideSystem("The chat's webhook", "Chat", "Endpoints.ChatWebhook", address);
    }

    /// <inheritdoc/>
    public async Task SendAsync(RolloutMessage message, CancellationToken token)
    {
        var body = new JsonObject { ["channel"] = message.Channel, ["text"] = message.Text, ["message_id"] = message.Key };
        await http.PostAsync(system, system.Address, body, message.Key, OutsideHttp.AttemptTimeout, token);
    }
}
