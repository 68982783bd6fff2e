using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Adapters.Kubernetes;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;

namespace VisionRollout.Adapters.Journals;

/// <summary>One rollout's journal as ConfigMaps, segment after segment. Every append names the resourceVersion that it starts from, so that of
/// two writers one is refused (409). Not for concurrent use.</summary>
/// <param name="connection">The cluster.</param>
/// <param name="environment">Label of the environment.</param>
/// <param name="id">Identity of the rollout.</param>
public sealed class KubernetesJournalStore(KubernetesConnection connection, string environment, string id) : IJournalStore
{
    private const string Api = "api/v1";
    private const int MostAttempts = 20;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(100);

    private int index = 1;
    private JournalSegment? segment;

    /// <inheritdoc/>
    public string Location => $"ConfigMap '{NameOf(index)}'";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<byte[]>> ReadAsync(int known, CancellationToken token)
    {
        var lines = await ReadFromAsync(known == 0 ? 1 : index, known, token);
        // A read that was broken off has gone further than its caller: from the beginning, then.
        if (index > 1 && lines.Count > 0 && lines[0].Number > known + 1) lines = await ReadFromAsync(1, known, token);
        return [.. lines.Select(line => line.Line)];
    }

    /// <inheritdoc/>
    public async Task<bool> AppendAsync(int number, byte[] line, CancellationToken token)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            if (segment is null && await FindAsync(index, token) is { } found) segment = found;
            if (segment?.Lines.Any(item => item.Number >= number) == true) return false;

            if (segment is { IsClosed: true } || (segment is { } full && !full.HasRoomFor(line) && await CloseAsync(full, token)))
            {
                (index, segment) = (index + 1, null);
                continue;
            }

            if (segment is not null && await TryAppendAsync(segment, number, line, token)) return true;
            if (segment is null && await TryCreateAsync(number, line, token)) return true;
            // Somebody was first, or the server refused for reasons of its own: a fresh look tells which.
            segment = null;
            await Task.Delay(AttemptPause, token);
        }

        throw new RolloutException("JournalStoreBusy", RolloutErrorKind.Unavailable, $"{Location} refused record {number} {MostAttempts} times, although nobody else has written it.",
            "Look for another writer of this ConfigMap, or for an API server that answers 409 to everything.", id);
    }

    private async Task<List<(int Number, byte[] Line)>> ReadFromAsync(int from, int known, CancellationToken token)
    {
        var lines = new List<(int Number, byte[] Line)>();
        JournalSegment? last = null;
        while (await FindAsync(from, token) is { } found)
        {
            // Gaps are for the chain of digests to name.
            lines.AddRange(found.Lines.Where(line => line.Number > known));
            last = found.IsClosed ? null : found;
            if (last is not null) break;
            from++;
        }

        (index, segment) = (from, last);
        return lines;
    }

    private async Task<JournalSegment?> FindAsync(int which, CancellationToken token)
    {
        using var limit = Limit(token);
        return await LimitedAsync(() => connection.FindAsync(connection.PathOf(Api, "configmaps", NameOf(which)), $"ConfigMap '{NameOf(which)}'", limit.Token), token) is { } found ? new JournalSegment(found) : null;
    }

    private Task<bool> TryAppendAsync(JournalSegment to, int number, byte[] line, CancellationToken token)
    {
        var body = JournalSegment.Describe(number, line);
        body["metadata"] = new JsonObject { ["resourceVersion"] = to.Version };
        return TryAsync(KubernetesRequest.MergePatch(connection.PathOf(Api, "configmaps", NameOf(index)), Location, body), token);
    }

    private Task<bool> CloseAsync(JournalSegment full, CancellationToken token)
    {
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = full.Version, ["annotations"] = new JsonObject { [JournalSegment.ClosedAnnotation] = "true" } },
        };
        return TryAsync(KubernetesRequest.MergePatch(connection.PathOf(Api, "configmaps", NameOf(index)), Location, body), token);
    }

    private Task<bool> TryCreateAsync(int number, byte[] line, CancellationToken token)
    {
        var body = JournalSegment.Describe(number, line);
        body["apiVersion"] = "v1";
        body["kind"] = "ConfigMap";
        body["metadata"] = new JsonObject
        {
            ["name"] = NameOf(index),
            ["labels"] = new JsonObject
            {
                ["app.kubernetes.io/managed-by"] = KubernetesConnection.FieldManager,
                [KubernetesJournalStores.EnvironmentLabel] = environment,
                [KubernetesJournalStores.SegmentLabel] = index.ToString(CultureInfo.InvariantCulture),
            },
            ["annotations"] = new JsonObject { [KubernetesJournalStores.RolloutAnnotation] = id },
        };
        return TryAsync(new KubernetesRequest(HttpMethod.Post, connection.PathOf(Api, "configmaps") + "?fieldManager=" + KubernetesConnection.FieldManager, Location) { Body = body }, token);
    }

    /// <summary>Sends a write; false for a conflict (409), or when what it changes is gone (404).</summary>
    private async Task<bool> TryAsync(KubernetesRequest request, CancellationToken token)
    {
        request = request with { IsUnfenced = true };
        using var limit = Limit(token);
        var answer = await LimitedAsync(() => connection.AskAsync(request, limit.Token), token);
        if (answer.IsSuccess)
        {
            segment = new JournalSegment(await connection.ParseObjectAsync(answer, request, token));
            return true;
        }

        if (answer.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound) return false;
        throw KubernetesFailure.Refused(answer, request, await connection.PlaceAsync(token));
    }

    private static CancellationTokenSource Limit(CancellationToken token)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(AnswerLimit);
        return limit;
    }

    /// <summary>A rollout does not wait long for its journal's second place.</summary>
    private async Task<T> LimitedAsync<T>(Func<Task<T>> ask, CancellationToken token)
    {
        try
        {
            return await ask();
        }
        catch (OperationCanceledException cause) when (!token.IsCancellationRequested)
        {
            throw new RolloutException("JournalStoreSilent", RolloutErrorKind.Unavailable, $"{Location} did not answer within {AnswerLimit.TotalSeconds:0} s.", "Check the network and the API server.", id, cause);
        }
    }

    private string NameOf(int which) => $"visionrollout-journal-{environment}-{KubernetesJournalStores.Label(id)}-{which:D3}";
}
