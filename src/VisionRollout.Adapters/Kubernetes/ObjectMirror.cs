using System.Text.Json;
using k8s;
using k8s.Models;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Holds what the objects of one kind say: one list, then one watch from the list's resourceVersion, taken up again where it ended, and a new list
/// when the server no longer knows that version (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).</summary>
/// <typeparam name="TList">The list.</typeparam>
/// <typeparam name="TObject">An object in it.</typeparam>
/// <typeparam name="TView">What is held of an object.</typeparam>
/// <param name="connection">The cluster.</param>
/// <param name="path">Path of the collection, with the selector if there is one.</param>
/// <param name="subject">What it is, for messages: "the pods".</param>
/// <param name="read">What is held of an object; null leaves it out.</param>
internal sealed class ObjectMirror<TList, TObject, TView>(KubernetesConnection connection, string path, string subject, Func<TObject, TView?> read)
    where TList : IItems<TObject>, IMetadata<V1ListMeta>
    where TObject : IMetadata<V1ObjectMeta>
    where TView : class
{
    /// <summary>Servers send a bookmark about every minute; a connection that is silent for longer leads nowhere.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly object gate = new();
    private readonly SortedDictionary<string, TView> views = new(StringComparer.Ordinal);
    private string version = "";
    private volatile string trouble = "";

    /// <summary>Why it can't be kept current just now; empty when it is.</summary>
    public string Trouble => trouble;

    /// <summary>What is held, by the objects' names.</summary>
    public IReadOnlyList<TView> Read()
    {
        lock (gate) return [.. views.Values];
    }

    /// <summary>Asks for all objects.</summary>
    /// <exception cref="RolloutException">The server does not answer, or refuses.</exception>
    public async Task ListAsync(CancellationToken token)
    {
        var list = await connection.ReadAsync<TList>(path, subject, token);
        lock (gate)
        {
            views.Clear();
            foreach (var item in list.Items) Hold(item);
            version = list.Metadata.ResourceVersion;
        }
    }

    /// <summary>Keeps it current until it is cancelled; a server that does not answer is waited for.</summary>
    /// <exception cref="RolloutException">The server refuses.</exception>
    public async Task FollowAsync(CancellationToken token)
    {
        for (var isKnown = true; ; await Task.Delay(Pause, token))
        {
            try
            {
                if (!isKnown) await ListAsync(token);
                trouble = "";
                isKnown = await WatchAsync(token);
            }
            catch (RolloutException cause) when (cause.Kind == RolloutErrorKind.Unavailable)
            {
                (isKnown, trouble) = (false, cause.Message);
            }
        }
    }

    /// <summary>Follows one watch to its end; false when it can't be taken up where it ended.</summary>
    private async Task<bool> WatchAsync(CancellationToken token)
    {
        string from;
        lock (gate) from = version;
        try
        {
            await foreach (var line in connection.WatchAsync(path, from, subject, LongestSilence, token))
            {
                if (!Apply(line)) return false;
            }

            return true;
        }
        catch (Exception error) when (error is TimeoutException or JsonException)
        {
            return false; // silent for too long, or cut in the middle of a line
        }
    }

    private bool Apply(string line)
    {
        using var change = JsonDocument.Parse(line);
        var type = change.RootElement.GetProperty("type").GetString();
        var body = change.RootElement.GetProperty("object");
        if (type == "ERROR") return false;
        var item = KubernetesJson.Deserialize<TObject>(body.GetRawText());
        lock (gate)
        {
            version = item.Metadata.ResourceVersion;
            if (type == "DELETED") views.Remove(item.Metadata.Name);
            else if (type is "ADDED" or "MODIFIED") Hold(item);
        }

        return true;
    }

    private void Hold(TObject item)
    {
        if (read(item) is { } view) views[item.Metadata.Name] = view;
        else views.Remove(item.Metadata.Name);
    }
}
