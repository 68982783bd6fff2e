using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Answers watches: one JSON object on each line, as changes happen, with bookmarks in quiet times.</summary>
internal sealed class WatchStream(ObjectStore store, IClusterClock clock, IApiFaults faults, KubernetesApiOptions options)
{
    /// <summary>Sends changes until the client goes, the time asked for is over, the server stops, or a fault cuts the watch.</summary>
    public async Task RunAsync(ApiRequest request)
    {
        var filter = new ObjectFilter(request);
        var dropped = faults.WatchLifetime;
        var stopping = request.Context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Context.RequestAborted, stopping, dropped);
        if (request.Number("timeoutSeconds") is { } seconds and > 0)
            end.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            await SendAsync(request, filter, end.Token);
        }
        catch (OperationCanceledException) when (dropped.IsCancellationRequested)
        {
            request.Context.Abort();
        }
        catch (OperationCanceledException)
        {
            // The regular end of a watch.
        }
    }

    private async Task SendAsync(ApiRequest request, ObjectFilter filter, CancellationToken token)
    {
        var response = request.Context.Response;
        response.ContentType = "application/json";
        var view = new ObjectView(request, clock);
        var withBookmarks = request.Query("allowWatchBookmarks") is "true" or "1";
        StoreWatch watch;
        try
        {
            watch = Open(request);
        }
        catch (ApiException e) when (e.Code == 410)
        {
            await LineAsync(response, "ERROR", ApiResponse.Failure(e), token);
            return;
        }

        using (watch)
        {
            await response.StartAsync(token);
            await response.Body.FlushAsync(token);
            if (withBookmarks && request.Query("sendInitialEvents") == "true")
                await SendInitialEndAsync(watch, response, request.Type, filter, view, token);
            while (true)
            {
                var hasChange = await WaitAsync(watch, token);
                var version = store.ResourceVersion;
                while (watch.Changes.TryRead(out var change))
                    await SendAsync(response, change, filter, view, token);
                if (!hasChange && withBookmarks)
                    await LineAsync(response, "BOOKMARK", Bookmark(request.Type, version), token);
                await response.Body.FlushAsync(token);
            }
        }
    }

    private StoreWatch Open(ApiRequest request)
    {
        var (group, plural, ns) = (request.Type.Group, request.Type.Plural, request.Namespace);
        if (request.Number("resourceVersion") is not ({ } version and > 0) || request.Query("sendInitialEvents") == "true") return store.Watch(group, plural, ns);
        return faults.IsHistoryLost ? throw ApiException.Expired(version, store.ResourceVersion) : store.Watch(group, plural, ns, version);
    }

    /// <summary>True when there is a change; false when it is time for a bookmark.</summary>
    private async Task<bool> WaitAsync(StoreWatch watch, CancellationToken token)
    {
        try
        {
            return await watch.Changes.WaitToReadAsync(token).AsTask().WaitAsync(options.BookmarkInterval, token);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task SendInitialEndAsync(
        StoreWatch watch, HttpResponse response, ResourceType type, ObjectFilter filter, ObjectView view, CancellationToken token)
    {
        var version = store.ResourceVersion;
        while (watch.Changes.TryRead(out var change))
            await SendAsync(response, change, filter, view, token);
        var bookmark = Bookmark(type, version);
        bookmark.Child("metadata")["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        await LineAsync(response, "BOOKMARK", bookmark, token);
        await response.Body.FlushAsync(token);
    }

    /// <summary>An object that comes to fulfil the selectors is added for this client, one that no longer does is deleted.</summary>
    private static Task SendAsync(HttpResponse response, StoreChange change, ObjectFilter filter, ObjectView view, CancellationToken token)
    {
        var before = change.Previous is not null && filter.Matches(change.Previous);
        var after = change.Kind != StoreChangeKind.Deleted && filter.Matches(change.Object);
        var type = (before, after) switch
        {
            (true, true) => "MODIFIED",
            (false, true) => "ADDED",
            (true, false) => "DELETED",
            _ => null,
        };
        return type is null ? Task.CompletedTask : LineAsync(response, type, view.One(change.Object), token);
    }

    private static JsonObject Bookmark(ResourceType type, long version) => new()
    {
        ["kind"] = type.Kind,
        ["apiVersion"] = type.ApiVersion,
        ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
    };

    private static async Task LineAsync(HttpResponse response, string type, JsonObject value, CancellationToken token)
    {
        var line = ApiResponse.Text(new JsonObject { ["type"] = type, ["object"] = value }) + "\n";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), token);
    }
}
