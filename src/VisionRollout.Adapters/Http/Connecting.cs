using System.Net.Http;

namespace VisionRollout.Adapters.Http;

/// <summary>A connection that does not come about in time is a failure of the other side. The handler reports it as a cancellation
/// (SocketsHttpHandler.ConnectTimeout), which nobody has asked for.</summary>
internal static class Connecting
{
    /// <summary>Does something that may have to connect first.</summary>
    /// <param name="work">Sends the request.</param>
    /// <param name="token">The token that <paramref name="work"/> was given: only its cancellation is one.</param>
    /// <exception cref="HttpRequestException">There was no connection in time.</exception>
    public static async Task<T> AsFailureAsync<T>(Func<Task<T>> work, CancellationToken token)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException error) when (!token.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, error.InnerException?.Message ?? "no connection came about in time");
        }
    }
}
