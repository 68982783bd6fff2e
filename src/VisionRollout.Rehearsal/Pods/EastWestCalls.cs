using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>Calls from one pod to another service's pods of the same colour, over real HTTP.</summary>
internal sealed class EastWestCalls(PodIdentity identity, PodWorld world)
{
    private static readonly string[] IdentityHeaders = ["x-pod", "x-service", "x-version", "x-colour"];
    private int turn;

    /// <summary>Passes a request on to a pod of the service, and its answer back. Tries another pod only when no connection came about.</summary>
    public async Task ForwardAsync(HttpContext context, string service)
    {
        if (Broken())
        {
            await PodAnswer.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, identity, $"The call to {service} failed: connection reset by the mesh.");
            return;
        }

        var body = await ReadBodyAsync(context);
        foreach (var address in Candidates(service))
        {
            using var request = Request(context, address, body);
            try
            {
                using var response = await world.Peers.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
                await CopyAsync(response, context);
                return;
            }
            catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // Nothing was sent: the next pod may have it.
            }
        }

        await PodAnswer.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, identity, $"No pod of {service} ({identity.Colour}) can be reached.");
    }

    /// <summary>Whether a pod of the service answers its health check.</summary>
    public async Task<bool> CanReachAsync(string service, CancellationToken token)
    {
        if (ActiveFaults().Any())
            return false;
        foreach (var address in Candidates(service))
        {
            try
            {
                using var response = await world.Peers.GetAsync(new Uri($"http://{address}/healthz"), token);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                // The next pod may answer.
            }
        }

        return false;
    }

    private bool Broken() => ActiveFaults().Any(fault => fault.Magnitude is not { } share || Random.Shared.NextDouble() < share);

    private IEnumerable<ActiveFault> ActiveFaults() => world.Faults.Active(FaultNames.ServiceCommunication)
        .Where(fault => fault.Hits(identity.Service, identity.Colour, identity.ImageTag, identity.Name));

    private string[] Candidates(string service)
    {
        var ready = world.Mesh.Current.Ready
            .Where(endpoint => endpoint.Pod.Service == service && endpoint.Pod.Colour == identity.Colour)
            .Select(endpoint => endpoint.Address).ToArray();
        var first = ready.Length == 0 ? 0 : (Interlocked.Increment(ref turn) & int.MaxValue) % ready.Length;
        return [.. ready[first..], .. ready[..first]];
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        return buffer.ToArray();
    }

    private static HttpRequestMessage Request(HttpContext context, string address, byte[] body)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), $"http://{address}{context.Request.Path}{context.Request.QueryString}");
        if (body.Length == 0)
            return request;
        request.Content = new ByteArrayContent(body);
        if (context.Request.ContentType is { } type)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return request;
    }

    private static async Task CopyAsync(HttpResponseMessage response, HttpContext context)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        foreach (var name in IdentityHeaders)
        {
            if (response.Headers.TryGetValues(name, out var values))
                context.Response.Headers[name] = values.First();
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
