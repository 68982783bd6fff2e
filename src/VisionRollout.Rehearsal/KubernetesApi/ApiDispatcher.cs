using VisionRollout.Rehearsal.Cluster;

namespace VisionRollout.Rehearsal.KubernetesApi;

/// <summary>Takes every request to the Kubernetes API: who asks, what for, whether a fault strikes, and who answers.</summary>
internal sealed partial class ApiDispatcher(
    ResourceCatalogue catalogue, TokenTable tokens, IApiFaults faults, Discovery discovery, OpenApi openApi, ObjectReads reads,
    WatchStream watches, ObjectWrites writes, ObjectDeletes deletes, PodExecEndpoint exec, PodLogEndpoint logs, ProxyEndpoint proxy,
    Reviews reviews, ResourceMetrics metrics, RequestLog requests, ILogger<ApiDispatcher> log)
{
    /// <summary>Answers a request; errors become Status objects.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (ApiException e) when (!context.Response.HasStarted)
        {
            await ApiResponse.WriteErrorAsync(context, e);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException && !context.Response.HasStarted)
        {
            await ApiResponse.WriteErrorAsync(context, ApiException.BadRequest($"the object provided is not valid: {e.Message}"));
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFailure(context.Request.Method, context.Request.Path, e);
            await ApiResponse.WriteErrorAsync(context, new ApiException(500, "InternalError", $"Internal error occurred: {e.Message}"));
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.Value is "/healthz" or "/livez" or "/readyz")
        {
            await context.Response.WriteAsync("ok", context.RequestAborted);
            return;
        }

        var user = Authenticate(context);
        if (ApiRequest.Parse(context, user, catalogue) is not { } request)
        {
            if (!await discovery.TryAnswerAsync(context) && !await openApi.TryAnswerAsync(context))
                throw ApiException.NoSuchResource();
            return;
        }

        requests.Note(user, request.Type.Group, request.Resource, request.Verb);
        if (await StrikesAsync(request))
            return;
        // A command in a pod is a write, although WebSocket begins with GET. API servers ask for one right or the other, by version.
        var verb = request.Subresource == "exec" ? "create" : request.Verb;
        if (verb != request.Verb)
            requests.Note(user, request.Type.Group, request.Resource, verb);
        if (!Reviews.Allows(user, verb) && !IsReview(request))
            throw ApiException.Forbidden($"{request.Type.QualifiedName} \"{request.Name}\" is forbidden: User \"{user.Name}\" cannot {verb} resource \"{request.Resource}\" in API group \"{request.Type.Group}\"");
        await Route(request);
    }

    private ApiUser Authenticate(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var user = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? tokens.Find(header[7..].Trim()) : null;
        return user ?? throw new ApiException(401, "Unauthorized", "Unauthorized");
    }

    /// <summary>Lets a fault act; true when it has answered.</summary>
    private async Task<bool> StrikesAsync(ApiRequest request)
    {
        if (faults.Next(request.Context, request.Verb, request.Resource) is not { } fault)
            return false;
        if (fault.Delay is { } delay)
            await Task.Delay(delay, request.Context.RequestAborted);
        if (fault.DropConnection)
            request.Context.Abort();
        else if (fault.Error is { } error)
            await ApiResponse.WriteErrorAsync(request.Context, error, fault.RetryAfterSeconds);
        return fault.DropConnection || fault.Error is not null;
    }

    private static bool IsReview(ApiRequest request) => request.Type.Group is "authentication.k8s.io" or "authorization.k8s.io";

    private Task Route(ApiRequest request) => (request.Type.Group, request.Subresource, request.Verb) switch
    {
        ("authentication.k8s.io" or "authorization.k8s.io", "", "create") => reviews.AnswerAsync(request),
        ("authentication.k8s.io" or "authorization.k8s.io", _, _) => throw ApiException.MethodNotAllowed(),
        ("metrics.k8s.io", "", "get" or "list") => metrics.AnswerAsync(request),
        ("metrics.k8s.io", _, _) => throw ApiException.MethodNotAllowed(),
        ("", "exec", "get" or "create") when request.Type.Plural == "pods" => exec.RunAsync(request),
        ("", "log", "get") when request.Type.Plural == "pods" => logs.RunAsync(request),
        ("", "eviction", "create") when request.Type.Plural == "pods" => deletes.EvictAsync(request),
        ("", "proxy", _) when request.Type.Plural is "pods" or "services" => proxy.RunAsync(request),
        (_, "" or "status", "get") => reads.GetAsync(request),
        (_, "scale", "get") when request.Type.HasScale => reads.GetScaleAsync(request),
        (_, "", "list") => reads.ListAsync(request),
        (_, "", "watch") => watches.RunAsync(request),
        (_, "", "create") when request.Name is null => writes.CreateAsync(request),
        (_, _, "update") => writes.UpdateAsync(request),
        (_, _, "patch") => writes.PatchAsync(request),
        (_, "", "delete") => deletes.DeleteAsync(request),
        (_, "", "deletecollection") => deletes.DeleteCollectionAsync(request),
        (_, "", _) => throw ApiException.MethodNotAllowed(),
        _ => throw ApiException.NoSuchResource(),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailure(string method, string path, Exception exception);
}
