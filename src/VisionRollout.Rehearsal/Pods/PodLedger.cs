using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Mesh;

namespace VisionRollout.Rehearsal.Pods;

/// <summary><c>POST /{service}/ledger</c>: writes a sequence number into the service's database, and acknowledges it only then.</summary>
internal sealed class PodLedger(PodIdentity identity, PodWorld world)
{
    /// <summary>Answers one request.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        if (await SequenceAsync(context) is not { } sequence)
        {
            await PodAnswer.WriteErrorAsync(context, StatusCodes.Status400BadRequest, identity, "The body must be {\"sequence\": number}.");
            return;
        }

        try
        {
            await InsertAsync(sequence, context.RequestAborted);
        }
        catch (Exception error) when (error is DbException or TimeoutException or InvalidOperationException)
        {
            await PodAnswer.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, identity, $"The ledger was not written: {error.Message}");
            return;
        }

        var body = PodAnswer.Describe(identity, context.Request.Path.Value ?? "/");
        body["sequence"] = sequence;
        await PodAnswer.WriteJsonAsync(context, StatusCodes.Status201Created, body);
    }

    private async Task InsertAsync(long sequence, CancellationToken token)
    {
        var database = world.Databases.Find(identity.Service)
            ?? throw new InvalidOperationException($"The service {identity.Service} has no database.");
        await using var command = database.CreateCommand("insert into ledger (sequence, pod, version, colour, at) values ($1, $2, $3, $4, $5)");
        command.Parameters.AddWithValue(sequence);
        command.Parameters.AddWithValue(identity.Name);
        command.Parameters.AddWithValue(identity.ImageTag);
        command.Parameters.AddWithValue(identity.Colour);
        command.Parameters.AddWithValue(world.Clock.Now.UtcDateTime);
        await command.ExecuteNonQueryAsync(token);
    }

    private static async Task<long?> SequenceAsync(HttpContext context)
    {
        try
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return body?["sequence"]?.GetValue<long>();
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
