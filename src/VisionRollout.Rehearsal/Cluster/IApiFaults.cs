namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Decides which requests to the Kubernetes API fail.</summary>
internal interface IApiFaults
{
    /// <summary>What goes wrong with this request; null when nothing does.</summary>
    /// <param name="context">The request.</param>
    /// <param name="verb">The Kubernetes verb: get, list, watch, create, update, patch, delete, deletecollection.</param>
    /// <param name="resource">The plural resource name, with a subresource as in <c>pods/exec</c>.</param>
    ApiFaultAction? Next(HttpContext context, string verb, string resource);

    /// <summary>Is cancelled when the watches that are open now must break off (asked for at the start of each watch).</summary>
    CancellationToken WatchLifetime { get; }

    /// <summary>True while no watch can be taken up where an earlier one ended: 410.</summary>
    bool IsHistoryLost { get; }
}
